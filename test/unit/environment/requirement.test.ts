import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {normalizeName, parseRequirement} from '../../../src/environment/requirement.js';
import {requirement} from './memory.js';

describe('a requirement', () => {
  test.each([
    ['numpy', {}],
    ['Flask_SQL.Alchemy', {name: 'flask-sql-alchemy'}],
    ['torch >= 2.4, < 3', {name: 'torch', specifier: '>=2.4,<3'}],
    ['torch (>=2.4)', {name: 'torch', specifier: '>=2.4'}],
    ['torch==2.4.1+cu124', {name: 'torch', specifier: '==2.4.1+cu124'}],
    ['numpy==1.26.*', {specifier: '==1.26.*'}],
    ['numpy~=1.26,!=1.26.2', {specifier: '~=1.26,!=1.26.2'}],
    ['jax[cuda12, k8s]>=0.4', {name: 'jax', extras: ['cuda12', 'k8s'], specifier: '>=0.4'}],
    ['numpy ; python_version < "3.12"', {marker: 'python_version < "3.12"'}],
    ['numpy @ https://files.example/numpy-2.0.whl', {url: 'https://files.example/numpy-2.0.whl'}],
    ['x @ git+ssh://git@host.example/x.git@v1#egg=x', {name: 'x', url: 'git+ssh://git@host.example/x.git@v1#egg=x'}],
  ])('%s', (text, change) => {
    expect(parseRequirement(text, 'gpudock.yaml')).toEqual(requirement(change));
  });

  test.each([
    '',
    '-e .',
    'numpy 1.26',
    'numpy=1.26',
    'numpy==',
    'numpy>=1,',
    "numpy'; rm -rf /",
    'numpy; $(id)',
    'numpy; a <<EOF',
    'numpy; a\nRUN id',
    'numpy\nFROM scratch',
    'numpy @ /tmp/numpy.whl',
    "numpy @ https://x.example/'$(id)'",
    'numpy @ https://x.example/$HOME',
    'numpy[a$b]',
    'numpy>=`id`',
  ])('%j is none', text => {
    expect(parseRequirement(text, 'gpudock.yaml')).toBeNull();
  });
});

test('names are compared as the index compares them', () => {
  expect(['Scikit_Learn', 'scikit.learn', 'scikit--learn', 'SCIKIT-._LEARN'].map(normalizeName)).toEqual(
    Array(4).fill('scikit-learn'),
  );
});

test('whatever text passes holds nothing that ends a quoted word or a line', () => {
  const piece = fc.constantFrom(
    'numpy',
    '[a]',
    '>=1',
    ' @ https://h.example/',
    ' ; ',
    "'",
    '"',
    '$(id)',
    '`',
    '\\',
    '\n',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, {maxLength: 8}).map(parts => parts.join('')),
        fc.string(),
      ),
      text => {
        const read = parseRequirement(text, 'x');
        if (read === null) return;
        const {name, extras, specifier, url, marker} = read;
        expect([name, ...extras, specifier, url].join('')).not.toMatch(/['"`$\\\n\r\0]/);
        expect(marker ?? '').not.toMatch(/[`$\\\n\r\0]/);
      },
    ),
    {numRuns: 2_000},
  );
});

test.each([
  ['a name', 'a'.repeat(200_000)],
  ['dots', `a${'.'.repeat(200_000)}`],
  ['clauses', `a${'>=1,'.repeat(50_000)}`],
  ['spaces', `a>=1${' '.repeat(200_000)}x`],
  ['an open bracket', `a[${','.repeat(200_000)}`],
])('long %s are read in linear time', (_, text) => {
  const start = performance.now();
  parseRequirement(text, 'x');
  expect(performance.now() - start).toBeLessThan(1_000);
});
