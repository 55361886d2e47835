import type {Finding} from '../contract/host.js';
import {printable} from './printable.js';
import {hanging} from './prose.js';

const SIGN = {error: '✗', warning: '!', info: 'i'};

/** Findings for people, worst first: what, what to do, where from. */
export function renderFindings(findings: readonly Finding[], columns: number | null = null): string {
  if (findings.length === 0) return 'Nothing is wrong, as far as can be told.';
  return findings
    .map(({id, severity, cause, fix, source}) =>
      [
        hanging(`${SIGN[severity]} ${printable(cause)}`, columns, 2),
        `    Fix:    ${printable(fix)}`,
        `    Source: ${printable(source)}`,
        `    Id:     ${id} (${severity})`,
      ].join('\n'),
    )
    .join('\n\n');
}
