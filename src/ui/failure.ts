import type {FailureDocument} from '../contract/failure.js';
import {type Failure, isFailure} from '../failure.js';
import {printable} from './printable.js';

/** What happened, why, what to do: one line each. A stack trace only when DEBUG asks for it. */
export function renderFailure(error: Error, debug: boolean): string {
  const lines = isFailure(error) ? failureLines(error) : [`Error: ${printable(error.message)}`];
  if (debug && error.stack) lines.push(error.stack);
  return `${lines.join('\n')}\n`;
}

function failureLines(failure: Failure): string[] {
  return [
    ...failure.details.map(line => `  ${printable(line)}`),
    `Error: ${printable(failure.message)}`,
    ...(failure.reason === null ? [] : [`Why:   ${printable(failure.reason)}`]),
    ...(failure.fix === null ? [] : [`Fix:   ${printable(failure.fix)}`]),
  ];
}

export function failureDocument(error: Error): FailureDocument {
  return isFailure(error)
    ? {error: {code: error.code, message: error.message, cause: error.reason, fix: error.fix}}
    : {error: {code: 'unexpected', message: error.message, cause: null, fix: null}};
}
