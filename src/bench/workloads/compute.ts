import type {Need, Workload} from '../workload.js';
import {workload} from './define.js';

const OTHER_BUILD = {
  cause: 'a large difference in arithmetic means another build of the library, another clock or another NUMA node',
  fix: 'compare the versions and digests in the report; --mode same-bits runs the same files on both sides',
};

export const gemm = (kind: string, summary: string, needs: readonly Need[], facts: Partial<Workload> = {}): Workload =>
  workload({
    name: `gemm-${kind}`,
    summary,
    unit: 'GFLOP/s',
    better: 'higher',
    argv: ['gemm.py', kind],
    needs,
    known: OTHER_BUILD,
    ...facts,
  });

export const INTERPRETER = workload({
  name: 'interpreter',
  summary: 'integers in a Python loop',
  unit: 'ms',
  argv: ['interpreter.py'],
  known: OTHER_BUILD,
});

export const MEMORY = workload({
  name: 'memory',
  summary: 'STREAM triad by numpy',
  unit: 'GB/s',
  better: 'higher',
  argv: ['memory.py'],
  needs: ['numpy'],
  known: {
    cause: 'memory is slower from another NUMA node, with fewer CPUs, or without huge pages',
    fix: 'compare the CPUs and nodes allowed on both sides in the report; docker run --cpuset-cpus, --cpuset-mems',
  },
});
