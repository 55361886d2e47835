import type {Workload} from '../workload.js';
import {workload} from './define.js';

/** Batches from worker processes, as a data loader has them. */
export const loader = (workers: number): Workload =>
  workload({
    name: `loader-${workers}`,
    summary: `batches through /dev/shm from ${workers} worker processes`,
    unit: 'batches/s',
    better: 'higher',
    argv: ['loader.py', String(workers)],
    known: {
      cause: 'fewer CPUs for the workers, or too small a /dev/shm: the engine gives 64 MiB by default',
      fix: 'compare the CPUs and shmMiB of both sides (--json: machine.software); gpudock always sets /dev/shm',
    },
  });

export const HTTP = workload({
  name: 'http',
  summary: 'one HTTP request: the host’s network against a published port',
  unit: 'ms',
  margin: {absolute: 0.1},
  kind: 'http',
  argv: ['client.py'],
  known: {
    cause: 'a published port goes through address translation, and on the loopback through a proxy process',
    fix: 'where latency matters: share the host’s network (docker run --network host)',
  },
});
