import type {Unit} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {decode} from '../text.js';

/** The text of a file; null where it cannot be had. */
export async function textOf(world: Pick<World, 'read'>, path: string, limit?: number): Promise<string | null> {
  const file = await world.read(path, limit);
  return file.status === 'ok' ? decode(file.value) : null;
}

/** Whether a path is there; null where that cannot be told. */
export async function isThere(world: Pick<World, 'stat'>, path: string): Promise<boolean | null> {
  const {status} = await world.stat(path);
  return status === 'ok' ? true : status === 'not-found' ? false : null;
}

/** The output of a program that ended well; null otherwise. */
export async function outputOf(
  world: Pick<World, 'run'>,
  timeout: number,
  program: string,
  ...args: string[]
): Promise<string | null> {
  const outcome = await world.run({program, args, timeout, env: {LC_ALL: 'C'}});
  return outcome.status === 'ran' && outcome.exit === 0 ? outcome.stdout : null;
}

/** The state of a systemd unit; null where there is no systemd to ask. */
export async function unitState(world: Pick<World, 'run'>, unit: string, timeout: number): Promise<Unit> {
  const said = await outputOf(world, timeout, 'systemctl', 'show', '--property=LoadState,ActiveState', unit);
  const load = /^LoadState=(\S+)$/m.exec(said ?? '')?.[1];
  if (load === 'not-found') return 'absent';
  if (load !== 'loaded') return null;
  const active = /^ActiveState=(\S+)$/m.exec(said ?? '')?.[1];
  return active === 'active' || active === 'failed' || active === 'inactive' ? active : null;
}
