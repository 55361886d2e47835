import type {Workload} from '../workload.js';

/** Relative differences that do not matter: on the GPU, and on the CPU and in I/O. */
export const GPU_MARGIN = {relative: 0.01};
export const CPU_MARGIN = {relative: 0.03};

export type Facts = Pick<Workload, 'name' | 'summary' | 'unit' | 'argv' | 'known'> & Partial<Workload>;

/** A workload with what most have in common: a program that takes time, on the CPU. */
export const workload = (facts: Facts): Workload => ({
  better: 'lower',
  margin: CPU_MARGIN,
  kind: 'program',
  needs: [],
  place: null,
  metric: null,
  ...facts,
});
