import type {Bench, BenchTrial, BenchWorkload} from '../contract/bench.js';
import {clockConditions} from './conditions.js';
import {phaseNotes, stateNotes} from './notes.js';
import {relativeMargin, statisticBlocks} from './samples.js';
import type {Race} from './session.js';
import {sideNames} from './side-names.js';
import {type Analysis, analyse, controlDiffers, offOne, RESAMPLES} from './statistics/analysis.js';
import {median} from './statistics/center.js';
import {FEWEST_PAIRS} from './statistics/verdict.js';

export interface SessionFacts {
  date: string;
  seed: number;
  against: Bench['against'];
  machine: Record<string, unknown>;
  sides: Bench['sides'];
  warnings: readonly string[];
  /** What is known beside the trials. */
  conditions: readonly string[];
  interrupted: boolean;
}

/** The session as others may rely on it. Pure: the same samples and seed give the same document. */
export function benchDocument(races: readonly Race[], facts: SessionFacts): Bench {
  const measured = races.filter(({trials}) => trials.length > 0).length;
  const judged = races.map(race => judge(race, facts, Math.max(1, measured)));
  const workloads = judged.map(({workload}) => workload);
  const controls = worstFirst(workloads);
  const names = sideNames(facts);
  const disturbed = judged.filter(({disturbed}) => disturbed).map(({workload}) => workload.name);
  const reasons = [
    ...controls
      .filter(controlDiffers)
      .map(
        ({workload, side, ratio}) =>
          `unusable: ${names[side]} differs from itself in ${workload} (${percentOf(ratio)}): something else decides the figures`,
      ),
    ...(disturbed.length > 0 ? [`unusable: more than half of the blocks are marked in ${disturbed.join(', ')}`] : []),
  ];
  return {
    schema: 'gpudock/bench/1',
    date: facts.date,
    seed: facts.seed,
    resamples: RESAMPLES,
    against: facts.against,
    sides: facts.sides,
    machine: facts.machine,
    usable: reasons.length === 0,
    warnings: [...reasons, ...facts.warnings],
    conditions: [...facts.conditions, ...clockConditions(races.flatMap(({trials}) => trials))],
    control: controls[0] ?? null,
    interrupted: facts.interrupted,
    workloads,
  };
}

function judge(
  race: Race,
  {seed, against}: Pick<SessionFacts, 'seed' | 'against'>,
  workloads: number,
): {workload: BenchWorkload; disturbed: boolean} {
  const {workload, trials, ended} = race;
  const {blocks, left, disturbed} = statisticBlocks(trials);
  const margin = relativeMargin(workload, trials);
  const {better, known} = workload;
  const analysis = analyse(blocks, {seed, margin, better, workloads, resamples: RESAMPLES});
  const notes = [
    ...(ended === null ? [] : [ended]),
    ...(ended === null && analysis === null ? [trials.length > 0 ? 'too few pairs' : 'no time was left for it'] : []),
    ...(left === 0 ? [] : [`${left} blocks left out: ${firstMark(trials)}`]),
    ...(disturbed ? [`disturbed: ${firstMark(trials)}`] : []),
    ...phaseNotes(trials, sideNames({against})),
    ...stateNotes(trials, sideNames({against})),
  ];
  return {
    disturbed,
    workload: {
      name: workload.name,
      unit: workload.unit,
      mode: race.mode,
      better,
      ...figures(analysis, ended === null && trials.length > 0),
      host: blocks.flatMap(({host}) => host.map(median)),
      container: blocks.flatMap(({container}) => container.map(median)),
      margin,
      ...('absolute' in workload.margin ? {marginAbsolute: workload.margin.absolute} : {}),
      trials,
      ...(notes.length === 0 ? {} : {note: notes.join('; ')}),
      ...(analysis?.verdict === 'slower' ? known : {}),
    },
  };
}

const FEWEST_FOR_INTERVAL = 10;

/** Without two blocks nothing is known. */
function figures(
  analysis: Analysis | null,
  begun: boolean,
): Pick<BenchWorkload, 'ratio' | 'interval' | 'verdict' | 'control' | 'pairsMissing'> {
  if (analysis === null)
    return {
      ratio: null,
      interval: null,
      verdict: begun ? 'undecided' : 'skipped',
      control: null,
      pairsMissing: begun ? FEWEST_PAIRS : null,
    };
  const {ratio, interval, verdict, control, pairsMissing, pairs} = analysis;
  // Resamples of two or three blocks are so alike that their interval would be far too narrow.
  if (pairs < FEWEST_FOR_INTERVAL)
    return {ratio, interval: null, verdict, control: null, pairsMissing: FEWEST_PAIRS - pairs};
  return {ratio, interval, verdict, control, pairsMissing};
}

const firstMark = (trials: readonly BenchTrial[]): string => trials.find(({marked}) => marked !== null)?.marked ?? '';

/** Controls that differ first, then by how many margins their interval is from holding 1. */
function worstFirst(workloads: readonly BenchWorkload[]): NonNullable<Bench['control']>[] {
  const judged = workloads.flatMap(({name, margin, control}) =>
    control === null ? [] : [{control: {workload: name, ...control}, off: offOne(control) / margin}],
  );
  const rank = ({control, off}: (typeof judged)[number]): number => (controlDiffers(control) ? Infinity : off);
  return judged.sort((a, b) => (rank(a) === rank(b) ? b.off - a.off : rank(b) - rank(a))).map(({control}) => control);
}

/** 1.032 → +3.2 % */
export function percentOf(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}
