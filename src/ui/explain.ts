import type {Explain} from '../contract/explain.js';
import {printable} from './printable.js';

/** The known failures for people: the line, why, what to do. */
export function renderExplain(matches: Explain['matches']): string {
  if (matches.length === 0) return 'No known failure found in this log.';
  return matches.map(paragraph).join('\n\n');
}

const paragraph = ({id, line, text, cause, fix, source}: Explain['matches'][number]): string =>
  [`${id}, line ${line}: ${printable(text)}`, `  Why:    ${cause}`, `  Fix:    ${fix}`, `  Source: ${source}`].join(
    '\n',
  );
