import {posix, resolve} from 'node:path';
import type {Container} from 'dockerode';
import type {Engine} from '../engine/connect.js';
import {findContainer} from '../engine/containers.js';
import {pathInside, receive, send} from '../engine/copy.js';
import {EXIT, Failure} from '../failure.js';
import type {World} from '../world/world.js';

/** One end of a copy. */
export type Place = {container: string; path: string} | {container: null; path: string};

/** `NAME:PATH` is in a container; what begins with `/` or `.` is on this machine, whatever colons it has. */
export function parsePlace(text: string): Place {
  const [, container, path] = /^([^/.:][^/:]*):(.+)$/s.exec(text) ?? [];
  return container === undefined || path === undefined ? {container: null, path: text} : {container, path};
}

/** What stands at the destination now. */
export type Standing = 'folder' | 'file' | 'nothing';

/**
 * Where a copy ends up, as with `cp -r`: in a folder that is there under its own name, else under the destination's name.
 * Throws `copy_target`.
 */
export function copyTarget(
  source: {name: string; folder: boolean},
  {path, standing}: {path: string; standing: Standing},
): {folder: string; name: string} {
  if (standing === 'folder') return {folder: path, name: source.name};
  const plain = path.replace(/\/+$/, '');
  if (path.endsWith('/')) throw noTarget(path, standing === 'file' ? 'it is a file' : 'there is no such folder');
  if (standing === 'file' && source.folder) throw noTarget(path, 'a folder cannot take the place of a file');
  return {folder: posix.dirname(plain), name: posix.basename(plain)};
}

export interface Copied {
  container: string;
  from: string;
  to: string;
}

/** Copies a file or a folder into a container or out of one. `dryRun`: says where it would end up. */
export async function copy(
  {world, signal}: {world: World; signal: AbortSignal},
  engine: Engine,
  [from, to]: readonly [Place, Place],
  dryRun: boolean,
): Promise<Copied> {
  const which = from.container ?? to.container;
  if (which === null || (from.container !== null && to.container !== null)) throw notBetween();
  const {id, name} = await findContainer(engine, which);
  const container = engine.docker.getContainer(id);
  return from.container === null
    ? into(world, container, {name, from: resolve(world.cwd, from.path), to: to.path, dryRun, signal})
    : outOf(world, container, {name, from: from.path, to: resolved(world, to.path), dryRun, signal});
}

interface Way {
  name: string;
  from: string;
  to: string;
  dryRun: boolean;
  signal: AbortSignal;
}

async function into(world: World, container: Container, {name, from, to, dryRun, signal}: Way): Promise<Copied> {
  const source = await world.stat(from);
  if (source.status !== 'ok' || !source.value.readable) throw noSource(from);
  const inside = absoluteInside(to);
  const there = await pathInside(container, inside);
  const standing = there === null ? 'nothing' : there.folder ? 'folder' : 'file';
  const isFolder = source.value.kind === 'folder';
  const target = copyTarget({name: posix.basename(from), folder: isFolder}, {path: inside, standing});
  if (standing === 'nothing' && !(await pathInside(container, target.folder))?.folder)
    throw noTarget(target.folder, 'there is no such folder in the container');
  const fresh = (await pathInside(container, posix.join(target.folder, target.name))) === null;
  if (!dryRun) await send(container, from, target, {fresh, signal});
  return {container: name, from, to: `${name}:${posix.join(target.folder, target.name)}`};
}

async function outOf(world: World, container: Container, {name, from, to, dryRun, signal}: Way): Promise<Copied> {
  const inside = absoluteInside(from);
  const source = await pathInside(container, inside);
  if (source === null) throw noSource(`${name}:${inside}`);
  const there = await world.stat(to);
  const standing = there.status !== 'ok' ? 'nothing' : there.value.kind === 'folder' ? 'folder' : 'file';
  const target = copyTarget(source, {path: to, standing});
  const parent = await world.stat(target.folder);
  if (parent.status !== 'ok' || parent.value.kind !== 'folder')
    throw noTarget(target.folder, 'there is no such folder');
  if (!parent.value.writable) throw noTarget(target.folder, 'you may not write there');
  if (!dryRun) await receive(container, inside, target, signal);
  return {container: name, from: `${name}:${inside}`, to: posix.join(target.folder, target.name)};
}

/** A path in a container begins at its project folder. */
const absoluteInside = (path: string): string => {
  const full = posix.resolve('/workspace', path);
  return path.endsWith('/') && full !== '/' ? `${full}/` : full;
};

const resolved = ({cwd}: World, path: string): string => {
  const full = resolve(cwd, path);
  return path.endsWith('/') && full !== '/' ? `${full}/` : full;
};

const notBetween = (): Failure =>
  new Failure({
    code: 'copy_ends',
    message: 'one end of a copy is in a container, the other on this machine',
    cause: 'a path in a container is NAME:PATH',
    fix: 'for example: gpudock cp gpudock-thesis:/workspace/out.csv .',
    exit: EXIT.usage,
  });

const noSource = (path: string): Failure =>
  new Failure({
    code: 'copy_source',
    message: `there is nothing to copy at ${path}`,
    cause: 'it is not there, or you may not read it',
    fix: 'name a file or a folder that is there',
  });

const noTarget = (path: string, cause: string): Failure =>
  new Failure({
    code: 'copy_target',
    message: `nothing can be copied to ${path}`,
    cause,
    fix: 'name a folder that is there, or a new name in one',
  });
