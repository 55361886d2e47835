import {expect, test} from '@jest/globals';
import {wantedFramework} from '../../../src/environment/framework.js';
import type {Settings} from '../../../src/environment/settings.js';
import {requirement} from './memory.js';

const wish = (settings: Settings, ...names: string[]) =>
  wantedFramework({
    settings,
    constraints: [],
    requirements: names.map(name => requirement({name, specifier: '>=2', from: 'r:1'})),
  });

test.each<[Settings, string[], ReturnType<typeof wish>]>([
  [{}, [], null],
  [{}, ['numpy', 'pandas'], null],
  [{}, ['torch'], {name: 'pytorch', specifier: '>=2', from: 'r:1'}],
  [{}, ['tensorflow'], {name: 'tensorflow', specifier: '>=2', from: 'r:1'}],
  [{}, ['jax'], {name: 'jax', specifier: '>=2', from: 'r:1'}],
  // The version of what is built on it is not the framework's own.
  [{}, ['timm'], {name: 'pytorch', specifier: '', from: 'r:1'}],
  [{}, ['timm', 'tensorflow'], {name: 'tensorflow', specifier: '>=2', from: 'r:1'}],
  [{framework: 'none'}, ['torch'], null],
  [{framework: 'jax'}, ['torch'], {name: 'jax', specifier: '', from: 'gpudock.yaml'}],
  [{framework: 'pytorch'}, ['tensorflow', 'torch'], {name: 'pytorch', specifier: '>=2', from: 'r:1'}],
])('%j with %j', (settings, names, expected) => {
  expect(wish(settings, ...names)).toEqual(expected);
});

test.each<[string, string, string | null]>([
  ['torch', '', '==2.3.1'],
  ['torch', '>=2', '>=2,==2.3.1'],
  ['timm', '>=1', '==2.3.1'],
  // A site's constraints name what nobody asked for.
  ['numpy', '', null],
])('a constraint on torch decides the version of what %s%s asks for: %s', (name, specifier, expected) => {
  const constraints = ['torch', 'tensorflow', 'jax'].map(name =>
    requirement({name, specifier: '==2.3.1', from: 'c:1'}),
  );
  const wish = wantedFramework({settings: {}, requirements: [requirement({name, specifier})], constraints});
  expect(wish?.specifier ?? null).toBe(expected);
});
