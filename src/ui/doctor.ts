import type {Finding} from '../contract/host.js';
import {printable} from './printable.js';

const SIGN = {error: '✗', warning: '!', info: 'i'};

/** Findings for people, worst first: what, what to do, where from. */
export function renderFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is wrong, as far as can be told.';
  return findings
    .map(({id, severity, cause, fix, source}) =>
      [
        `${SIGN[severity]} ${printable(cause)}`,
        `    Fix:    ${printable(fix)}`,
        `    Source: ${printable(source)}`,
        `    Id:     ${id} (${severity})`,
      ].join('\n'),
    )
    .join('\n\n');
}
