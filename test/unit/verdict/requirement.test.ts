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

/**
 * The same language read another way, for texts that are well formed: what NVIDIA's documentation says of it
 * (NVIDIA/cloud-native-docs, container-toolkit/docker-specialized.md), and nothing of how the program goes about it.
 */
function plainly(text: string, host: RequirementHost): boolean {
  const holds = (condition: string): boolean => {
    const [, name = '', sign = '', value = ''] = /^(\w+?)(>=|<=|!=|=|<|>)(.+)$/.exec(condition.toLowerCase()) ?? [];
    const known = host[name as keyof RequirementHost]?.toLowerCase() ?? null;
    if (known === null) return true;
    const order = name === 'brand' ? Number(known !== value) : inOrder(known, value);
    return {'=': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0}[
      sign
    ] as boolean;
  };
  return text.split(' ').some(alternative => alternative.split(',').every(holds));
}

/** Four parts of six digits each, so that text order is the order of numbers. */
function inOrder(a: string, b: string): number {
  const padded = (version: string): string =>
    [...version.split('.'), '0', '0', '0']
      .slice(0, 4)
      .map(part => part.padStart(6, '0'))
      .join('');
  return padded(a) < padded(b) ? -1 : Number(padded(a) > padded(b));
}

describe('an independent reading agrees', () => {
  const BRANDS = ['GeForce', 'Tesla', 'Nvidia', 'Quadro', 'QuadroRTX', 'NvidiaRTX', 'Titan', 'Unknown'];
  const DRIVERS = [
    '384.81',
    '418.40.04',
    '450.80.02',
    '470.256.02',
    '525.60.13',
    '535.104.05',
    '550.54.14',
    '560.35.03',
  ];
  const CUDAS = ['9.0', '10.2', '11.0', '11.4', '12.0', '12.2', '12.4', '12.9', '13.0'];

  test('on every text of the matrix, on every kind of host', () => {
    const {rows, brand_lists} = matrixDocument<{rows: RequireRow[]; brand_lists: Record<string, string>}>(
      'require-cuda',
    );
    const hosts = BRANDS.flatMap(brand =>
      [...DRIVERS, '565.57.01', '570.124.06', '580.65.06'].flatMap((driver, at) =>
        [CUDAS[at % CUDAS.length] ?? null, null].map(cuda => ({cuda, driver, arch: '8.6', brand})),
      ),
    );
    const texts = [...new Set(rows.map(row => expand(row, brand_lists).trim().replace(/ +/g, ' ')))];
    const different = texts.flatMap(text =>
      hosts.filter(host => (evaluateRequirement(text, host) === 'met') !== plainly(text, host)),
    );
    expect(different).toEqual([]);
    expect(texts.length).toBeGreaterThan(50);
  });

  test('on well-formed texts of any shape', () => {
    const number = fc.array(fc.integer({min: 0, max: 600}), {minLength: 1, maxLength: 3}).map(parts => parts.join('.'));
    const counted = fc
      .tuple(fc.constantFrom('cuda', 'DRIVER', 'arch'), fc.constantFrom('=', '!=', '<', '<=', '>', '>='), number)
      .map(parts => parts.join(''));
    const named = fc
      .tuple(fc.constantFrom('brand', 'Brand'), fc.constantFrom('=', '!='), fc.constantFrom(...BRANDS, 'geforce'))
      .map(parts => parts.join(''));
    const alternative = fc.array(fc.oneof(counted, named), {minLength: 1, maxLength: 4}).map(list => list.join(','));
    const text = fc.array(alternative, {minLength: 1, maxLength: 5}).map(list => list.join(' '));
    const host = fc.record({
      cuda: fc.option(fc.constantFrom(...CUDAS)),
      driver: fc.option(fc.constantFrom(...DRIVERS)),
      arch: fc.option(fc.constantFrom('3.7', '6.1', '8.6', '12.0')),
      brand: fc.option(fc.constantFrom(...BRANDS)),
    });
    fc.assert(
      fc.property(text, host, (said, on) => {
        expect(evaluateRequirement(said, on)).toBe(plainly(said, on) ? 'met' : 'unmet');
      }),
      {numRuns: 2_000},
    );
  });
});
