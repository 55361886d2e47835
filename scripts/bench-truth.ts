// Simulated sessions with a known ratio: how often the verdict is right, and how often the control raises a false alarm.
import {controlDiffers} from '../src/bench/statistics/analysis.js';
import {simulate} from './bench/simulation.js';

const sessions = Number(process.argv[2] ?? 200);
/** Room for 200 blocks: the default budget of five minutes with trials of about a third of a second. */
const BLOCKS = 200;
const CASES = [
  {ratio: 1, margin: 0.01, right: ['equivalent']},
  {ratio: 1.01, margin: 0.03, right: ['equivalent']},
  {ratio: 1.02, margin: 0.03, right: ['equivalent']},
  {ratio: 1.03, margin: 0.01, right: ['slower']},
  {ratio: 1.03, margin: 0.03, right: ['slower', 'equivalent']},
  {ratio: 0.97, margin: 0.01, right: ['faster']},
  {ratio: 1, margin: 0.03, right: ['equivalent']},
];
const percent = (count: number): string => `${((100 * count) / sessions).toFixed(1)} %`;

const lines = CASES.map(({ratio, margin, right}, place) => {
  const results = Array.from({length: sessions}, (_, session) =>
    simulate({ratio, margin, seed: place * 1_000_000 + session, blocks: BLOCKS}),
  );
  const count = (holds: (result: (typeof results)[number]) => boolean): string => percent(results.filter(holds).length);
  const pairs = results.map(result => result.pairs).sort((a, b) => a - b)[sessions >> 1];
  return `| ${[
    ratio.toFixed(2),
    `${margin * 100} %`,
    right.join(' or '),
    count(({verdict}) => right.includes(verdict)),
    count(({verdict}) => verdict === 'undecided'),
    count(({interval: [low, high]}) => low <= ratio && ratio <= high),
    count(({control}) => controlDiffers(control)),
    pairs,
  ].join(' | ')} |`;
});
process.stdout.write(
  [
    '| true ratio | margin | right | said right | undecided | interval covers | A/A alarm | pairs (median) |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n'),
);
