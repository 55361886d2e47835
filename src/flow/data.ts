import {basename, resolve} from 'node:path';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';

/**
 * `--data PATH[:ro]` as mounts at `/data/NAME`. A path that is not there is an error: the engine would make an empty
 * folder of root's in its place.
 */
export async function dataMounts(world: Pick<World, 'stat' | 'cwd'>, given: readonly string[]): Promise<string[]> {
  const mounts = new Map<string, string>();
  for (const text of given) {
    const readOnly = text.endsWith(':ro');
    const path = resolve(world.cwd, readOnly ? text.slice(0, -':ro'.length) : text);
    const facts = await world.stat(path);
    if (facts.status !== 'ok' || !facts.value.readable) throw unusable(path, facts.status === 'not-found');
    const inside = `/data/${basename(path)}`;
    if (path.includes(':') || basename(path) === '')
      throw notMountable(path, 'a colon separates the parts of a mount, and / has no name');
    if (mounts.has(inside)) throw notMountable(path, `${inside} is taken by another --data`);
    mounts.set(inside, `${path}:${inside}${readOnly ? ':ro' : ''}`);
  }
  return [...mounts.values()];
}

/** What is asked of a launch, with the data that gpudock.yaml names; a flag that names the same takes its place. */
export async function withProjectData<T extends {binds: readonly string[]}>(
  world: Pick<World, 'stat' | 'env'>,
  {dir, settings}: {dir: string; settings: {data?: string[] | undefined}},
  wishes: T,
): Promise<T> {
  const given = (settings.data ?? []).map(path => path.replace(/^~(?=\/)/, world.env.HOME ?? '~'));
  const mounts = await dataMounts({stat: world.stat, cwd: dir}, given);
  const inside = (bind: string): string => bind.replace(/:ro$/, '').split(':').at(-1) ?? '';
  const taken = wishes.binds.map(inside);
  return {...wishes, binds: [...mounts.filter(mount => !taken.includes(inside(mount))), ...wishes.binds]};
}

const unusable = (path: string, missing: boolean): Failure =>
  new Failure({
    code: 'data_missing',
    message: `the data at ${path} cannot be read`,
    cause: missing ? 'there is nothing' : 'you may not read it, or one of the folders above it',
    fix: `ls -ld ${path}`,
  });

const notMountable = (path: string, cause: string): Failure =>
  new Failure({
    code: 'data_not_mountable',
    message: `${path} cannot be mounted`,
    cause,
    fix: 'rename it, or mount the folder above it',
  });
