import type {Candidate, Match, RuleOutcome} from '../contract/verdict.js';
import {printable} from './printable.js';
import {hanging} from './prose.js';
import {table} from './table.js';
import {ORDER, WORDS} from './verdict.js';

type Columns = number | null;

/** The candidates as a table, each note on them said once, and what stands in the way of newer ones. */
export function renderMatch(answer: Match, columns: Columns = null): string {
  const {candidates, unlock, wheels, instead = []} = answer;
  const lines = [
    ...unlock.map(({image, needs}) => `newer: ${image} needs ${needs}`),
    ...instead.map(({framework, version, image}) => `runs here: ${[framework, version].join(' ').trim()}, ${image}`),
    ...(wheels
      ? [`or, in a plain image with Python: ${wheels.requirement} from the ${wheels.build} wheels (${wheels.reason})`]
      : []),
  ];
  const found = candidates.length > 0 ? shown(candidates, columns) : noneOf(answer);
  return [...found, ...lines].map(line => `${hanging(printable(line), columns, 4)}\n`).join('');
}

function shown(candidates: readonly Candidate[], columns: Columns): string[] {
  const notes = new Map(candidates.flatMap(noteOf).map(note => [note.reason, note]));
  const reasons = [...notes.keys()];
  const runs = candidates.some(({verdict}) => verdict === 'runs');
  const [only] = reasons.length === 1 && candidates.every(candidate => noteOf(candidate).length === 1) ? reasons : [];
  const rows = candidates.map(candidate => rowOf(candidate, only === undefined ? reasons : []));
  const told = [...notes.values()].flatMap(({reason, fix}) => [
    `${only === undefined ? `(${reasons.indexOf(reason) + 1})` : 'each:'} ${reason}`,
    ...(fix && !runs ? [`    fix: ${fix}`] : []),
  ]);
  return [
    ...(runs ? [] : ['nothing that was asked for is known to run here; the nearest:']),
    ...table([['IMAGE', 'VERSION', 'CUDA', 'PYTHON', 'VERDICT'], ...rows], columns)
      .trimEnd()
      .split('\n'),
    ...told,
  ];
}

function rowOf(candidate: Candidate, reasons: readonly string[]): string[] {
  const {image, version, cuda, python, verdict} = candidate;
  const at = reasons.indexOf(noteOf(candidate)[0]?.reason ?? '');
  return [
    image,
    // NGC's have the commit behind it, and of a toolkit the minor is what drivers are asked for.
    version?.replace(/\+.*$/, '') ?? '',
    cuda?.split('.').slice(0, 2).join('.') ?? '',
    python ?? '',
    at === -1 ? WORDS[verdict] : `${WORDS[verdict]} (${at + 1})`,
  ];
}

/** The one rule that is worth a note: what decides comes first. */
function noteOf({rules}: Candidate): RuleOutcome[] {
  const told = ORDER.slice(0, 3).flatMap(outcome => rules.filter(rule => rule.outcome === outcome && !isAdvice(rule)));
  return told.slice(0, 1);
}

const isAdvice = ({id}: RuleOutcome): boolean => id === 'available' || id === 'space';

function noneOf({newest = [], matrix}: Match): string[] {
  const has = newest.map(({framework, version}) => `; its newest ${framework} is ${version}`).join('');
  return [
    `no image of the matrix of ${matrix.date} is what was asked for${has}`,
    'fix: another version; gpudock matrix update looks for newer images',
  ];
}
