import {EXIT, Failure} from '../failure.js';
import {WORKLOADS} from './catalogue.js';
import type {Workload} from './workload.js';

/** Some minutes' worth, one of each kind: what runs when nothing is named. */
const DEFAULTS = [
  'interpreter',
  'gemm-numpy',
  'gemm-bf16',
  'host-to-device',
  'kernel-launch',
  'memory',
  'small-volume',
  'small-layer',
  'import-warm',
  'start',
  'http',
];

/** The workloads of these names, in the catalogue's order; none: a choice; `all`: every one. Throws `workload_unknown`. */
export function chosenWorkloads(names: readonly string[]): Workload[] {
  if (names.includes('all')) return [...WORKLOADS];
  const wanted = new Set(names.length === 0 ? DEFAULTS : names);
  const unknown = [...wanted].find(name => !WORKLOADS.some(known => known.name === name));
  if (unknown !== undefined)
    throw new Failure({
      code: 'workload_unknown',
      message: `there is no workload called ${unknown.slice(0, 60)}`,
      cause: `there are: all, ${WORKLOADS.map(({name}) => name).join(', ')}`,
      fix: 'gpudock bench --list; for a program of your own: gpudock bench --metric PATTERN -- PROGRAM',
      exit: EXIT.usage,
    });
  return WORKLOADS.filter(({name}) => wanted.has(name));
}
