import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'fast-string-width';
import {beside, hanging} from '../../../src/ui/prose.js';
import {table} from '../../../src/ui/table.js';

const ROWS = [
  ['SETTING', 'WHY'],
  ['gpus', 'two of them are free, and the others are held by somebody else'],
];

test.each<[string, readonly string[][], number | null, string]>([
  [
    'as wide as its cells',
    [
      ['A', 'B'],
      ['x', 'a long cell of words'],
    ],
    null,
    'A  B\nx  a long cell of words\n',
  ],
  [
    'a Chinese name takes two places a character',
    [
      ['N', 'B'],
      ['数据', 'x'],
      ['é', 'y'],
    ],
    null,
    'N     B\n数据  x\né     y\n',
  ],
  [
    'running text is wrapped',
    ROWS,
    40,
    'SETTING  WHY\ngpus     two of them are free, and the\n         others are held by somebody\n         else\n',
  ],
  [
    'what cannot be wrapped is put below',
    [
      ['IMAGE', 'CUDA', 'TOLD'],
      ['a/b:2.6.0-runtime', '12.4', 'runs'],
    ],
    20,
    'a/b:2.6.0-runtime\n    cuda 12.4 · told\n    runs\n',
  ],
  ['one cell stays one line', [['A'], ['b\nc\u001b[31md']], null, 'A\nb cd\n'],
])('%s', (_, rows, columns, shown) => {
  expect(table(rows, columns)).toBe(shown);
});

test('no line is wider than the terminal, and no word is lost', () => {
  const word = fc.string({unit: fc.constantFrom('a', 'é', '数', '-'), minLength: 1, maxLength: 30});
  const cell = fc.array(word, {minLength: 1, maxLength: 6}).map(words => words.join(' '));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), {minLength: 1, maxLength: 4}),
      fc.integer({min: 12, max: 60}),
      (rows, columns) => {
        const shown = table(rows, columns);
        for (const line of shown.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        const letters = (text: string): string[] => [...text.replace(/[\s·]/g, '')].sort();
        const said = letters(shown);
        for (const letter of letters(rows.slice(1).flat().join('')))
          expect(said.splice(said.indexOf(letter), 1)).toEqual([letter]);
      },
    ),
  );
});

test.each([
  ['  ! short', 30, '  ! short'],
  ['  ! a reason that goes on and on', 30, '  ! a reason that goes on\n      and on'],
  ['  ! a reason that goes on and on', null, '  ! a reason that goes on and on'],
])('%j in %j columns hangs, and no word is cut', (text, columns, shown) => {
  expect(hanging(text, columns, 6)).toBe(shown);
});

test.each([
  ['GPU 0  ', 'NVIDIA A10 · 22 GiB', 40, 'GPU 0  NVIDIA A10 · 22 GiB'],
  ['GPU 0  ', 'NVIDIA A10 · compute 8.6 · 22 GiB', 30, 'GPU 0  NVIDIA A10 · compute\n       8.6 · 22 GiB'],
  ['a label that is long  ', 'and what it says', 30, 'a label that is long  and\n    what it says'],
  ['GPU 0  ', 'NVIDIA A10 · compute 8.6 · 22 GiB', null, 'GPU 0  NVIDIA A10 · compute 8.6 · 22 GiB'],
])('beside %j stands %j in %j columns', (label, text, columns, shown) => {
  expect(beside(label, text, columns)).toBe(shown);
});
