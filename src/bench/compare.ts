import type {Bench, BenchWorkload} from '../contract/bench.js';
import type {BenchCompare} from '../contract/bench-documents.js';
import {EXIT, Failure} from '../failure.js';
import {sideNames} from './side-names.js';
import {clippedMean, ordinaryBounds, quantile} from './statistics/center.js';
import {tailShare} from './statistics/distribution.js';
import {seeded} from './statistics/random.js';

export type Estimated = NonNullable<BenchCompare['workloads'][number]['host']>;

const RESAMPLES = 10_000;
const FEWEST = 10;

/**
 * Two sessions; they ran at different times, so that nothing is paired and drift is not taken out. Pure. Throws
 * `bench_sessions_unlike` where their sides are not the same kind of thing.
 */
export function compareSessions(before: Bench, after: Bench): BenchCompare {
  if (before.against !== after.against) throw unlike(before, after);
  const key = ({name, mode}: BenchWorkload): string => `${name} (${mode})`;
  const others = new Map(after.workloads.map(workload => [key(workload), workload]));
  const both = before.workloads.flatMap(first => {
    const second = others.get(key(first));
    return second === undefined || second.unit !== first.unit ? [] : [difference(first, second, before.seed)];
  });
  const known = new Set(both.map(({name, mode}) => `${name} (${mode})`));
  return {
    schema: 'gpudock/bench-compare/1',
    against: after.against,
    changed: changedFacts(before, after),
    usable: before.usable && after.usable,
    workloads: both,
    missing: [...before.workloads, ...after.workloads].map(key).filter(name => !known.has(name)),
  };
}

function unlike(before: Bench, after: Bench): Failure {
  const words = (session: Bench): string => Object.values(sideNames(session)).slice(0, 2).join(' and ');
  return new Failure({
    code: 'bench_sessions_unlike',
    message: `one session has the sides ${words(before)}, the other ${words(after)}`,
    cause: 'sides of another kind have nothing in common to compare',
    fix: 'compare two sessions of the same command: gpudock bench, gpudock bench images, or gpudock bench launch',
    exit: EXIT.usage,
  });
}

function difference(first: BenchWorkload, second: BenchWorkload, seed: number): BenchCompare['workloads'][number] {
  return {
    name: first.name,
    mode: first.mode,
    unit: first.unit,
    host: unpaired(first.host, second.host, seed),
    container: unpaired(first.container, second.container, seed + 1),
    overhead: {before: first.ratio, after: second.ratio},
  };
}

/** Bootstrap of two independent samples; null below ten figures each. */
function unpaired(before: readonly number[], after: readonly number[], seed: number): Estimated | null {
  if (Math.min(before.length, after.length) < FEWEST) return null;
  const random = seeded(seed);
  const sides = [before, after].map(values => {
    const logs = values.map(Math.log);
    return {logs, bounds: ordinaryBounds(logs), mean: clippedMean(logs, ordinaryBounds(logs))};
  });
  const draw = ({logs, bounds}: (typeof sides)[number]): number =>
    clippedMean(
      logs.map(() => logs[(random() * logs.length) | 0] ?? 0),
      bounds,
    );
  const [first, second] = sides;
  if (first === undefined || second === undefined) return null;
  const ratios = Float64Array.from({length: RESAMPLES}, () => draw(second) - draw(first)).sort();
  const tail = tailShare(0.95, Math.min(before.length, after.length));
  return {
    ratio: Math.exp(second.mean - first.mean),
    interval: [Math.exp(quantile(ratios, tail)), Math.exp(quantile(ratios, 1 - tail))],
  };
}

/** Never twice the same; what of them disturbs a session is said in its own warnings. */
const OF_THE_MOMENT = new Set([
  'loadAverage',
  'cpuPressure',
  'diskFreeMiB',
  'temperature',
  'smClockMHz',
  'utilization',
]);

/** Facts of the machine and the sides that differ, as paths. */
function changedFacts(before: Bench, after: Bench): BenchCompare['changed'] {
  const flat = (value: unknown, path: string): [string, string][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`))
      : [[path, String(value)]];
  const facts = ({machine, sides, against}: Bench) => new Map(flat({...machine, sides, against}, ''));
  const [old, now] = [facts(before), facts(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter(fact => old.get(fact) !== now.get(fact) && !OF_THE_MOMENT.has(fact.split('.').at(-1) ?? ''))
    .map(fact => ({fact, before: old.get(fact) ?? 'not recorded', after: now.get(fact) ?? 'not recorded'}));
}
