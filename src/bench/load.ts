import type {Measured} from './reading.js';

/** The share of the machine's CPUs that others may keep busy before a trial is marked. */
const OTHER_LOAD = 0.1;
/** nvbench's default: a GPU below 75 % of its clock is throttled (nvbench, docs/cli_help.md, --throttle-threshold). */
const CLOCK = 0.75;

/** Why a trial's figures are not to be trusted; null: they are. It looks at the machine, never at the figures. */
export function markOf({otherLoad, readings}: Measured, cpus: number): string | null {
  if (otherLoad !== null && otherLoad > OTHER_LOAD * cpus)
    return `other programs kept ${otherLoad.toFixed(1)} of ${cpus} CPUs busy`;
  const {smClockMHz: clock, smClockMaxMHz: most} = readings;
  if (typeof clock === 'number' && typeof most === 'number' && clock < CLOCK * most)
    return `the GPU ran at ${clock} of ${most} MHz`;
  return null;
}
