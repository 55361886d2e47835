import type {BenchVerdict} from '../../contract/bench.js';
import {type Block, bootstrap, type Estimate} from './bootstrap.js';
import {seeded} from './random.js';
import {type Better, differenceOf, FEWEST_PAIRS, pairsMissing, verdictOf} from './verdict.js';

export interface Judged extends Estimate {
  verdict: BenchVerdict;
}

/** One side against itself. */
export interface Control extends Judged {
  side: 'host' | 'container';
}

/** What the samples of one workload say. */
export interface Analysis extends Judged {
  /** Of the two sides the one that is farther from being like itself, on the same samples. */
  control: Control;
  pairs: number;
  /** Pairs still wanted for the precision asked for; 0: none. */
  pairsMissing: number;
}

export interface AnalysisOptions {
  seed: number;
  /** Relative difference that does not matter, set before anything was measured. */
  margin: number;
  better: Better;
  /** 10,000 for a result; fewer to see whether to go on. */
  resamples: number;
  /** How many workloads the session has: one false alarm among all their controls stays as rare as 5 %. */
  workloads: number;
}

export const RESAMPLES = 10_000;
const CONFIDENCE = 0.95;

/** null: fewer than two blocks, which say nothing. */
export function analyse(blocks: readonly Block[], options: AnalysisOptions): Analysis | null {
  if (blocks.length < 2) return null;
  const {margin, better, resamples, seed, workloads} = options;
  const pairs = blocks.length * 2;
  const judged = (estimate: Estimate, judge: typeof verdictOf): Judged => ({
    ...estimate,
    verdict: pairs < FEWEST_PAIRS ? 'undecided' : judge(estimate, margin, better),
  });
  const random = seeded(seed);
  const effect = bootstrap(blocks, 'effect', {random, resamples, confidence: CONFIDENCE});
  const confidence = 1 - (1 - CONFIDENCE) / (2 * workloads);
  const against = (side: Control['side']): Control => ({
    side,
    ...judged(bootstrap(blocks, side, {random, resamples, confidence}), differenceOf),
  });
  const [host, container] = [against('host'), against('container')];
  return {
    ...judged(effect, verdictOf),
    control: offOne(container) > offOne(host) ? container : host,
    pairs,
    pairsMissing: pairsMissing(effect, margin, pairs),
  };
}

/** How far an interval is from holding 1; less than 0: it holds 1. */
export const offOne = ({interval: [low, high]}: Pick<Estimate, 'interval'>): number => Math.max(low - 1, 1 - high);

/** A control that differs: the samples are not what the statistics take them for, and nothing they say holds. */
export const controlDiffers = ({verdict}: Pick<Judged, 'verdict'>): boolean =>
  verdict === 'slower' || verdict === 'faster';

const FIRST_LOOK = FEWEST_PAIRS / 2;
const LOOK_RESAMPLES = 400;

/**
 * When to look whether a session is precise enough: after 10 blocks, then whenever there are a fifth more. It looks at the
 * width alone, which tells nothing of the side the ratio lies on, so that looking often makes no false alarms.
 */
export class Looks {
  #next = FIRST_LOOK;

  /** Whether the blocks are enough; false between two looks. */
  enough(blocks: readonly Block[], {seed, margin}: Pick<AnalysisOptions, 'seed' | 'margin'>): boolean {
    if (blocks.length < this.#next) return false;
    this.#next = Math.ceil(blocks.length * 1.2);
    // The few resamples of a look are quick; what they find has to hold for those of the result.
    return [LOOK_RESAMPLES, RESAMPLES].every(resamples => {
      const effect = bootstrap(blocks, 'effect', {random: seeded(seed), resamples, confidence: CONFIDENCE});
      return pairsMissing(effect, margin, blocks.length * 2) === 0;
    });
  }
}
