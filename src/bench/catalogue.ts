import type {Need, Place, Workload} from './workload.js';

const GPU = {relative: 0.01};
const CPU = {relative: 0.03};

type Facts = Pick<Workload, 'name' | 'summary' | 'unit' | 'argv'> & Partial<Workload>;

const workload = (facts: Facts): Workload => ({
  better: 'lower',
  margin: CPU,
  kind: 'program',
  needs: [],
  place: null,
  metric: null,
  known: null,
  ...facts,
});

const OTHER_BUILD = {
  cause: 'a large difference in arithmetic means another build of the library, another clock or another NUMA node',
  fix: 'compare the versions and digests in the report; --mode same-bits runs the same files on both sides',
};
const NAT = {
  cause: 'a published port goes through address translation, and on the loopback through a proxy process',
  fix: 'where latency matters: share the host’s network (docker run --network host)',
};
const NO_BYTECODE = {
  cause: 'without bytecode, or from a cold cache of the engine’s file system, modules are compiled and read anew',
  fix: 'compile bytecode when the image is built (gpudock’s Dockerfiles do)',
};
const PLACES: Record<Place, {words: string; known: Workload['known']}> = {
  bind: {words: 'a bind mount', known: null},
  volume: {words: 'a volume', known: null},
  layer: {
    words: 'the image layer',
    known: {
      cause: 'the image layer is a union file system: files are copied up and looked up in several layers',
      fix: 'use a volume or a bind mount for data',
    },
  },
};

const gemm = (kind: string, summary: string, needs: Need[], facts: Partial<Workload> = {}): Workload =>
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

const gpu = (kind: string, name: string, summary: string, facts: Partial<Workload> = {}): Workload =>
  workload({
    name,
    summary,
    unit: 'GB/s',
    better: 'higher',
    margin: GPU,
    argv: ['gpu.py', kind],
    needs: ['torch', 'gpu'],
    ...facts,
  });

const files = (place: Place): Workload[] => {
  const {words, known} = PLACES[place];
  const one = (kind: string, facts: Facts) => workload({place, known, ...facts, argv: ['files.py', kind]});
  return [
    one('small', {
      name: `small-${place}`,
      summary: `200 small files in ${words}: create, look up, remove`,
      unit: 'ms',
      argv: [],
    }),
    one('write', {
      name: `write-${place}`,
      summary: `write 32 MiB to ${words} and sync`,
      unit: 'MiB/s',
      better: 'higher',
      argv: [],
    }),
    one('read', {
      name: `read-${place}`,
      summary: `read 32 MiB from ${words}, cache dropped`,
      unit: 'MiB/s',
      better: 'higher',
      argv: [],
    }),
    one('random', {
      name: `random-${place}`,
      summary: `random 4 KiB reads by fio in ${words}`,
      unit: 'IOPS',
      better: 'higher',
      needs: ['fio'],
      argv: [],
    }),
  ];
};

const imports = (kind: string, summary: string): Workload =>
  workload({
    name: `import-${kind}`,
    summary,
    unit: 'ms',
    margin: {absolute: 20},
    argv: ['imports.py', kind, 'numpy'],
    needs: ['numpy'],
    known: NO_BYTECODE,
  });

const loader = (workers: number): Workload =>
  workload({
    name: `loader-${workers}`,
    summary: `batches through /dev/shm from ${workers} worker processes`,
    unit: 'batches/s',
    better: 'higher',
    argv: ['loader.py', String(workers)],
    known: {
      cause: 'the engine gives a container 64 MiB of /dev/shm by default',
      fix: 'docker run --shm-size 8g; gpudock always sets it',
    },
  });

/** Every workload, in the order of the report. */
export const WORKLOADS: readonly Workload[] = [
  workload({
    name: 'interpreter',
    summary: 'integers in a Python loop',
    unit: 'ms',
    argv: ['interpreter.py'],
    known: OTHER_BUILD,
  }),
  gemm('numpy', 'matrix product by numpy', ['numpy']),
  gemm('torch', 'matrix product by torch on the CPU', ['torch']),
  ...['fp32', 'tf32', 'bf16'].map(kind =>
    gemm(kind, `matrix product on the GPU, ${kind}`, ['torch', 'gpu'], {unit: 'TFLOP/s', margin: GPU}),
  ),
  gpu('h2d', 'host-to-device', 'copy from pinned memory to the GPU'),
  gpu('d2h', 'device-to-host', 'copy from the GPU to pinned memory'),
  gpu('device', 'device-memory', 'copy within the GPU’s memory'),
  gpu('launch', 'kernel-launch', 'latency of an empty piece of GPU work', {
    unit: 'µs',
    better: 'lower',
    margin: {absolute: 0.5},
  }),
  workload({
    name: 'memory',
    summary: 'STREAM triad by numpy',
    unit: 'GB/s',
    better: 'higher',
    argv: ['memory.py'],
    needs: ['numpy'],
  }),
  ...(['bind', 'volume', 'layer'] as const).flatMap(files),
  imports('warm', 'import numpy in a new interpreter'),
  imports('cold', 'import numpy, its files out of the page cache'),
  imports('source', 'import numpy without bytecode'),
  workload({
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
  }),
  ...[0, 4, 8].map(loader),
  workload({
    name: 'http',
    summary: 'one HTTP request: the host’s network against a published port',
    unit: 'ms',
    margin: {absolute: 0.1},
    kind: 'http',
    argv: ['client.py'],
    known: NAT,
  }),
  workload({
    name: 'all-reduce',
    summary: 'all-reduce over several GPUs',
    unit: 'GB/s',
    better: 'higher',
    margin: GPU,
    argv: ['allreduce.py'],
    needs: ['torch', 'gpus'],
  }),
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
  });
