import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {heldBytes, localLayers} from '../../../src/engine/local-layers.js';
import {liveWorld} from '../../../src/world/live.js';

const layer = (digest: string, size: number) => ({digest, size});
const image = {diffIds: ['a', 'b', 'c'], layers: [layer('1', 100), layer('2', 20), layer('3', 3)]};

test.each<[string, string[][] | null, number | null]>([
  ['nothing', [], 0],
  ['all of it', [['a', 'b', 'c', 'd']], 123],
  ['its base', [['a'], ['a', 'b', 'x']], 120],
  ['a layer of it upon another base, which is another layer', [['b', 'c']], 0],
  ['what is not known', null, null],
])('of an engine that has %s', (_, local, held) => {
  expect(heldBytes(image, local)).toBe(held);
});

test('a layer that stands twice counts once', () => {
  const twice = {diffIds: ['a', 'b', 'b'], layers: [layer('1', 100), layer('2', 20), layer('2', 20)]};
  expect(heldBytes(twice, [['a', 'b', 'b']])).toBe(120);
});

test('layers without a partner cannot be counted', () => {
  expect(heldBytes({diffIds: ['a'], layers: image.layers}, [])).toBeNull();
});

test('what was asked of an image is not asked again; an image that went is forgotten; a spoilt file is none', async () => {
  const home = await mkdtemp(join(tmpdir(), 'gpudock-layers-'));
  const id = (letter: string): string => `sha256:${letter.repeat(64)}`;
  let held = ['a', 'b'];
  const asked: string[] = [];
  const world = {
    ...liveWorld(() => async path => {
      asked.push(path);
      const body = path === '/images/json' ? held.map(letter => ({Id: id(letter)})) : {RootFS: {Layers: [id('1')]}};
      return {status: 'ok', body, remote: false};
    }),
    env: {XDG_CACHE_HOME: home},
  };
  const inspections = (): number => asked.splice(0).filter(path => path !== '/images/json').length;
  const file = join(home, 'gpudock/engine-layers.txt');
  try {
    expect(await localLayers(world, 1_000)).toEqual([['1'.repeat(16)], ['1'.repeat(16)]]);
    expect(inspections()).toBe(2);
    held = ['b', 'c'];
    expect(await localLayers(world, 1_000)).toHaveLength(2);
    expect(inspections()).toBe(1);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
    await writeFile(file, `${id('b')} ../etc\n`);
    expect(await localLayers(world, 1_000)).toHaveLength(2);
    expect(inspections()).toBe(2);
  } finally {
    await rm(home, {recursive: true});
  }
});
