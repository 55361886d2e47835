import {type Analysis, analyse, Looks, RESAMPLES} from '../../src/bench/statistics/analysis.js';
import type {Block, Trial} from '../../src/bench/statistics/bootstrap.js';
import {type Random, seeded, shuffled} from '../../src/bench/statistics/random.js';

/** A machine with every fault that real ones have; the container takes `ratio` times as long. */
export interface Simulation {
  ratio: number;
  margin: number;
  seed: number;
  /** Blocks that the time budget has room for. */
  blocks: number;
}

const ITERATIONS = 5;

/** A session as `gpudock bench` has it: it looks after each block and stops by precision or by budget. */
export function simulate({ratio, margin, seed, blocks}: Simulation): Analysis {
  const random = seeded(seed);
  const machine = noisyMachine(random);
  const options = {seed, margin, better: 'lower' as const, workloads: 1};
  const looks = new Looks();
  const done: Block[] = [];
  while (done.length < blocks) {
    done.push(runBlock(random, side => machine(side === 'container' ? ratio : 1)));
    if (looks.enough(done, options)) break;
  }
  const analysis = analyse(done, {...options, resamples: RESAMPLES});
  if (analysis === null) throw new RangeError('a session has two blocks at least');
  return analysis;
}

function runBlock(random: Random, trial: (side: 'host' | 'container') => Trial): Block {
  const order = shuffled(['h0', 'h1', 'c0', 'c1'] as const, random);
  const trials = Object.fromEntries(order.map(slot => [slot, trial(slot.startsWith('c') ? 'container' : 'host')]));
  const at = (slot: string): Trial => trials[slot] ?? [];
  return {host: [at('h0'), at('h1')], container: [at('c0'), at('c1')]};
}

/**
 * Drift of 4 % over 400 trials with a slow wave of 1 %, two modes 2 % apart (a third of the processes land in the slow
 * one), 1 % of noise a process and 1 % an iteration, 5 % of the iterations up to half as long again, 2 % of whole
 * processes 10 % slow.
 */
function noisyMachine(random: Random): (ratio: number) => Trial {
  let trials = 0;
  return ratio => {
    trials++;
    const drift = 1 + 0.04 * (trials / 400) + 0.01 * Math.sin(trials / 15);
    const mode = random() < 0.33 ? 1.02 : 1;
    const spoiled = random() < 0.02 ? 1.1 : 1;
    const process = 100 * ratio * drift * mode * spoiled * Math.exp(0.01 * normal(random));
    return Array.from({length: ITERATIONS}, () => {
      const outlier = random() < 0.05 ? 1 + 0.5 * random() : 1;
      return process * outlier * Math.exp(0.01 * normal(random));
    });
  };
}

/** Box and Muller. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
