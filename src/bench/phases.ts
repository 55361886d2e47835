import * as z from 'zod';
import {marked} from './reading.js';

const Phases = z.record(z.string(), z.number().int().positive());

/** What started.py said: nanoseconds of the monotonic clock at the end of each phase; empty for any other output. */
export function readStarted(output: string): Record<string, bigint> {
  const phases = Phases.safeParse(marked(output, 'GPUDOCK-STARTED'));
  return phases.success
    ? Object.fromEntries(Object.entries(phases.data).map(([phase, at]) => [phase, BigInt(at)]))
    : {};
}

/** How long each phase took, in milliseconds, in their order. */
export function durations(begin: bigint, phases: Readonly<Record<string, bigint>>): Record<string, number> {
  let last = begin;
  const ordered = Object.entries(phases).sort(([, a], [, b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    ordered.map(([phase, at]) => {
      const took = Number(at - last) / 1e6;
      last = at;
      return [phase, took];
    }),
  );
}
