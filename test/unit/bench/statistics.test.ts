import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {simulate} from '../../../scripts/bench/simulation.js';
import {analyse, controlDiffers} from '../../../src/bench/statistics/analysis.js';
import {type Block, bootstrap} from '../../../src/bench/statistics/bootstrap.js';
import {clippedMean, ordinaryBounds, quantile} from '../../../src/bench/statistics/center.js';
import {normalQuantile, studentQuantile, tailShare} from '../../../src/bench/statistics/distribution.js';
import {seeded, shuffled} from '../../../src/bench/statistics/random.js';
import {type Better, differenceOf, pairsMissing, verdictOf} from '../../../src/bench/statistics/verdict.js';

describe('the verdict', () => {
  test.each<[[number, number], number, Better, string]>([
    [[0.995, 1.004], 0.01, 'lower', 'equivalent'],
    [[1.002, 1.006], 0.01, 'lower', 'equivalent'],
    [[1.02, 1.04], 0.01, 'lower', 'slower'],
    [[1.02, 1.04], 0.01, 'higher', 'faster'],
    [[0.66, 0.75], 0.03, 'higher', 'slower'],
    [[0.66, 0.75], 0.03, 'lower', 'faster'],
    [[1.035, 1.08], 0.03, 'lower', 'slower'],
    [[0.92, 0.965], 0.03, 'lower', 'faster'],
    // Across the edge of the margin: a real difference that may not matter.
    [[1.009, 1.036], 0.03, 'lower', 'undecided'],
    [[1.02, 1.045], 0.03, 'lower', 'undecided'],
    [[1.0185, 1.0325], 0.03, 'lower', 'undecided'],
    // As narrow as asked and still across it: a difference of the margin's own size counts.
    [[1.025, 1.038], 0.03, 'lower', 'slower'],
    [[1.022, 1.0315], 0.03, 'lower', 'slower'],
    [[0.962, 0.975], 0.03, 'lower', 'faster'],
    [[0.98, 1.05], 0.03, 'lower', 'undecided'],
    [[0.9, 1.01], 0.03, 'lower', 'undecided'],
  ])('of %j with margin %d, %s is better: %s', (interval, margin, better, verdict) => {
    expect(verdictOf({ratio: (interval[0] + interval[1]) / 2, interval}, margin, better)).toBe(verdict);
  });

  test('asks for pairs in proportion to the square of the width, and for twenty at least', () => {
    const estimate = {ratio: 1, interval: [0.97, 1.03] as [number, number]};
    expect(Math.abs(pairsMissing(estimate, 0.03, 20) - 300)).toBeLessThanOrEqual(1);
    expect(pairsMissing({ratio: 1, interval: [0.999, 1.001]}, 0.03, 4)).toBe(16);
    expect(pairsMissing({ratio: 0.7, interval: [0.67, 0.73]}, 0.03, 20)).toBe(0);
  });

  test('is never undecided where no more pairs are wanted', () => {
    const share = fc.double({min: 0.001, max: 0.2, noNaN: true});
    fc.assert(
      fc.property(fc.double({min: 0.5, max: 2, noNaN: true}), share, share, (ratio, reach, margin) => {
        const estimate = {ratio, interval: [ratio - reach, ratio + reach] as [number, number]};
        const wanted = pairsMissing(estimate, margin, 1_000_000) > 0;
        expect(wanted || verdictOf(estimate, margin, 'lower') !== 'undecided').toBe(true);
      }),
    );
  });

  test('of a control that lies off 1 is a difference, however wide its interval is', () => {
    const control = {ratio: 1.02, interval: [1.005, 1.036] as [number, number]};
    expect(differenceOf(control, 0.03, 'lower')).toBe('slower');
  });
});

describe('the pieces', () => {
  test('quantiles agree with tables', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.95996, 4);
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2
    expect(studentQuantile(0.975, 9)).toBeCloseTo(2.262, 2);
    expect(studentQuantile(0.975, 30)).toBeCloseTo(2.042, 3);
    expect(tailShare(0.95, 1000)).toBeCloseTo(0.025, 3);
    expect(tailShare(0.95, 10)).toBeLessThan(0.015);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  });

  test('a seed gives the same numbers, another seed others', () => {
    const first = (seed: number) => Array.from({length: 5}, seeded(seed));
    expect(first(7)).toEqual(first(7));
    expect(first(7)).not.toEqual(first(8));
  });

  test('numbers are spread evenly', () => {
    const random = seeded(3);
    const draws = Array.from({length: 100_000}, () => Math.floor(random() * 10));
    for (let digit = 0; digit < 10; digit++)
      expect(Math.abs(draws.filter(drawn => drawn === digit).length - 10_000)).toBeLessThan(500);
  });

  test('shuffling keeps every item, and every order comes up', () => {
    const random = seeded(1);
    const orders = new Set(Array.from({length: 200}, () => shuffled(['a', 'b', 'c'], random).join('')));
    expect(orders.size).toBe(6);
  });

  test('one wild value moves the mean no further than an ordinary extreme', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({min: -1, max: 1, noNaN: true}), {minLength: 8, maxLength: 40}),
        fc.double({min: 1e3, max: 1e9, noNaN: true}),
        (values, wild) => {
          const all = [...values, wild];
          const bounds = ordinaryBounds(all);
          fc.pre(Number.isFinite(bounds.high));
          expect(clippedMean(all, bounds)).toBeLessThan(5);
        },
      ),
    );
  });
});

