import type {BenchTrial} from '../contract/bench.js';
import type {Measured} from './reading.js';
import {quantile} from './statistics/center.js';

/** The share of the machine's CPUs that others may keep busy before a trial is marked. */
const OTHER_LOAD = 0.1;
/** nvbench's default: a GPU below 75 % of its clock is throttled (nvbench, docs/cli_help.md, --throttle-threshold). */
const CLOCK = 0.75;
/** HwSlowdown, SwThermalSlowdown, HwThermalSlowdown and HwPowerBrakeSlowdown of nvmlClocksThrottleReasons (nvml.h). */
const GPU_SLOWED = 0x8 | 0x20 | 0x40 | 0x80;

/** Why a trial's figures are not to be trusted; null: they are. It looks at the machine, never at the figures. */
export function markOf({otherLoad, readings}: Pick<Measured, 'otherLoad' | 'readings'>, cpus: number): string | null {
  if (otherLoad !== null && otherLoad > OTHER_LOAD * cpus)
    return `other programs kept ${otherLoad.toFixed(1)} of ${cpus} CPUs busy`;
  if (typeof readings.cpuOverheated === 'number' && readings.cpuOverheated > 0)
    return 'the CPU slowed down for its heat';
  if (typeof readings.throttleReasons === 'number' && (readings.throttleReasons & GPU_SLOWED) !== 0)
    return 'the GPU was slowed down for its heat or its power supply';
  const {smClockMHz: clock, smClockMaxMHz: most} = readings;
  if (typeof clock === 'number' && typeof most === 'number' && clock < CLOCK * most)
    return `the GPU ran at ${clock} of ${most} MHz`;
  return null;
}

/** CPU seconds that all programs together have used since the machine started, from the first line of /proc/stat; null: not told. */
export function machineBusy(stat: string): number | null {
  const [name, ...ticks] = (stat.split('\n')[0] ?? '').split(/\s+/);
  const [user, nice, system, , , irq, softirq, steal] = ticks.map(Number);
  const busy = [user, nice, system, irq, softirq, steal].reduce<number>((sum, part) => sum + (part ?? Number.NaN), 0);
  return name === 'cpu' && Number.isFinite(busy) ? busy / TICKS : null;
}

/** USER_HZ, which Linux shows to programs as 100 whatever the kernel's own clock is (man 5 proc_stat). */
const TICKS = 100;

/**
 * Marks trials whose program could not tell its own work from that of others, by comparing them with their own side: a
 * trial during which the machine was much busier than in the quietest quarter was disturbed. Load that never ceases is not
 * seen so; the machine's load average is looked at before the start.
 */
export function markedByExcess(trials: readonly BenchTrial[], cpus: number): BenchTrial[] {
  const quiet = new Map(
    (['host', 'container'] as const).map(side => {
      const busy = trials.filter(trial => trial.side === side).flatMap(busyCpus);
      return [side, quantile(Float64Array.from(busy).sort(), 0.25)];
    }),
  );
  return trials.map(trial => {
    const [busy] = busyCpus(trial);
    if (busy === undefined) return trial;
    const otherLoad = Math.max(0, busy - (quiet.get(trial.side) ?? busy));
    if (otherLoad > OTHER_LOAD * cpus)
      return {...trial, otherLoad, marked: `the machine was ${otherLoad.toFixed(1)} CPUs busier than else`};
    // An earlier mark may have been for load that proves to be usual; heat and clocks stay what they were.
    return {...trial, otherLoad, marked: markOf({otherLoad: null, readings: trial.readings ?? {}}, cpus)};
  });
}

const busyCpus = ({readings}: BenchTrial): number[] =>
  typeof readings?.busyCpus === 'number' ? [readings.busyCpus] : [];
