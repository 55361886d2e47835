import type {Workload} from '../workload.js';
import {workload} from './define.js';

const imports = (kind: string, summary: string): Workload =>
  workload({
    name: `import-${kind}`,
    summary,
    unit: 'ms',
    margin: {absolute: 20},
    argv: ['imports.py', kind, 'numpy'],
    needs: ['numpy'],
    known: {
      cause: 'without bytecode, or from a cold cache of the engine’s file system, modules are compiled and read anew',
      fix: 'compile bytecode when the image is built (gpudock’s Dockerfiles do)',
    },
  });

export const IMPORTS: readonly Workload[] = [
  imports('warm', 'import numpy in a new interpreter'),
  imports('cold', 'import numpy, its files out of the page cache'),
  imports('source', 'import numpy without bytecode'),
];

export const START = workload({
  name: 'start',
  summary: 'from nothing to a running interpreter: process against container',
  unit: 'ms',
  margin: {absolute: 50},
  kind: 'start',
  argv: ['started.py', 'numpy', 'torch'],
  known: {
    cause: 'creating namespaces, mounts, cgroup and network takes a fixed time a start',
    fix: 'start once and work for long: a fixed cost, not a proportional one',
  },
});
