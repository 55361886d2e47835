import {WORKLOADS} from '../../../src/bench/catalogue.js';
import type {Race} from '../../../src/bench/session.js';
import type {Side} from '../../../src/bench/side.js';
import {seeded} from '../../../src/bench/statistics/random.js';
import type {Workload} from '../../../src/bench/workload.js';
import type {BenchTrial} from '../../../src/contract/bench.js';

/** A side that is never run. */
const side = (name: string): Side => ({
  name,
  python: 'python3',
  file: program => program,
  folder: () => '/tmp',
  run: () => Promise.reject(new Error('not run')),
  serve: () => Promise.reject(new Error('not run')),
});

export function workload(name: string): Workload {
  const found = WORKLOADS.find(known => known.name === name);
  if (found === undefined) throw new Error(`no workload ${name}`);
  return found;
}

/** Trials about 10, the container's `ratio` times as much, with one per cent of noise. */
export function trials(
  blocks: number,
  ratio: number,
  mark: (block: number) => string | null = () => null,
): BenchTrial[] {
  const random = seeded(5);
  const noisy = (middle: number) => middle * (1 + 0.01 * (random() - 0.5));
  return Array.from({length: blocks * 4}, (_, place): BenchTrial => {
    const block = Math.floor(place / 4);
    const container = place % 2 === 1;
    const middle = noisy(container ? 10 * ratio : 10);
    const iterations = [noisy(middle), noisy(middle), noisy(middle)];
    const [side, arm] = [
      container ? ('container' as const) : ('host' as const),
      place % 4 < 2 ? (0 as const) : (1 as const),
    ];
    return {block, side, arm, iterations, otherLoad: 0, marked: mark(block)};
  });
}

export const race = (name: string, measured: BenchTrial[], ended: string | null = null): Race => ({
  workload: workload(name),
  mode: 'same-bits',
  host: side('the host'),
  container: side('an image'),
  trials: measured,
  ended,
});

export const FACTS = {
  date: '2026-01-02T03:04:05.000Z',
  seed: 7,
  against: 'host' as const,
  machine: {processor: 'a <processor>'},
  sides: {host: 'the host', container: 'an image'},
  warnings: [],
  conditions: ['machine: a <processor>'],
  interrupted: false,
};
