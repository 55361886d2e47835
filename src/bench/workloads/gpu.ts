import type {Workload} from '../workload.js';
import {gemm} from './compute.js';
import {GPU_MARGIN, workload} from './define.js';

const OTHER_NODE = {
  cause: 'a container adds nothing to a copy: the CPU’s NUMA node, the clocks or other work on the GPU differ',
  fix: 'compare the CPUs allowed and the readings of the samples; docker run --cpuset-cpus with the GPU’s own node',
};
const OTHER_CLOCK = {
  cause: 'a container adds nothing to work on the GPU: its clocks, its temperature or other work on it differ',
  fix: 'compare the readings of the samples, and repeat when the GPU is idle and cool',
};
const GOVERNOR = {
  cause: 'a launch is work of the CPU: its clock decides, and a container adds no system call to it',
  fix: 'sudo cpupower frequency-set -g performance, then repeat',
};
const NO_PEERS = {
  cause: 'GPUs without peer access exchange through /dev/shm, of which the engine gives 64 MiB by default',
  fix: 'docker run --shm-size 8g (gpudock always sets it); NCCL_DEBUG=INFO names the way that was taken',
};

const copy = (kind: string, name: string, summary: string, known: Workload['known']): Workload =>
  workload({
    name,
    summary,
    unit: 'GB/s',
    better: 'higher',
    margin: GPU_MARGIN,
    argv: ['gpu.py', kind],
    needs: ['torch', 'gpu'],
    known,
  });

/** Matrix products of 4096², in 32 bits, in TensorFloat-32 and in bfloat16. */
export const GPU_GEMM: readonly Workload[] = ['fp32', 'tf32', 'bf16'].map(kind =>
  gemm(kind, `matrix product on the GPU, ${kind}`, ['torch', 'gpu'], {unit: 'TFLOP/s', margin: GPU_MARGIN}),
);

export const GPU: readonly Workload[] = [
  copy('h2d', 'host-to-device', 'copy from pinned memory to the GPU', OTHER_NODE),
  copy('d2h', 'device-to-host', 'copy from the GPU to pinned memory', OTHER_NODE),
  copy('device', 'device-memory', 'copy within the GPU’s memory', OTHER_CLOCK),
  workload({
    name: 'kernel-launch',
    summary: 'launches of a tiny kernel one after the other, time of one',
    unit: 'µs',
    margin: {absolute: 0.5},
    argv: ['gpu.py', 'launch'],
    needs: ['torch', 'gpu'],
    known: GOVERNOR,
  }),
];

export const ALL_REDUCE = workload({
  name: 'all-reduce',
  summary: 'all-reduce over several GPUs',
  unit: 'GB/s',
  better: 'higher',
  margin: GPU_MARGIN,
  argv: ['allreduce.py'],
  needs: ['torch', 'gpus'],
  known: NO_PEERS,
});
