import type {Host} from '../contract/host.js';
import type {World} from '../world/world.js';
import {type GpuFacts, readGpus} from './gpu-facts.js';

type Files = Pick<World, 'read' | 'list' | 'run'>;

/** What decides figures and is not the container: recorded with every session, and checked before it starts. */
export interface MachineFacts {
  processor: string | null;
  governor: string | null;
  turbo: boolean | null;
  simultaneousThreads: boolean | null;
  numaNodes: number | null;
  onBattery: boolean | null;
  loadAverage: number | null;
  transparentHugePages: string | null;
  cpuPressure: number | null;
  gpus: GpuFacts[] | null;
}

const SYSTEM_CPU = '/sys/devices/system/cpu';

/** null: not known. */
export async function readMachine(world: Files): Promise<MachineFacts> {
  const text = async (path: string): Promise<string | null> => {
    const file = await world.read(path, 65_536);
    return file.status === 'ok' ? Buffer.from(file.value).toString('utf8').trim() : null;
  };
  const [cpuinfo, governor, noTurbo, boost, threads, nodes, load, huge, pressure] = await Promise.all([
    text('/proc/cpuinfo'),
    text(`${SYSTEM_CPU}/cpu0/cpufreq/scaling_governor`),
    text(`${SYSTEM_CPU}/intel_pstate/no_turbo`),
    text(`${SYSTEM_CPU}/cpufreq/boost`),
    text(`${SYSTEM_CPU}/smt/active`),
    world.list('/sys/devices/system/node'),
    text('/proc/loadavg'),
    text('/sys/kernel/mm/transparent_hugepage/enabled'),
    text('/proc/pressure/cpu'),
  ]);
  return {
    processor: /^model name\s*: (.+)$/m.exec(cpuinfo ?? '')?.[1] ?? null,
    governor,
    turbo: noTurbo === null ? flag(boost) : noTurbo === '0',
    simultaneousThreads: flag(threads),
    numaNodes: nodes.status === 'ok' ? nodes.value.filter(name => /^node\d+$/.test(name)).length : null,
    onBattery: await onBattery(world, text),
    loadAverage: numberOf(load?.split(' ')[0]),
    transparentHugePages: /\[(\w+)\]/.exec(huge ?? '')?.[1] ?? null,
    cpuPressure: numberOf(/^some avg10=([0-9.]+)/.exec(pressure ?? '')?.[1]),
    gpus: await readGpus(world),
  };
}

const flag = (text: string | null): boolean | null => (text === null ? null : text === '1');
const numberOf = (text: string | undefined): number | null =>
  text === undefined || !Number.isFinite(Number(text)) ? null : Number(text);

async function onBattery(world: Files, text: (path: string) => Promise<string | null>): Promise<boolean | null> {
  const supplies = await world.list('/sys/class/power_supply');
  if (supplies.status !== 'ok') return null;
  const states = await Promise.all(supplies.value.map(name => text(`/sys/class/power_supply/${name}/status`)));
  return states.includes('Discharging');
}

/** How people call the facts; a machine without a GPU lacks none of its facts. */
const WORDS: Readonly<Record<Exclude<keyof MachineFacts, 'gpus'>, string>> = {
  processor: 'processor',
  governor: 'CPU governor',
  turbo: 'turbo',
  simultaneousThreads: 'simultaneous threads',
  numaNodes: 'NUMA nodes',
  onBattery: 'battery',
  loadAverage: 'load',
  transparentHugePages: 'huge pages',
  cpuPressure: 'CPU pressure',
};

/** What could not be read, and so was not checked, as one line or none. Pure. */
export function unknownFacts(machine: MachineFacts, {gpus}: Pick<Host, 'gpus'>): string[] {
  const facts = Object.keys(WORDS) as (keyof typeof WORDS)[];
  const silent = machine.gpus === null && gpus !== null && gpus.length > 0;
  const unknown = [
    ...facts.filter(fact => machine[fact] === null).map(fact => WORDS[fact]),
    ...(silent ? ['clocks, temperature, ECC, MIG and persistence of the GPUs'] : []),
  ];
  return unknown.length === 0 ? [] : [`not known of this machine, and so not checked: ${unknown.join(', ')}`];
}

/** Above this one-minute load a CPU the machine is busy with something else. */
const BUSY = 0.5;

/** What makes figures of this machine less than fair, each in a line. Pure. */
export function machineWarnings(machine: MachineFacts, {resources, gpus}: Pick<Host, 'resources' | 'gpus'>): string[] {
  const {governor, onBattery, loadAverage} = machine;
  const busy = (gpus ?? []).filter(gpu => (gpu.processes ?? []).length > 0 || (gpu.utilization ?? 0) > 5);
  return [
    ...(onBattery === true ? ['this machine runs on battery: clocks change; plug it in'] : []),
    ...(governor !== null && governor !== 'performance'
      ? [`the CPU governor is ${governor}: latencies scatter; sudo cpupower frequency-set -g performance`]
      : []),
    ...(loadAverage !== null && resources.cpus !== null && loadAverage > BUSY * resources.cpus
      ? [
          `other programs keep this machine busy (load ${loadAverage} on ${resources.cpus} CPUs): trials are marked where it shows`,
        ]
      : []),
    ...busy.map(({index, name}) => `GPU ${index ?? name ?? ''} is in use by others: GPU figures are not only yours`),
    ...(machine.gpus ?? []).flatMap(gpuWarnings),
  ];
}

/** Copies between a GPU and the memory of another node are slower, and scatter. Pure. */
export function farFromGpus(
  {gpus, numaNodes}: Pick<MachineFacts, 'gpus' | 'numaNodes'>,
  sides: readonly ({cpus: string | null} | null)[],
): string[] {
  const allowed = [...new Set(sides.flatMap(side => side?.cpus ?? []))];
  if ((numaNodes ?? 1) < 2) return [];
  return (gpus ?? []).flatMap(({nearCpus}, index) => {
    const near = cpuList(nearCpus ?? '');
    const far = allowed.filter(cpus => near.size > 0 && [...cpuList(cpus)].some(cpu => !near.has(cpu)));
    return far.map(
      cpus => `GPU ${index} is near CPUs ${nearCpus}, but ${cpus} are allowed: copies scatter from node to node`,
    );
  });
}

/** `0-3,8` */
function cpuList(text: string): Set<number> {
  const ranges = [...text.matchAll(/(\d{1,5})(?:-(\d{1,5}))?/g)].map(([, first, last]) =>
    [first, last ?? first].map(Number),
  );
  return new Set(ranges.flatMap(([from = 0, to = 0]) => Array.from({length: to - from + 1}, (_, at) => from + at)));
}

function gpuWarnings({slowed, mig, display, persistence}: GpuFacts, index: number): string[] {
  const name = `GPU ${index}`;
  return [
    ...((slowed ?? []).length > 0
      ? [`${name} is slowed down before the start (${slowed?.join(', ')}): let it cool`]
      : []),
    ...(mig === true ? [`${name} is cut into MIG devices: figures are those of a part of it`] : []),
    ...(display === true ? [`${name} drives a display: its work is not only yours`] : []),
    ...(persistence === false
      ? [`${name} has persistence mode off: each first use of CUDA loads the driver anew; sudo nvidia-smi -pm 1`]
      : []),
  ];
}
