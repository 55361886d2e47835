import type {BenchVerdict} from '../../contract/bench.js';
import type {Estimate} from './bootstrap.js';

/** What a larger figure means: more work done, or more time taken. */
export type Better = 'higher' | 'lower';

/**
 * By equivalence and not by a p-value: wholly within the margin → equivalent; wholly beyond it → slower or faster. Across
 * its edge → undecided, until the interval is as narrow as asked: the difference is then of the margin's own size, and
 * counts as one. So more pairs always lead out of `undecided`.
 */
export function verdictOf(estimate: Estimate, margin: number, better: Better): BenchVerdict {
  const [low, high] = estimate.interval;
  const beyond = low > 1 + margin || high < 1 - margin;
  const difference = differenceOf(estimate, margin, better);
  const decided = difference === 'equivalent' || beyond || width(estimate) <= targetWidth(estimate, margin);
  return decided ? difference : 'undecided';
}

/** Whether there is any difference that is not known to be within the margin: what a control must not show. */
export function differenceOf({interval: [low, high]}: Estimate, margin: number, better: Better): BenchVerdict {
  if (low >= 1 - margin && high <= 1 + margin) return 'equivalent';
  if (low > 1) return better === 'lower' ? 'slower' : 'faster';
  if (high < 1) return better === 'lower' ? 'faster' : 'slower';
  return 'undecided';
}

/**
 * How narrow the interval has to be: half the margin, or a quarter of a difference beyond it where that is larger. Just
 * inside the edge a third of the margin, so that a true difference of two thirds of it is still told from one that counts.
 */
export function targetWidth({ratio}: Estimate, margin: number): number {
  const difference = Math.abs(ratio - 1);
  const insideEdge = difference > 0.75 * margin && difference <= margin;
  return insideEdge ? margin / 3 : Math.max(margin / 2, difference / 4);
}

export const width = ({interval: [low, high]}: Estimate): number => high - low;

/** Below this many pairs nothing is decided: fewer give intervals that mislead (Laaber et al., EMSE 2019: 20 in the cloud). */
export const FEWEST_PAIRS = 20;

/** Pairs still wanted: an interval narrows with the root of their number. 0: as precise as asked. */
export function pairsMissing(estimate: Estimate, margin: number, pairs: number): number {
  const needed = Math.ceil(pairs * (width(estimate) / targetWidth(estimate, margin)) ** 2);
  return Math.max(0, Math.max(FEWEST_PAIRS, needed) - pairs);
}
