import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {matrixDocument} from '../../../src/matrix/data.js';
import {expand, type RequireRow} from '../../../src/matrix/require-text.js';
import {evaluateForBrands, evaluateRequirement, type RequirementHost} from '../../../src/verdict/requirement.js';

const HOST: RequirementHost = {cuda: '12.2', driver: '535.104.05', arch: '8.6', brand: 'GeForce'};

describe('NVIDIA_REQUIRE_*', () => {
  test.each([
    ['', 'met'],
    ['cuda>=12.2', 'met'],
    ['cuda>=12.4', 'unmet'],
    ['CUDA>=12.2', 'met'],
    ['cuda=12.2', 'met'],
    ['cuda=12.2.0', 'met'],
    ['cuda!=12.2', 'unmet'],
    ['cuda!12.1', 'met'],
    ['cuda<12.10', 'met'],
    ['cuda>12.1', 'met'],
    ['cuda<=12.1', 'unmet'],
    ['arch>=8.0', 'met'],
    ['arch>8.6', 'unmet'],
    ['brand=geforce', 'met'],
    ['brand!=tesla', 'met'],
    ['driver>=535,driver<536', 'met'],
    ['driver>=535.104.5', 'met'],
    ['driver<535.104', 'unmet'],
    ['cuda>=12.4 brand=geforce,driver>=535,driver<536', 'met'],
    ['cuda>=12.4 brand=tesla,driver>=535,driver<536', 'unmet'],
    ['  cuda>=12.2  ', 'met'],
    ['cuda>=12.2,', 'met'],
    ['cuda>=12..2', 'met'],
    ['cuda>=12.2.', 'met'],
    // An empty alternative keeps the answer of the one before it, and ends the evaluation.
    ['cuda>=99 , cuda>=1', 'unmet'],
    // Reading stops at the first alternative that holds, and at the first condition that does not.
    ['cuda>=12.2 nonsense', 'met'],
    ['cuda>=99,nonsense cuda>=1', 'met'],
    ['nonsense', 'invalid'],
    ['memory>=1', 'invalid'],
    ['cuda', 'invalid'],
    ['cuda>=', 'invalid'],
    ['>=12', 'invalid'],
    ['cuda==12.2', 'invalid'],
    ['cuda=>12.2', 'invalid'],
    ['cuda>=12.x', 'invalid'],
    ['cuda>=.5', 'invalid'],
    ['brand>geforce', 'invalid'],
    ['cuda>=18446744073709551615', 'invalid'],
    ['cuda>=99 nonsense', 'invalid'],
    [`brand=${'x'.repeat(200)}`, 'invalid'],
    ['brand=\u212a', 'unmet'],
  ])('%p is %s', (text, answer) => {
    expect(evaluateRequirement(text, HOST)).toBe(answer);
  });

  test('what the host cannot tell counts as true', () => {
    const nothing = {cuda: null, driver: null, arch: null, brand: null};
    expect(evaluateRequirement('cuda>=99 brand=tesla,driver<1', nothing)).toBe('met');
  });

  test('a brand that may be one of several is unknown only where it matters', () => {
    const brands = ['Tesla', 'Nvidia'];
    const {brand: _, ...host} = HOST;
    expect(evaluateForBrands('brand=tesla', host, brands)).toBe('unknown');
    expect(evaluateForBrands('cuda>=12.2 brand=tesla', host, brands)).toBe('met');
    expect(evaluateForBrands('brand=geforce', host, brands)).toBe('unmet');
  });

  test('every text of the matrix can be read to its end', () => {
    const {rows, brand_lists} = matrixDocument<{rows: RequireRow[]; brand_lists: Record<string, string>}>(
      'require-cuda',
    );
    const poor = {cuda: '1.0', driver: '1.0', arch: '1.0', brand: 'none'};
    const answers = rows.map(row => evaluateRequirement(expand(row, brand_lists), poor));
    expect(new Set(answers)).toEqual(new Set(['unmet']));
  });

  test('hostile text ends in an answer', () => {
    const parts = fc.constantFrom(
      'cuda',
      'driver',
      'brand',
      'ARCH',
      '>=',
      '<',
      '!',
      '=',
      '12',
      '.',
      ',',
      ' ',
      '9'.repeat(40),
      '\u0000',
      'x',
    );
    fc.assert(
      fc.property(
        fc.array(parts, {maxLength: 30}).map(list => list.join('')),
        text => {
          expect(['met', 'unmet', 'invalid']).toContain(evaluateRequirement(text, HOST));
        },
      ),
      {numRuns: 500},
    );
    const started = performance.now();
    evaluateRequirement(`cuda>=${'9'.repeat(1_000_000)} ${'cuda>=99,'.repeat(100_000)}`, HOST);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
