import type {GpuUse, GpuUser} from '../flow/top.js';
import {hanging} from './prose.js';
import {table} from './table.js';
import {bytes} from './units.js';

/** GPU → container → user → program → memory: a row for each program, and for each container that has a GPU and no program on it. */
export function renderTop(gpus: readonly GpuUse[], columns: number | null): string {
  const heads = gpus.map(gpu => `${hanging(title(gpu), columns, 2)}\n`).join('');
  const rows = gpus.flatMap(gpu => rowsOf(gpu).map(row => [gpuName(gpu), ...row]));
  const head = ['GPU', 'CONTAINER', 'USER', 'PID', 'PROGRAM', 'MEMORY'];
  return `${heads}${rows.length === 0 ? 'No program uses a GPU.\n' : table([head, ...rows], columns)}`;
}

const gpuName = ({index, uuid}: GpuUse): string => (index === null ? (uuid ?? '?') : String(index));

const title = (gpu: GpuUse): string =>
  [
    `GPU ${gpuName(gpu)}: ${gpu.name ?? 'unknown'}`,
    `${mib(gpu.usedMiB)} of ${mib(gpu.memoryMiB)}`,
    gpu.utilization === null ? 'use unknown' : `${gpu.utilization} % busy`,
    ...(gpu.state === 'ok' ? [] : [`state ${gpu.state}`]),
    ...(gpu.programs === null ? ['the driver does not tell its programs'] : []),
  ].join(' · ');

const mib = (value: number | null): string => (value === null ? '?' : bytes(value * 2 ** 20));

function rowsOf({programs, given}: GpuUse): string[][] {
  const users = programs ?? [];
  const idle = given.filter(name => !users.some(({container}) => container === name));
  return [...users.map(programRow), ...idle.map(name => [name, '-', '-', '-', '-'])];
}

const programRow = ({container, user, pid, program, usedMiB}: GpuUser): string[] => [
  container ?? '-',
  user ?? '?',
  String(pid),
  program ?? '?',
  mib(usedMiB),
];
