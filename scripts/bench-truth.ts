// Simulated sessions with a known ratio: how often the verdict is right, and how often the control raises an alarm.
// Usage: bench-truth.ts [SESSIONS [FIRST SEED]]
import {controlDiffers} from '../src/bench/statistics/analysis.js';
import {type Simulation, simulate} from './bench/simulation.js';

const [sessions = 200, first = 0] = process.argv.slice(2).map(Number);
/** Room for 200 blocks: the default budget of five minutes with trials of about a third of a second. */
const BLOCKS = 200;

type Case = Pick<Simulation, 'ratio' | 'margin' | 'odd'> & {right: readonly string[]};

const CASES: readonly Case[] = [
  {ratio: 1, margin: 0.01, right: ['equivalent']},
  {ratio: 1.01, margin: 0.03, right: ['equivalent']},
  {ratio: 1.02, margin: 0.03, right: ['equivalent']},
  {ratio: 1.03, margin: 0.01, right: ['slower']},
  {ratio: 1.03, margin: 0.03, right: ['slower', 'equivalent']},
  {ratio: 0.97, margin: 0.01, right: ['faster']},
  {ratio: 1, margin: 0.03, right: ['equivalent']},
];
const HARSH: readonly Case[] = [
  {ratio: 1, margin: 0.03, right: ['equivalent']},
  {ratio: 1.01, margin: 0.03, right: ['equivalent']},
  {ratio: 1.05, margin: 0.03, right: ['slower']},
  {ratio: 0.95, margin: 0.03, right: ['faster']},
  {ratio: 1, margin: 0.01, right: ['equivalent', 'undecided']},
  {ratio: 1.03, margin: 0.01, right: ['slower']},
  {ratio: 0.97, margin: 0.01, right: ['faster']},
];
/** The host is not like itself: what the control is for. */
const ODD: readonly Case[] = [
  {ratio: 1, margin: 0.01, odd: 1.03, right: []},
  {ratio: 1, margin: 0.03, odd: 1.03, right: []},
  {ratio: 1, margin: 0.03, odd: 1.05, right: []},
];

const percent = (count: number): string => `${((100 * count) / sessions).toFixed(1)} %`;

function resultsOf(machine: Simulation['machine'], {ratio, margin, odd = 1}: Case, place: number) {
  return Array.from({length: sessions}, (_, session) =>
    simulate({machine, ratio, margin, odd, seed: first + place * 1_000_000 + session, blocks: BLOCKS}),
  );
}

function row(machine: Simulation['machine'], question: Case, place: number): string {
  const {ratio, margin, right} = question;
  const results = resultsOf(machine, question, place);
  const count = (holds: (result: (typeof results)[number]) => boolean): string => percent(results.filter(holds).length);
  const pairs = results.map(result => result.pairs).sort((a, b) => a - b)[sessions >> 1];
  return `| ${[
    machine,
    ratio.toFixed(2),
    `${margin * 100} %`,
    right.join(' or '),
    count(({verdict}) => right.includes(verdict)),
    count(({verdict}) => verdict === 'undecided'),
    count(({interval: [low, high]}) => low <= ratio && ratio <= high),
    count(({control}) => controlDiffers(control)),
    pairs,
  ].join(' | ')} |`;
}

function oddRow(question: Case, place: number): string {
  const alarms = resultsOf('usual', question, place).filter(({control}) => controlDiffers(control));
  return `| ${((question.odd ?? 1) * 100 - 100).toFixed(0)} % | ${question.margin * 100} % | ${percent(alarms.length)} |`;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(
  '| machine | true ratio | margin | right | said right | undecided | interval covers | A/A alarm | pairs (median) |',
);
print('|---|---|---|---|---|---|---|---|---|');
for (const [place, question] of CASES.entries()) print(row('usual', question, place));
for (const [place, question] of HARSH.entries()) print(row('harsh', question, CASES.length + place));
print('\n| host against host differs by | margin | A/A alarm |\n|---|---|---|');
for (const [place, question] of ODD.entries()) print(oddRow(question, CASES.length + HARSH.length + place));
