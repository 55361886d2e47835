import {clip, clippedMean, ordinaryBounds, quantile} from './center.js';
import {tailShare} from './distribution.js';
import type {Random} from './random.js';

/** The iterations of one fresh process, each a positive number. */
export type Trial = readonly number[];

/** Four trials run in random order, near to one another in time: two a side, each in its place before it ran. */
export interface Block {
  host: readonly [Trial, Trial];
  container: readonly [Trial, Trial];
}

/** What is estimated from a block: weights over (host, host, container, container), in the order of their arms. */
const CONTRASTS = {
  /** container against host */
  effect: [-0.5, -0.5, 0.5, 0.5],
  /** host against host */
  host: [-1, 1, 0, 0],
  /** container against container */
  container: [0, 0, -1, 1],
} as const;
export type Contrast = keyof typeof CONTRASTS;

export interface Estimate {
  ratio: number;
  interval: [number, number];
}

export interface BootstrapOptions {
  random: Random;
  resamples: number;
  /** Chance that the interval covers the truth: 0.95. */
  confidence: number;
}

/**
 * The ratio of a contrast with its hierarchical bootstrap interval: blocks are drawn with replacement, then the iterations
 * of each trial (Kalibera and Jones, ISMM 2013). The percentiles are widened for few blocks (Hesterberg 2015, "expanded
 * percentile"). A trial counts by the median of its iterations, on a logarithmic scale. Time is linear in samples ×
 * resamples. Throws on fewer than two blocks.
 */
export function bootstrap(blocks: readonly Block[], contrast: Contrast, options: BootstrapOptions): Estimate {
  const count = blocks.length;
  if (count < 2) throw new RangeError('a bootstrap needs two blocks at least');
  const weights = CONTRASTS[contrast];
  const trials = blocks.map(block =>
    [...block.host, ...block.container].map(trial => Float64Array.from(trial, Math.log).sort()),
  );
  // The innermost loop of everything: an index runs faster than a method of arrays.
  const effectOf = (block: readonly Float64Array[], middle: (sorted: Float64Array) => number): number => {
    let sum = 0;
    for (let place = 0; place < block.length; place++) {
      const weight = weights[place] ?? 0;
      if (weight !== 0) sum += weight * middle(block[place] as Float64Array);
    }
    return sum;
  };
  const effects = trials.map(block => effectOf(block, sorted => quantile(sorted, 0.5)));
  const bounds = ordinaryBounds(effects);
  const drawMedian = medianDrawer(options.random);
  const means = new Float64Array(options.resamples);
  for (let resample = 0; resample < options.resamples; resample++) {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) {
      const block = trials[(options.random() * count) | 0] ?? [];
      sum += clip(effectOf(block, drawMedian), bounds);
    }
    means[resample] = sum / count;
  }
  means.sort();
  const tail = tailShare(options.confidence, count);
  return {
    ratio: Math.exp(clippedMean(effects, bounds)),
    interval: [Math.exp(quantile(means, tail)), Math.exp(quantile(means, 1 - tail))],
  };
}

/** Draws the median of a resample of sorted values in linear time: by how often each was drawn, without sorting again. */
function medianDrawer(random: Random): (sorted: Float64Array) => number {
  let counts = new Uint16Array(64);
  return sorted => {
    const size = sorted.length;
    if (size === 1) return sorted[0] ?? Number.NaN;
    if (counts.length < size) counts = new Uint16Array(size);
    counts.fill(0, 0, size);
    for (let draw = 0; draw < size; draw++) {
      const place = (random() * size) | 0;
      counts[place] = (counts[place] ?? 0) + 1;
    }
    return (nth(sorted, counts, (size - 1) >> 1) + nth(sorted, counts, size >> 1)) / 2;
  };
}

/** The value at `rank` (from 0) of a sample that holds each sorted value as often as `counts` says. */
function nth(sorted: Float64Array, counts: Uint16Array, rank: number): number {
  let passed = 0;
  let place = 0;
  while (passed + (counts[place] ?? 1) <= rank) {
    passed += counts[place] ?? 1;
    place++;
  }
  return sorted[place] ?? Number.NaN;
}
