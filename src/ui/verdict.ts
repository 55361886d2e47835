import type {RuleOutcome, Verdict} from '../contract/verdict.js';
import {printable} from './printable.js';
import {hanging} from './prose.js';

export const WORDS: Record<Verdict['verdict'], string> = {runs: 'runs', fails: 'does not run', unknown: 'cannot tell'};
const MARKS: Record<RuleOutcome['outcome'], string> = {pass: '✓', warn: '!', fail: '✗', unknown: '?', skip: '-'};
/** What decides comes first. */
export const ORDER: readonly RuleOutcome['outcome'][] = ['fail', 'unknown', 'warn', 'pass'];

/** One image: the verdict, then a line a rule with its reason, and what to do. */
export function renderVerdict({image, verdict, rules}: Verdict, columns: number | null = null): string {
  // What is not known of the image at all explains what else is not.
  const first = [...rules].sort((a, b) => Number(b.id === 'image-content') - Number(a.id === 'image-content'));
  const noGpu = rules.filter(rule => rule.id === 'image-content' && rule.outcome === 'skip');
  const decided = ORDER.flatMap(outcome =>
    (outcome === 'pass' ? rules : first).filter(rule => rule.outcome === outcome),
  );
  const told = [...noGpu, ...decided];
  const lines = told.flatMap(rule => [
    hanging(
      printable(`  ${MARKS[rule.outcome]} ${rule.id}: ${rule.reason}${rule.gpu ? ` [${rule.gpu}]` : ''}`),
      columns,
      6,
    ),
    ...(rule.fix && rule.outcome !== 'pass' ? [`      fix: ${rule.fix}`] : []),
  ]);
  return [`${image}: ${WORDS[verdict]}`, ...lines].map(line => `${printable(line)}\n`).join('');
}
