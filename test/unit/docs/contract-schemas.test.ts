import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {contractSchemas} from '../../../scripts/docs/contract-schemas.js';

test.each(Object.entries(contractSchemas()))('schemas/%s.json is what the types say', (name, schema) => {
  expect(JSON.parse(readFileSync(`schemas/${name}.json`, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});
