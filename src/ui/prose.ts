import {wrapAnsi} from 'fast-wrap-ansi';
import {placesOf} from './width.js';

/** Narrower than this, running text is no longer read. */
export const NARROWEST = 20;

/**
 * Running text no wider than `columns`, its later lines indented by `indent` places. Only for what nobody pastes into a
 * shell: a command stays in one line. null: every width will do.
 */
export function hanging(text: string, columns: number | null, indent: number): string {
  if (columns === null || placesOf(text) <= columns) return text;
  const lead = /^ */.exec(text)?.[0] ?? '';
  const room = Math.max(columns - indent, NARROWEST);
  // The first line has as much room as the others, so that one width does for all.
  const lines = wrapAnsi(text.trimStart(), room).split('\n');
  return lines.map((line, at) => `${at === 0 ? lead : ' '.repeat(indent)}${line}`).join('\n');
}

/** Running text beside a label, its later lines below its first; below the label where there is no room beside it. */
export function beside(label: string, text: string, columns: number | null): string {
  const indent = placesOf(label);
  if (columns === null || indent + placesOf(text) <= columns) return label + text;
  if (columns - indent < NARROWEST) return hanging(label + text, columns, 4);
  return label + wrapAnsi(text, columns - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
}
