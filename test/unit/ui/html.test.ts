import {expect, test} from '@jest/globals';
import {sections} from '../../../src/matrix/page.js';
import {matrixPage} from '../../../src/ui/html.js';

test('the page has every part, and a row for each of its rows', () => {
  const all = sections();
  const page = matrixPage('2026-11-24', all);
  for (const {title} of all) expect(page).toContain(`<h2>${title}</h2>`);
  expect(page.split('<tr>')).toHaveLength(1 + all.reduce((sum, {rows}) => sum + 1 + rows.length, 0));
});

test('what stands in a cell is text', () => {
  const page = matrixPage('d', [{title: 'T', intro: '', heading: ['a'], rows: [['<script>"&']]}]);
  expect(page).toContain('<td>&lt;script&gt;&quot;&amp;</td>');
});
