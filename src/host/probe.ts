import type {Host} from '../contract/host.js';
import type {World} from '../world/world.js';
import {derive} from './derive.js';
import {driverState} from './driver-status.js';
import {findingsOf} from './findings.js';
import {mergeAnswers} from './merge.js';
import {overrideCuda, overrideGpus, overrides} from './overrides.js';
import type {Answer} from './reading.js';
import {SOURCES, type Source, VERDICT_SOURCES} from './sources.js';
import {withUsers} from './users.js';

/** Leaves the rest of the five seconds to starting up and printing. */
const TIME_LIMIT = 4_300;

/**
 * The host facts, from all sources side by side. Ends within `timeLimit` milliseconds with what it has; never throws,
 * needs no root, changes nothing.
 */
export async function probe(
  world: World,
  {timeLimit = TIME_LIMIT, from = SOURCES}: {timeLimit?: number; from?: readonly Source[]} = {},
): Promise<Host> {
  const start = performance.now();
  const sources = from.filter(source => world.recorded || !source.recordedOnly);
  const asked = new Map(slowFirst(sources).map(source => [source, askWithin(source, world, timeLimit)]));
  const answers = await Promise.all(sources.flatMap(source => asked.get(source) ?? []));
  return withUsers(hostOf(answers.flat(), world.env), world, timeLimit - (performance.now() - start));
}

/** The engine takes some milliseconds to answer: in them the others can be asked. */
const slowFirst = (sources: readonly Source[]): Source[] =>
  [...sources].sort((a, b) => Number(b.name === 'engine') - Number(a.name === 'engine'));

/** What the rules of the verdict ask of this machine. */
export const probeForVerdict = (world: World): Promise<Host> => probe(world, {from: VERDICT_SOURCES});

/** Pure: from what the sources answered to the host. */
export function hostOf(answers: readonly Answer[], env: World['env']): Host {
  const all = [...overrides(env), ...answers];
  const host = mergeAnswers(all);
  overrideCuda(env, host);
  overrideGpus(env, host);
  const {status, source} = driverState(all, host.gpus);
  host.driver.status = status;
  if (source !== null) host.sources['driver.status'] = source;
  derive(host, all);
  host.findings = findingsOf(all, host);
  return host;
}

async function askWithin(source: Source, world: World, limit: number): Promise<Answer | readonly Answer[]> {
  const silent = (status: Answer['status']): Answer => ({source: source.name, status, says: {}});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>(resolve => {
    timer = setTimeout(() => resolve(silent('timeout')), limit);
  });
  try {
    // A source's own limit is a little shorter, so that it says itself that it was late.
    return await Promise.race([source.ask(world, limit - 150), late]);
  } catch {
    return silent('error');
  } finally {
    clearTimeout(timer);
  }
}
