import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {parseSize} from '../../../src/launch/size.js';

test.each([
  ['8GiB', 8 * 1024 ** 3],
  ['8g', 8 * 1024 ** 3],
  ['1.5 GB', 1.5 * 1024 ** 3],
  ['512m', 512 * 1024 ** 2],
  ['1048576', 1024 ** 2],
  ['0', null],
  ['-1g', null],
  ['8 gigs', null],
  ['', null],
  ['1e9', null],
  ['99999999TiB', null],
])('%j', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test('is a positive whole number of bytes, or nothing, whatever is given', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const bytes = parseSize(text);
      expect(bytes === null || (Number.isSafeInteger(bytes) && bytes > 0)).toBe(true);
    }),
  );
});
