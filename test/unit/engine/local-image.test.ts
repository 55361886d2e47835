import {expect, test} from '@jest/globals';
import {heldBytes} from '../../../src/engine/local-image.js';

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