const block = (host: number, container: number): Block => ({
  host: [[host, host * 1.001], [host]],
  container: [[container], [container * 1.001, container]],
});

describe('an analysis', () => {
  const options = {seed: 1, margin: 0.03, better: 'lower' as const, resamples: 500, workloads: 1};

  test('of fewer than two blocks says nothing, of fewer than ten decides nothing', () => {
    expect(analyse([block(1, 1)], options)).toBeNull();
    expect(analyse(Array(9).fill(block(1, 2)), options)?.verdict).toBe('undecided');
    expect(analyse(Array(10).fill(block(1, 2)), options)?.verdict).toBe('slower');
  });

  test('comes out the same again from the same samples and seed', () => {
    const blocks = Array.from({length: 12}, (_, place) => block(10 + place, 10.1 + place));
    expect(analyse(blocks, options)).toEqual(analyse(blocks, options));
  });

  test('of swapped sides is the reciprocal', () => {
    const blocks = Array.from({length: 30}, (_, place) => block(10 + (place % 3), 11 + (place % 4)));
    const swapped = blocks.map(({host, container}) => ({host: container, container: host}));
    const ratio = (of: Block[]) => bootstrap(of, 'effect', {random: seeded(1), resamples: 200, confidence: 0.95}).ratio;
    expect(ratio(blocks) * ratio(swapped)).toBeCloseTo(1, 9);
  });

  test('does not care for the unit', () => {
    const blocks = Array.from({length: 12}, (_, place) => block(10 + place, 10.1 + place));
    const scaled = blocks.map(({host, container}) => ({
      host: host.map(trial => trial.map(value => value * 1e6)) as [number[], number[]],
      container: container.map(trial => trial.map(value => value * 1e6)) as [number[], number[]],
    }));
    expect(analyse(scaled, options)?.ratio).toBeCloseTo(analyse(blocks, options)?.ratio ?? 0, 9);
  });
});

test('the work grows in proportion to samples × resamples', () => {
  const draws = (blocks: number, iterations: number, resamples: number): number => {
    let count = 0;
    const random = seeded(1);
    const trial = Array.from({length: iterations}, (_, place) => 1 + place / 100);
    const samples = Array.from({length: blocks}, (): Block => ({host: [trial, trial], container: [trial, trial]}));
    const counted = () => {
      count++;
      return random();
    };
    bootstrap(samples, 'effect', {random: counted, resamples, confidence: 0.95});
    return count;
  };
  // One draw for the block, then one for each iteration of its four trials.
  expect(draws(10, 5, 100)).toBe(100 * 10 * (1 + 4 * 5));
  expect(draws(80, 5, 100)).toBe(8 * draws(10, 5, 100));
  expect(draws(10, 5, 800)).toBe(8 * draws(10, 5, 100));
  expect(draws(10, 200, 100)).toBe(100 * 10 * (1 + 4 * 200));
});

/** A small part of `npx tsx scripts/bench-truth.ts`, with bounds that its 200 sessions a case meet with room. */
describe('simulated sessions with drift, outliers and two modes', () => {
  test('a difference on the edge of the margin does not stay undecided', () => {
    const results = [6, 7].map(seed => simulate({machine: 'usual', ratio: 1.03, margin: 0.03, seed, blocks: 200}));
    expect(results.filter(({verdict}) => verdict === 'undecided')).toEqual([]);
  });

  test.each([
    {ratio: 1, margin: 0.03, right: 'equivalent'},
    {ratio: 1.03, margin: 0.01, right: 'slower'},
    {ratio: 0.97, margin: 0.01, right: 'faster'},
  ])('$ratio within $margin is $right', ({ratio, margin, right}) => {
    const results = Array.from({length: 12}, (_, seed) =>
      simulate({machine: 'usual', ratio, margin, seed, blocks: 60}),
    );
    expect(results.filter(({verdict}) => verdict === right).length).toBeGreaterThanOrEqual(11);
    expect(results.filter(({control}) => controlDiffers(control)).length).toBeLessThanOrEqual(2);
  });
});
