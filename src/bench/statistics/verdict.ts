import type {BenchVerdict} from '../../contract/bench.js';
import type {Estimate} from './bootstrap.js';

/** What a larger figure means: more work done, or more time taken. */
export type Better = 'higher' | 'lower';

/**
 * By equivalence and not by a p-value: wholly within the margin → equivalent; wholly on one side of 1 and not within the
 * margin → slower or faster; else undecided. More pairs always lead out of `undecided`.
 */
export function verdictOf({interval: [low, high]}: Estimate, margin: number, better: Better): BenchVerdict {
  if (low >= 1 - margin && high <= 1 + margin) return 'equivalent';
  if (low > 1) return better === 'lower' ? 'slower' : 'faster';
  if (high < 1) return better === 'lower' ? 'faster' : 'slower';
  return 'undecided';
}

/** How narrow the interval has to be: half the margin, or a quarter of the difference where that is larger. */
export function targetWidth({ratio}: Estimate, margin: number): number {
  return Math.max(margin / 2, Math.abs(ratio - 1) / 4);
}

export const width = ({interval: [low, high]}: Estimate): number => high - low;

/** Below this many pairs nothing is decided: fewer give intervals that mislead (Laaber et al., EMSE 2019: 20 in the cloud). */
export const FEWEST_PAIRS = 20;

/** Pairs still wanted: an interval narrows with the root of their number. 0: as precise as asked. */
export function pairsMissing(estimate: Estimate, margin: number, pairs: number): number {
  const needed = Math.ceil(pairs * (width(estimate) / targetWidth(estimate, margin)) ** 2);
  return Math.max(0, Math.max(FEWEST_PAIRS, needed) - pairs);
}
