import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {Bench} from '../../src/contract/bench.js';
import type {Engine} from '../../src/engine/connect.js';
import {gpudock, type Run, type RunOptions} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

/** Name of images that no other run of these tests uses. */
export const REPOSITORY = `gpudock-test/bench-${process.pid}`;

export interface SessionLab {
  lab: Lab;
  engine: Engine;
}

/**
 * A session of `gpudock bench` that is ended by Ctrl-C once it has used up so many containers of {@link REPOSITORY}: enough
 * on a machine of any speed, and no longer than that.
 */
export async function session(
  {lab, engine}: SessionLab,
  containers: number,
  args: string[],
  options: RunOptions,
): Promise<Run> {
  const interruptAt = afterContainers(engine, containers);
  const run = await gpudock(lab, ['bench', ...args.toSpliced(programAt(args), 0, '--time', '30m')], {
    interruptAt,
    ...options,
  });
  if (run.exit !== 130) throw new Error(`exit ${run.exit}\n${run.stderr}${run.stdout}`);
  return run;
}

/** Where flags end. */
const programAt = (args: readonly string[]): number => (args.includes('--') ? args.indexOf('--') : args.length);

/** Kept once so many containers of {@link REPOSITORY} are gone. */
export async function afterContainers({docker}: Engine, count: number): Promise<void> {
  const events = await docker.getEvents({filters: {event: ['destroy'], label: ['gpudock.purpose=bench']}});
  let gone = 0;
  for await (const line of createInterface({input: events})) {
    const {Actor} = JSON.parse(line) as {Actor: {Attributes: Record<string, string>}};
    if (Actor.Attributes.image?.startsWith(REPOSITORY) && ++gone === count) break;
  }
  (events as Readable).destroy();
}

export const documentOf = ({stdout}: Run): Bench => Bench.parse(JSON.parse(stdout));
