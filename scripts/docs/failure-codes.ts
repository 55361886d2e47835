import {EXIT} from '../../src/failure.js';

/** One failure as the sources have it. */
export interface FailureRow {
  code: string;
  /** The sentence, `…` for what the case fills in; empty where another function hands it over. */
  message: string;
  exit: keyof typeof EXIT;
}

/** Every `new Failure({code: '…', …})` in the sources, sorted; a code that stands in several places has several rows. */
export function failureRows(sources: readonly string[]): FailureRow[] {
  const rows = sources.flatMap(source => source.split('new Failure(').slice(1).flatMap(rowOf));
  const unique = new Map(rows.map(row => [`${row.code} ${row.exit} ${row.message}`, row]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** A `})` alone may stand inside a message: `(exit code ${code})`. */
const END_OF_FACTS = /\n *\}|\}\);/;

/** `text` starts behind `new Failure(` and may run on far beyond it. */
function rowOf(text: string): FailureRow[] {
  const facts = text.slice(0, text.search(END_OF_FACTS));
  const code = /code: '([a-z_]+)'/.exec(facts)?.[1];
  if (code === undefined) return [];
  const message = /message:\s*(['"`])((?:(?!\1)[^\n])*)\1/.exec(facts)?.[2] ?? '';
  const exit = /exit: EXIT\.([a-zA-Z]+)/.exec(facts)?.[1] ?? 'failed';
  if (!(exit in EXIT)) throw new Error(`${code}: no exit code is named ${exit}`);
  return [{code, message: filledIn(message), exit: exit as keyof typeof EXIT}];
}

const filledIn = (template: string): string => template.replace(/\$\{[^{}]*\}/g, '…').replaceAll('`', "'");
