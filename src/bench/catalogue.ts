import type {Workload} from './workload.js';
import {gemm, INTERPRETER, MEMORY} from './workloads/compute.js';
import {workload} from './workloads/define.js';
import {HTTP, loader} from './workloads/exchange.js';
import {files} from './workloads/files.js';
import {ALL_REDUCE, GPU, GPU_GEMM} from './workloads/gpu.js';
import {IMPORTS, START} from './workloads/start.js';

/** Every workload, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [
  INTERPRETER,
  gemm('numpy', 'matrix product by numpy', ['numpy']),
  gemm('torch', 'matrix product by torch on the CPU', ['torch']),
  ...GPU_GEMM,
  ...GPU,
  MEMORY,
  ...(['bind', 'volume', 'layer'] as const).flatMap(files),
  ...IMPORTS,
  START,
  ...[0, 4, 8].map(loader),
  HTTP,
  ALL_REDUCE,
];

/** A program of the user's. */
export const ownWorkload = (
  argv: readonly string[],
  metric: string,
  unit: string,
  margin: number,
  better: Workload['better'],
): Workload =>
  workload({
    name: 'own',
    summary: argv.join(' '),
    unit,
    better,
    margin: {relative: margin},
    kind: 'command',
    argv,
    metric,
    known: {
      cause: 'none is known for a program of yours',
      fix: 'the catalogue’s workloads tell which part it is: gpudock bench --list',
    },
  });
