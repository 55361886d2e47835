import type {Explain} from '../contract/explain.js';
import {printable} from './printable.js';
import {hanging} from './prose.js';

/** The known failures for people: the line, why, what to do. */
export function renderExplain(matches: Explain['matches'], columns: number | null = null): string {
  if (matches.length === 0) return 'No known failure found in this log.';
  return matches.map(match => paragraph(match, columns)).join('\n\n');
}

const paragraph = ({id, line, text, cause, fix, source}: Explain['matches'][number], columns: number | null): string =>
  [
    `${id}, line ${line}: ${printable(text)}`,
    hanging(`  Why:    ${cause}`, columns, 10),
    `  Fix:    ${fix}`,
    `  Source: ${source}`,
  ].join('\n');
