import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {pullRate, rememberPull} from '../../../src/registry/pull-rates.js';
import {world} from './server.js';

test('the last pull from a registry measures the next, and no other registry', async () => {
  const on = world();
  expect(await pullRate(on, 'docker.io')).toBeNull();
  await rememberPull(on, 'docker.io', {bytes: 2e9, seconds: 100});
  await rememberPull(on, 'docker.io', {bytes: 3e9, seconds: 100});
  await rememberPull(on, 'quay.io', {bytes: 1e9, seconds: 100});
  expect(await pullRate(on, 'docker.io')).toBe(3e7);
  expect(await pullRate(on, 'quay.io')).toBe(1e7);
  expect(await pullRate(on, 'nvcr.io')).toBeNull();
});

test('a small pull measures nothing', async () => {
  const on = world();
  await rememberPull(on, 'docker.io', {bytes: 5e6, seconds: 9});
  expect(await pullRate(on, 'docker.io')).toBeNull();
});

test.each([['{'], ['[]'], ['{"docker.io":{"bytes":-1,"seconds":0}}'], ['x'.repeat(100_000)]])(
  'what another program wrote there, %j, measures nothing and is written over',
  async text => {
    const on = world();
    await rememberPull(on, 'docker.io', {bytes: 1e9, seconds: 10});
    writeFileSync(join(on.env.XDG_CACHE_HOME ?? '', 'gpudock/pull-rates.json'), text);
    expect(await pullRate(on, 'docker.io')).toBeNull();
    await rememberPull(on, 'docker.io', {bytes: 1e9, seconds: 10});
    expect(await pullRate(on, 'docker.io')).toBe(1e8);
  },
);
