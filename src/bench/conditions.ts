import type {BenchTrial} from '../contract/bench.js';
import type {Host} from '../contract/host.js';
import type {GpuFacts} from './gpu-facts.js';
import type {MachineFacts} from './machine.js';
import {packageWords, type SideFacts} from './side-facts.js';
import {median} from './statistics/center.js';

/** `none` is a fact, null is not known. */
const known = (value: string | number | null, unit = ''): string =>
  value === null ? 'not known' : value === 'none' ? 'none' : `${value}${unit}`;
const onOff = (value: boolean | null): string => (value === null ? 'not known' : value ? 'on' : 'off');

/** What the figures rest on, for whoever reads the report without the JSON. Pure. */
export function machineConditions(
  machine: MachineFacts,
  {os, engine, resources}: Pick<Host, 'os' | 'engine' | 'resources'>,
): string[] {
  const {processor, numaNodes, governor, turbo, simultaneousThreads, loadAverage} = machine;
  const cpu = `${processor ?? 'processor not known'}, ${known(resources.cpus)} CPUs, NUMA nodes ${known(numaNodes)}`;
  const clocks = `governor ${known(governor)}, turbo ${onOff(turbo)}, simultaneous threads ${onOff(simultaneousThreads)}`;
  const software = `kernel ${known(os.kernel)}, ${engine.kind ?? 'engine'} ${known(engine.version)}`;
  return [
    `machine: ${cpu}; ${clocks}; load ${known(loadAverage)}; ${software}`,
    ...(machine.gpus ?? []).map(gpuCondition),
  ];
}

function gpuCondition(gpu: GpuFacts, index: number): string {
  const modes = `persistence ${onOff(gpu.persistence)}, ECC ${onOff(gpu.ecc)}, MIG ${onOff(gpu.mig)}`;
  const clock = `${known(gpu.smClockMHz)} of ${known(gpu.smClockMaxMHz, ' MHz')}, ${known(gpu.temperature, ' °C')}`;
  const slowed = gpu.slowed === null ? 'not known' : gpu.slowed.join(' and ') || 'nothing';
  return `GPU ${index}: ${known(gpu.name)}, driver ${known(gpu.driver)}; ${modes}; before the start ${clock}, slowed down by ${slowed}; NUMA node ${known(gpu.numaNode)}, near CPUs ${known(gpu.nearCpus)}`;
}

/** What a side is made of, and what it may use. Pure. */
export function sideCondition(name: string, facts: SideFacts | null): string {
  if (facts === null) return `${name}: could not be looked at`;
  const {python, pythonDigest, packages, libc, cpus, nodes, cpuLimit, memoryLimit, shmMiB} = facts;
  const installed = Object.entries(packages).flatMap(([of, found]) =>
    found === null ? [] : [`${of} ${packageWords(found)}`],
  );
  const software = [`Python ${python} (${known(pythonDigest)})`, ...installed, libc].join(', ');
  const memory = typeof memoryLimit === 'number' ? Math.round(memoryLimit / 2 ** 20) : memoryLimit;
  const limits = `CPUs ${known(cpus)}, NUMA nodes ${known(nodes)}, CPU limit ${known(cpuLimit)}, memory limit ${known(memory, ' MiB')}, /dev/shm ${known(shmMiB, ' MiB')}`;
  return `${name}: ${software}; ${limits}`;
}

/** Clocks and slow-downs as the trials saw them. Pure. */
export function clockConditions(trials: readonly BenchTrial[]): string[] {
  return [
    clockOf(trials, 'CPU', {clock: 'cpuMHz', heat: 'cpuOverheated'}),
    clockOf(trials, 'GPU', {clock: 'smClockMHz', heat: 'throttleReasons'}),
  ].flat();
}

function clockOf(trials: readonly BenchTrial[], what: string, names: {clock: string; heat: string}): string[] {
  const told = (name: string): number[] =>
    trials.flatMap(({readings}) => (typeof readings?.[name] === 'number' ? [readings[name]] : []));
  const [clocks, heat] = [told(names.clock), told(names.heat)];
  if (clocks.length === 0) return [];
  const [low, high] = [Math.min(...clocks), Math.max(...clocks)];
  const slowed = trials.filter(({marked}) => marked?.startsWith(`the ${what} `)).length;
  const throttled = heat.length === 0 ? 'slow-downs not told' : `${slowed} marked as slowed down`;
  return [`${what} clock: ${median(clocks).toFixed(0)} MHz (${low}–${high}) in ${clocks.length} trials, ${throttled}`];
}
