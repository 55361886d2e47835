import type {Trial} from '../../src/bench/statistics/bootstrap.js';
import type {Random} from '../../src/bench/statistics/random.js';

/** Makes one trial after the other, as long as `ratio` says but for its faults. */
export type Machine = (ratio: number, inContainer: boolean) => Trial;

export const MACHINES = {usual, harsh} satisfies Record<string, (random: Random) => Machine>;

/**
 * Drift of 4 % over 400 trials with a slow wave of 1 %, two modes 2 % apart (a third of the processes land in the slow
 * one), 1 % of noise a process and 1 % an iteration, 5 % of the iterations up to half as long again, 2 % of whole
 * processes 10 % slow.
 */
function usual(random: Random): Machine {
  let trials = 0;
  return ratio => {
    trials++;
    const drift = 1 + 0.04 * (trials / 400) + 0.01 * Math.sin(trials / 15);
    const mode = random() < 0.33 ? 1.02 : 1;
    const spoiled = random() < 0.02 ? 1.1 : 1;
    const process = 100 * ratio * drift * mode * spoiled * Math.exp(0.01 * normal(random));
    return Array.from({length: 5}, () => {
      const outlier = random() < 0.05 ? 1 + 0.5 * random() : 1;
      return process * outlier * Math.exp(0.01 * normal(random));
    });
  };
}

/**
 * Trials that are not independent: a wandering clock (each trial keeps 95 % of the last one's deviation, 2 % in the long
 * run), a fast and a slow state 5 % apart that last twenty trials each, a step of 8 % for good after 150 trials. Tails: 5 % of the
 * processes up to half as long again, the iterations' 3 % with the tails of Student's t of 3 degrees. The container
 * scatters twice as much as the host (2 % against 1 %).
 */
function harsh(random: Random): Machine {
  let [trials, clock, slow] = [0, 0, false];
  return (ratio, inContainer) => {
    trials++;
    clock = 0.95 * clock + 0.02 * Math.sqrt(1 - 0.95 ** 2) * normal(random);
    if (random() < 0.05) slow = !slow;
    const state = (slow ? 1.05 : 1) * (trials > 150 ? 1.08 : 1);
    const spoiled = random() < 0.05 ? 1 + 0.5 * random() : 1;
    const process = 100 * ratio * state * spoiled * Math.exp(clock + (inContainer ? 0.02 : 0.01) * normal(random));
    return Array.from({length: 5}, () => process * Math.exp(0.03 * student3(random)));
  };
}

/** Box and Muller. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Student's t of three degrees, scaled to a variance of one. */
const student3 = (random: Random): number => {
  const chi = normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2;
  return normal(random) / Math.sqrt(chi);
};
