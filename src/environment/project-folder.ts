import {join} from 'node:path';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';

/** What reading a project asks of the world. */
export type Files = Pick<World, 'env' | 'read' | 'stat' | 'cwd'>;

/** The owner of a project folder. Throws a Failure for one that cannot be read, written in or mounted. */
export async function usableFolder(world: Pick<World, 'stat'>, dir: string): Promise<{uid: number; gid: number}> {
  const facts = await world.stat(dir);
  if (facts.status === 'not-found')
    throw new Failure({
      code: 'folder_missing',
      message: `${dir} does not exist`,
      fix: `mkdir -p ${dir}, or name another folder`,
    });
  if (facts.status !== 'ok' || !facts.value.readable)
    throw new Failure({
      code: 'folder_unreadable',
      message: `${dir} cannot be read`,
      cause: 'you may not read it, or one of the folders above it',
      fix: `ls -ld ${dir}; ask its owner for access`,
    });
  if (facts.value.kind !== 'folder')
    throw new Failure({
      code: 'not_a_folder',
      message: `${dir} is not a folder`,
      fix: 'name the folder that holds the project',
    });
  if (!facts.value.writable)
    throw new Failure({
      code: 'folder_not_writable',
      message: `${dir} is not yours to write in`,
      cause: `it belongs to uid ${facts.value.uid}, and a notebook could not be saved there`,
      fix: `work in a folder of your own, or have it given to you: sudo chown -R $(id -u):$(id -g) ${dir}`,
    });
  if (dir.includes(':'))
    throw new Failure({
      code: 'folder_not_mountable',
      message: `${dir} cannot be mounted into a container`,
      cause: 'the colon in its path separates the parts of a mount',
      fix: 'rename it, or reach it by a link without a colon that you name instead',
    });
  return {uid: facts.value.uid, gid: facts.value.gid};
}

/** A file of the project, at most 1 MiB; null: it is not there. Throws `file_unreadable`. */
export async function readText(world: Files, dir: string, path: string): Promise<string | null> {
  const file = await world.read(join(dir, path), 1024 * 1024);
  if (file.status === 'not-found') return null;
  if (file.status !== 'ok')
    throw new Failure({
      code: 'file_unreadable',
      message: `${join(dir, path)} cannot be read`,
      fix: `ls -l ${join(dir, path)}; give yourself the right to read it`,
    });
  return Buffer.from(file.value)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}
