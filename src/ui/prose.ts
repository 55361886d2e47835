import {wrapAnsi} from 'fast-wrap-ansi';
import {placesOf} from './width.js';

/**
 * Running text no wider than `columns`, its later lines indented by `indent` places. Only for what nobody pastes into a
 * shell: a command stays in one line. null: every width will do.
 */
export function hanging(text: string, columns: number | null, indent: number): string {
  if (columns === null || placesOf(text) <= columns) return text;
  const lead = /^ */.exec(text)?.[0] ?? '';
  const room = Math.max(columns - indent, 20);
  // The first line has as much room as the others, so that one width does for all.
  const lines = wrapAnsi(text.trimStart(), room).split('\n');
  return lines.map((line, at) => `${at === 0 ? lead : ' '.repeat(indent)}${line}`).join('\n');
}
