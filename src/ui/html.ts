import type {Section} from '../matrix/page.js';

const NAMES: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};
const escaped = (text: string): string => text.replace(/[&<>"]/g, sign => NAMES[sign] ?? sign);

const STYLE =
  'body{font:15px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}';

/** One page that needs nothing else: no script, no font, no address. */
export function matrixPage(date: string, sections: readonly Section[]): string {
  const cells = (tag: 'td' | 'th', row: readonly string[]): string =>
    `<tr>${row.map(cell => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const parts = sections.map(({title, heading, rows}) =>
    [
      `<h2>${escaped(title)}</h2>`,
      '<table>',
      `<thead>${cells('th', heading)}</thead>`,
      '<tbody>',
      ...rows.map(row => cells('td', row)),
      '</tbody></table>',
    ].join('\n'),
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>gpudock: compatibility matrix</title>',
    `<style>${STYLE}</style></head><body>`,
    `<h1>Compatibility matrix</h1><p>Checked on ${escaped(date)}.</p>`,
    ...parts,
    '</body></html>',
    '',
  ].join('\n');
}
