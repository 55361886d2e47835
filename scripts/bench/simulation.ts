import {type Analysis, analyse, Looks, RESAMPLES} from '../../src/bench/statistics/analysis.js';
import type {Block, Trial} from '../../src/bench/statistics/bootstrap.js';
import {type Random, seeded, shuffled} from '../../src/bench/statistics/random.js';
import {MACHINES, type Machine} from './noise.js';

/** A session on a machine with faults; the container takes `ratio` times as long. */
export interface Simulation {
  machine: keyof typeof MACHINES;
  ratio: number;
  margin: number;
  seed: number;
  /** Blocks that the time budget has room for. */
  blocks: number;
  /** The second of the host's two trials takes so many times as long as the first: what the control has to find. */
  odd?: number;
}

/** A session as `gpudock bench` has it: it looks after each block and stops by precision or by budget. */
export function simulate({machine, ratio, margin, seed, blocks, odd = 1}: Simulation): Analysis {
  const random = seeded(seed);
  const noisy = MACHINES[machine](random);
  const options = {seed, margin, better: 'lower' as const, workloads: 1};
  const looks = new Looks();
  const done: Block[] = [];
  while (done.length < blocks) {
    done.push(runBlock(random, noisy, {h0: 1, h1: odd, c0: ratio, c1: ratio}));
    if (looks.enough(done, {seed, margin})) break;
  }
  const analysis = analyse(done, {...options, resamples: RESAMPLES});
  if (analysis === null) throw new RangeError('a session has two blocks at least');
  return analysis;
}

type Slots = Record<'h0' | 'h1' | 'c0' | 'c1', number>;

function runBlock(random: Random, machine: Machine, slots: Slots): Block {
  const names = shuffled(['h0', 'h1', 'c0', 'c1'] as const, random);
  const trials = new Map(names.map(name => [name, machine(slots[name], name.startsWith('c'))]));
  const at = (name: keyof Slots): Trial => trials.get(name) ?? [];
  return {host: [at('h0'), at('h1')], container: [at('c0'), at('c1')]};
}
