import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {merged, readLayers, userFile} from '../../../src/environment/layers.js';
import {readConfig} from '../../../src/flow/config.js';
import {nearest} from '../../../src/nearest.js';
import type {World} from '../../../src/world/world.js';
import {memory} from './memory.js';

const USER = '/home/ada/.config/gpudock/config.yaml';
const machine = (files: Record<string, string>, env: World['env'] = {}) =>
  memory(files, {HOME: '/home/ada', ...env}) as unknown as World;

describe('places of settings', () => {
  test('from the weakest to the strongest: project, user, environment, flags', async () => {
    const files = {
      '/home/ada/x/gpudock.yaml': 'gpus: 1\nport: 1\nbase: auto\npython: "3.10"',
      [USER]: 'gpus: 2\nport: 2\nbase: bootstrap',
    };
    const config = await readConfig(machine(files, {GPUDOCK_GPUS: '3', GPUDOCK_PORT: '3'}), 'x', {gpus: '4'});
    expect(config.settings.filter(({origin}) => origin !== null)).toEqual([
      {key: 'base', value: 'bootstrap', origin: USER},
      {key: 'python', value: '3.10', origin: 'gpudock.yaml'},
      {key: 'gpus', value: '4', origin: '--gpus'},
      {key: 'port', value: 3, origin: 'GPUDOCK_PORT'},
    ]);
    expect(config.places.map(({present}) => present)).toEqual([true, true, true, true]);
  });

  test('a variable that nothing reads is named, with the one that was meant', async () => {
    const env = {GPUDOCK_PROT: '1', GPUDOCK_DRIVER: '570.1', GPUDOCK_XYZZY: '1', PORT: '1'};
    expect((await readConfig(machine({}, env), 'x', {})).unknownVariables).toEqual([
      {name: 'GPUDOCK_PROT', meant: 'GPUDOCK_PORT'},
      {name: 'GPUDOCK_XYZZY', meant: null},
    ]);
  });

  test('nobody states anything', async () => {
    expect(merged(await readLayers(machine({}), null))).toEqual({});
  });

  test.each([
    [{XDG_CONFIG_HOME: '/etc/ada', HOME: '/home/ada'}, '/etc/ada/gpudock/config.yaml'],
    [{XDG_CONFIG_HOME: 'relative', HOME: '/home/ada'}, USER],
    [{}, null],
  ])('the file of the user: %j', (env, path) => expect(userFile(env)).toBe(path));

  test('a variable that is not understood is named', async () => {
    const wrong = readLayers(machine({}, {GPUDOCK_FRAMEWORK: 'torch'}), null);
    await expect(wrong).rejects.toMatchObject({
      code: 'variable_invalid',
      message: 'GPUDOCK_FRAMEWORK is not understood',
    });
  });
});

describe('the nearest name', () => {
  const names = ['framework', 'packages', 'python', 'gpus', 'port'];
  test.each([
    ['framwork', 'framework'],
    ['Packages', 'packages'],
    ['gpu', 'gpus'],
    ['prot', 'port'],
    ['x'.repeat(100_000), null],
  ])('%.20s → %s', (word, meant) => expect(nearest(word, names)).toBe(meant));

  test('a name is nearest to itself, and one slip does not hide it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(7), (name, at) => {
        expect(nearest(name, names)).toBe(name);
        expect(nearest(name.slice(0, at) + name.slice(at + 1) || name, names)).toBe(name.length > 3 ? name : null);
      }),
    );
  });
});
