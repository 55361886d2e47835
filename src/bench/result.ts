import type {Bench, BenchTrial, BenchWorkload} from '../contract/bench.js';
import {relativeMargin, statisticBlocks} from './samples.js';
import type {Race} from './session.js';
import {sideNames} from './side-names.js';
import {type Analysis, analyse, controlDiffers, RESAMPLES} from './statistics/analysis.js';
import {median} from './statistics/center.js';

export interface SessionFacts {
  date: string;
  seed: number;
  against: Bench['against'];
  machine: Record<string, unknown>;
  sides: Bench['sides'];
  warnings: readonly string[];
  interrupted: boolean;
}

/** The session as others may rely on it. Pure: the same samples and seed give the same document. */
export function benchDocument(races: readonly Race[], facts: SessionFacts): Bench {
  const measured = races.filter(({trials}) => trials.length > 0).length;
  const judged = races.map(race => judge(race, facts, Math.max(1, measured)));
  const workloads = judged.map(({workload}) => workload);
  const control = worstControl(workloads);
  const disturbed = judged.filter(({disturbed}) => disturbed).map(({workload}) => workload.name);
  const reasons = [
    ...(control !== null && controlDiffers(control)
      ? [
          `unusable: ${control.workload} differs from itself (${percentOf(control.ratio)}): something else decides the figures`,
        ]
      : []),
    ...(disturbed.length > 0
      ? [`unusable: other load in more than half of the blocks of ${disturbed.join(', ')}`]
      : []),
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
    control,
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
    ...(ended === null && analysis === null && trials.length > 0 ? ['too few pairs'] : []),
    ...(left === 0 ? [] : [`${left} blocks left out: ${firstMark(trials)}`]),
    ...(disturbed ? [`disturbed: ${firstMark(trials)}`] : []),
    ...phaseNote(trials, sideNames({against})),
    ...fileSystemNote(trials, sideNames({against})),
  ];
  return {
    disturbed,
    workload: {
      name: workload.name,
      unit: workload.unit,
      mode: race.mode,
      better,
      ...figures(analysis),
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

/** Without two blocks nothing is known: a workload that ran a little is undecided, one that never did is skipped. */
function figures(
  analysis: Analysis | null,
): Pick<BenchWorkload, 'ratio' | 'interval' | 'verdict' | 'control' | 'pairsMissing'> {
  if (analysis === null) return {ratio: null, interval: null, verdict: 'skipped', control: null, pairsMissing: null};
  const {ratio, interval, verdict, control, pairsMissing} = analysis;
  return {ratio, interval, verdict, control, pairsMissing};
}

const firstMark = (trials: readonly BenchTrial[]): string => trials.find(({marked}) => marked !== null)?.marked ?? '';

/** Of a start, in their order; a process on the host is neither created nor started by an engine. */
const PHASES = ['create', 'identity', 'start', 'interpreter', 'import', 'cuda'] as const;

/** Medians of the phases of a start on each side. */
function phaseNote(trials: readonly BenchTrial[], names: Record<BenchTrial['side'], string>): string[] {
  return (['host', 'container'] as const).flatMap(side => {
    const readings = trials.filter(trial => trial.side === side).map(trial => trial.readings ?? {});
    if (readings[0]?.interpreter === undefined) return [];
    const phases = PHASES.filter(phase => readings[0]?.[phase] !== undefined).map(phase => {
      const times = readings.map(reading => reading[phase]).filter(time => typeof time === 'number');
      return `${phase} ${median(times).toFixed(0)} ms`;
    });
    return [`${names[side]}: ${phases.join(', ')}`];
  });
}

/** Where the files lay, if not on one and the same file system on both sides. */
function fileSystemNote(trials: readonly BenchTrial[], names: Record<BenchTrial['side'], string>): string[] {
  const places = (['host', 'container'] as const).map(side => {
    const found = trials.find(trial => trial.side === side)?.readings?.fileSystem;
    return found === undefined ? null : {side: names[side], found};
  });
  const [host, container] = places;
  if (!host || !container || host.found === container.found) return [];
  return [`files: ${host.side} ${host.found}, ${container.side} ${container.found}`];
}

/** The control whose interval is farthest from holding 1. */
function worstControl(workloads: readonly BenchWorkload[]): Bench['control'] {
  const farthest = (of: {interval: [number, number]}): number => Math.max(of.interval[0] - 1, 1 - of.interval[1]);
  const controls = workloads.flatMap(({name, control}) => (control === null ? [] : [{workload: name, ...control}]));
  return controls.sort((a, b) => farthest(b) - farthest(a))[0] ?? null;
}

/** 1.032 → +3.2 % */
export function percentOf(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}
