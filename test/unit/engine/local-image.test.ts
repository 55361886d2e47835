import {expect, test} from '@jest/globals';
import {missingBytes} from '../../../src/engine/local-image.js';

const image = {diffIds: ['a', 'b', 'c'], sizes: [100, 20, 3]};

test.each<[string, string[][] | null, number | null]>([
  ['nothing', [], 123],
  ['all of it', [['a', 'b', 'c', 'd']], 0],
  ['its base', [['a'], ['a', 'b', 'x']], 3],
  ['a layer of it upon another base, which is another layer', [['b', 'c']], 123],
  ['what is not known', null, null],
])('of an engine that has %s', (_, local, missing) => {
  expect(missingBytes(image, local)).toBe(missing);
});

test('layers without a partner cannot be counted', () => {
  expect(missingBytes({diffIds: ['a'], sizes: [1, 2]}, [])).toBeNull();
});
