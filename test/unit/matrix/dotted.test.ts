import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {atLeast, compareDotted, compareVersions, majorOf, minorOf, parseDotted} from '../../../src/matrix/dotted.js';

const dotted = fc.array(fc.nat({max: 99_999}), {minLength: 1, maxLength: 6});

describe('numbers of drivers and CUDA', () => {
  test.each([
    ['570.124.06', [570, 124, 6]],
    ['10.2', [10, 2]],
    [' 9 ', [9]],
    ['', null],
    ['12.x', null],
    ['12.', null],
    ['.5', null],
    ['1.2.3.4.5.6.7', null],
    ['-1', null],
    ['1e3', null],
    ['٣.٢', null],
  ])('%p is read as %p', (text, parts) => {
    expect(parseDotted(text)).toEqual(parts);
  });

  test.each([
    ['10.2', '10.2.89', -1],
    ['10.2', '10.2.0', 0],
    ['12.10', '12.9', 1],
    ['9.0', '10.0', -1],
    ['535.104.05', '535.104.5', 0],
  ])('%s against %s is %d', (left, right, order) => {
    expect(Math.sign(compareVersions(left, right) ?? Number.NaN)).toBe(order);
  });

  test('nothing is compared with an unknown', () => {
    expect(compareVersions(null, '12.4')).toBeNull();
    expect(atLeast('garbage', '12.4')).toBeNull();
    expect(minorOf('12')).toBeNull();
    expect(majorOf('12')).toBe(12);
    expect(minorOf('12.4.1')).toBe('12.4');
  });

  test('the order is total', () => {
    fc.assert(
      fc.property(dotted, dotted, dotted, (a, b, c) => {
        expect(compareDotted(a, a)).toBe(0);
        expect(Math.sign(compareDotted(a, b))).toBe(-Math.sign(compareDotted(b, a)) + 0);
        if (compareDotted(a, b) <= 0 && compareDotted(b, c) <= 0) expect(compareDotted(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('any text is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.string({maxLength: 60}), text => {
        const parts = parseDotted(text);
        expect(parts === null || parts.every(Number.isSafeInteger)).toBe(true);
      }),
    );
  });
});
