import {wrapAnsi} from 'fast-wrap-ansi';
import {printable} from './printable.js';
import {NARROWEST} from './prose.js';
import {placesOf} from './width.js';

const GAP = '  ';
const INDENT = '    ';

/**
 * Columns side by side, the first row the headings. Cells are made safe for a terminal, and measured as one shows them
 * (a Chinese character takes two places). Where `columns` is too few, cells of several words are wrapped; where that
 * is not enough, each row becomes its first cell and below it the others, each after its heading. null: every width will do.
 */
export function table(rows: readonly (readonly string[])[], columns: number | null = null): string {
  const cells = rows.map(row => row.map(cell => printable(cell).replace(/[\n\t]+/g, ' ')));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map(row => placesOf(row[at] ?? ''))));
  const fitting = columns === null ? widths : fitted(cells, widths, columns);
  const lines = fitting === null ? records(cells, columns ?? 0) : cells.flatMap(row => wrapped(row, fitting));
  return lines.map(line => `${line}\n`).join('');
}

/** Widths that fit, taken from the columns of several words, the widest first; null: there are none. */
function fitted(cells: readonly string[][], widths: readonly number[], columns: number): number[] | null {
  const fitting = [...widths];
  const least = widths.map((width, at) => Math.min(width, Math.max(NARROWEST, longestWord(cells, at))));
  for (let excess = total(fitting) - columns; excess > 0; excess--) {
    const room = fitting.map((width, at) => (width > (least[at] ?? 0) ? width : 0));
    const widest = room.indexOf(Math.max(...room));
    if ((room[widest] ?? 0) === 0) return null;
    fitting[widest] = (fitting[widest] ?? 0) - 1;
  }
  return fitting;
}

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);

const longestWord = (cells: readonly string[][], at: number): number =>
  Math.max(...cells.flatMap(row => (row[at] ?? '').split(' ')).map(word => placesOf(word)));

function wrapped(row: readonly string[], widths: readonly number[]): string[] {
  const pieces = row.map((cell, at) => inLines(cell, widths[at] ?? 0));
  const height = Math.max(...pieces.map(({length}) => length));
  return Array.from({length: height}, (_, line) =>
    pieces
      .map((piece, at) => padded(piece[line] ?? '', widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

const inLines = (text: string, width: number): string[] =>
  placesOf(text) <= width ? [text] : wrapAnsi(text, width, {hard: true}).split('\n');

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - placesOf(text)));

/** For a terminal that is too narrow for columns: the other cells with their headings before them. */
function records([headings = [], ...rows]: readonly string[][], columns: number): string[] {
  const room = Math.max(columns - INDENT.length, 1);
  return rows.flatMap(([first = '', ...rest]) => {
    const told = rest.flatMap((cell, at) => (cell === '' ? [] : [`${headings[at + 1]?.toLowerCase()} ${cell}`]));
    const lines = told.length === 0 ? [] : inLines(told.join(' · '), room);
    return [...inLines(first, Math.max(columns, 1)), ...lines.map(line => INDENT + line)];
  });
}
