import type {BenchTrial} from '../contract/bench.js';
import {isFailure} from '../failure.js';
import {markedByExcess, markOf} from './load.js';
import {relativeMargin, statisticBlocks} from './samples.js';
import type {Side} from './side.js';
import {Looks} from './statistics/analysis.js';
import {type Random, seeded, shuffled} from './statistics/random.js';
import {runTrial} from './trial.js';
import type {Mode, Workload} from './workload.js';

/** One workload on its two sides, with what has been measured so far. */
export interface Race {
  workload: Workload;
  mode: Mode;
  host: Side;
  container: Side;
  /** Whole blocks, in the order in which they ran. */
  trials: BenchTrial[];
  /** Why nothing more is measured: skipped before the start, or failed in it. */
  ended: string | null;
}

export interface SessionOptions {
  /** Milliseconds for everything. */
  time: number;
  seed: number;
  cpus: number;
  signal: AbortSignal;
  /** The longest that one trial may take, in milliseconds. */
  limit: number;
  /** CPU seconds used by all programs so far; null: not told. */
  busy(): Promise<number | null>;
  progress(line: string): void;
}

/**
 * Runs block after block, every workload in turn, until each is precise enough or the time is over. A block is two trials a
 * side in random order, so that drift and other load fall on both. The first trial on each side warms up and is not kept.
 */
export async function runSession(races: readonly Race[], options: SessionOptions): Promise<void> {
  const end = Date.now() + options.time;
  const random = seeded(options.seed);
  const looks = new Map(races.map(race => [race, new Looks()]));
  let open = races.filter(race => race.ended === null);
  for (const race of open) if (Date.now() < end) await warmUp(race, options);
  while (open.length > 0 && !options.signal.aborted && Date.now() < end) {
    for (const race of open) {
      if (race.ended !== null || options.signal.aborted || Date.now() >= end) continue;
      options.progress(progressLine(race, open.length, end));
      await runBlock(race, random, end, options);
    }
    open = open.filter(race => race.ended === null && !precise(race, looks.get(race), options));
  }
}

function progressLine({workload, trials}: Race, open: number, end: number): string {
  const left = Math.max(0, Math.round((end - Date.now()) / 1000));
  return `${workload.name}: ${trials.length / 2} pairs so far; ${open} workload${open === 1 ? '' : 's'} to go on, ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left at most`;
}

/** One trial's place in a block. */
type Slot = Pick<BenchTrial, 'block' | 'side' | 'arm'>;

async function warmUp(race: Race, options: SessionOptions): Promise<void> {
  options.progress(`${race.workload.name}: warming up …`);
  for (const side of ['host', 'container'] as const) {
    if (race.ended === null && !options.signal.aborted) await trial(race, {block: 0, side, arm: 0}, options);
  }
}

/** A block that is cut off by the end of the time or an interrupt is dropped: half a block would favour a side. */
async function runBlock(race: Race, random: Random, end: number, options: SessionOptions): Promise<void> {
  const block = race.trials.length / 4;
  const done: BenchTrial[] = [];
  for (const [side, arm] of shuffled(SLOTS, random)) {
    if (Date.now() >= end && done.length < 2) return;
    const made = await trial(race, {block, side, arm}, options);
    if (made === null) return;
    done.push(made);
  }
  race.trials = markedByExcess([...race.trials, ...done], options.cpus);
}

const SLOTS = [
  ['host', 0],
  ['host', 1],
  ['container', 0],
  ['container', 1],
] as const;

async function trial(race: Race, slot: Slot, {limit, signal, cpus, busy}: SessionOptions): Promise<BenchTrial | null> {
  const options = {workload: race.workload, side: race[slot.side], client: race.host, limit, signal};
  const [begin, before] = [performance.now(), await busy()];
  const result = await runTrial(options).catch((error: unknown) => {
    if (isFailure(error) && error.code === 'interrupted') return {status: 'interrupted' as const, why: ''};
    if (isFailure(error)) return {status: 'failed' as const, why: `${error.message}: ${error.reason ?? ''}`};
    throw error;
  });
  if (result.status === 'failed') race.ended = result.why;
  if (result.status !== 'measured') return null;
  const after = await busy();
  const {iterations, otherLoad, readings} = result.measured;
  const excess =
    otherLoad === null && before !== null && after !== null
      ? {busyCpus: (after - before) / ((performance.now() - begin) / 1000)}
      : {};
  return {
    ...slot,
    iterations,
    otherLoad,
    marked: markOf(result.measured, cpus),
    readings: {...readings, ...excess},
  };
}

function precise({workload, trials}: Race, looks: Looks | undefined, {seed}: SessionOptions): boolean {
  const {blocks} = statisticBlocks(trials);
  const margin = relativeMargin(workload, trials);
  return looks?.enough(blocks, {seed, margin}) ?? true;
}
