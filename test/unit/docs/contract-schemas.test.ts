import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {contractSchemas} from '../../../scripts/docs/contract-schemas.js';

const published = contractSchemas();

test.each(Object.entries(published))('schemas/%s.json is what the types say', (name, schema) => {
  expect(JSON.parse(readFileSync(`schemas/${name}.json`, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});

/** Documents that commands return; the files that gpudock keeps for itself are made elsewhere. */
const returned = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(file => /^(?:commands|contract)\/.*\.ts$|^[^/]*command\.ts$/.test(file))
  .flatMap(file => [...readFileSync(join('src', file), 'utf8').matchAll(/'gpudock\/([a-z-]+)\/\d+'/g)])
  .map(([, name = '']) => name);

test.each([...new Set(returned)].sort())(
  'gpudock/%s is published (src/contract, scripts/docs/contract-schemas.ts)',
  name => {
    expect(Object.keys(published)).toContain(name);
  },
);
