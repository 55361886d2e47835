import type {BenchTrial} from '../contract/bench.js';
import type {Block} from './statistics/bootstrap.js';
import {median} from './statistics/center.js';
import type {Workload} from './workload.js';

/** The blocks that the statistics rest on. */
export interface Chosen {
  blocks: Block[];
  /** Blocks left out because one of their trials is marked. */
  left: number;
  /** Whether so many are marked that none was left out. */
  disturbed: boolean;
}

/** Blocks without a marked trial; where more than half are marked all count, and the session is called disturbed. */
export function statisticBlocks(trials: readonly BenchTrial[]): Chosen {
  const all = wholeBlocks(trials);
  const clean = all.filter(block => block.every(({marked}) => marked === null));
  const disturbed = clean.length * 2 < all.length;
  const kept = disturbed ? all : clean;
  return {blocks: kept.map(asBlock), left: all.length - kept.length, disturbed};
}

function wholeBlocks(trials: readonly BenchTrial[]): BenchTrial[][] {
  const blocks = new Map<number, BenchTrial[]>();
  for (const trial of trials) blocks.set(trial.block, [...(blocks.get(trial.block) ?? []), trial]);
  return [...blocks.values()].filter(
    block => block.length === 4 && block.filter(({side}) => side === 'host').length === 2,
  );
}

function asBlock(trials: readonly BenchTrial[]): Block {
  const of = (side: BenchTrial['side'], arm: BenchTrial['arm']): number[] =>
    trials.find(trial => trial.side === side && trial.arm === arm)?.iterations ?? [];
  return {
    host: [of('host', 0), of('host', 1)],
    container: [of('container', 0), of('container', 1)],
  };
}

/** The margin as a share of the host's figure: an absolute one is divided by it. */
export function relativeMargin({margin}: Workload, trials: readonly BenchTrial[]): number {
  if ('relative' in margin) return margin.relative;
  const host = trials.filter(({side}) => side === 'host').map(({iterations}) => median(iterations));
  return host.length === 0 ? 0 : margin.absolute / median(host);
}
