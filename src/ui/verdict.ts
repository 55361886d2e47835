import type {Match, RuleOutcome, Verdict} from '../contract/verdict.js';
import {printable} from './printable.js';
import {hanging} from './prose.js';
import {table} from './table.js';

const WORDS: Record<Verdict['verdict'], string> = {runs: 'runs', fails: 'does not run', unknown: 'cannot tell'};
const MARKS: Record<RuleOutcome['outcome'], string> = {pass: '✓', warn: '!', fail: '✗', unknown: '?', skip: '-'};
/** What decides comes first. */
const ORDER: readonly RuleOutcome['outcome'][] = ['fail', 'unknown', 'warn', 'pass'];

/** One image: the verdict, then a line a rule with its reason, and what to do. */
export function renderVerdict({image, verdict, rules}: Verdict, columns: number | null = null): string {
  const told = ORDER.flatMap(outcome => rules.filter(rule => rule.outcome === outcome));
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

/** The candidates as a table, and what stands in the way of newer ones. */
export function renderMatch(
  {matrix, candidates, unlock, wheels, newest = []}: Match,
  columns: number | null = null,
): string {
  const rows = candidates.map(candidate => [
    candidate.image,
    candidate.version ?? '',
    candidate.cuda ?? '',
    candidate.python ?? '',
    WORDS[candidate.verdict],
    notable(candidate),
  ]);
  const heading = ['IMAGE', 'VERSION', 'CUDA', 'PYTHON', 'VERDICT', 'BECAUSE'];
  const unlocked = unlock.map(({image, needs}) => `newer: ${printable(image)} needs ${printable(needs)}\n`).join('');
  const route = wheels
    ? printable(
        `or, in a plain image with Python: ${wheels.requirement} from the ${wheels.build} wheels (${wheels.reason})`,
      )
    : null;
  const shown = rows.length > 0 ? table([heading, ...rows], columns) : noneOf(newest, matrix.date);
  return `${shown}${unlocked}${route === null ? '' : `${route}\n`}`;
}

function noneOf(newest: readonly {framework: string; version: string}[], date: string): string {
  const has = newest.map(({framework, version}) => `; its newest ${framework} is ${version}`).join('');
  return printable(`no image of the matrix of ${date} is what was asked for${has}`).concat(
    '\nfix: another version; gpudock matrix update looks for newer images\n',
  );
}

/** The one reason worth a table's last column. */
function notable({rules}: Verdict): string {
  const told = ORDER.slice(0, 3).flatMap(outcome => rules.filter(rule => rule.outcome === outcome && !isAdvice(rule)));
  return told[0]?.reason ?? '';
}

const isAdvice = ({id}: RuleOutcome): boolean => id === 'available' || id === 'space';
