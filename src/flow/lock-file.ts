import {join, resolve} from 'node:path';
import {LOCK_FILE, type Lock, PREVIOUS_LOCK_FILE, readLock} from '../environment/lock.js';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';

const LIMIT = 32 * 1024 * 1024;

/** The lock of a project folder; null: it has none. Throws `invalid_lock`. */
export async function lockOf(world: Pick<World, 'read' | 'cwd'>, folder: string): Promise<Lock | null> {
  const file = await world.read(join(resolve(world.cwd, folder), LOCK_FILE), LIMIT);
  return file.status === 'ok' ? readLock(Buffer.from(file.value).toString('utf8')) : null;
}

/** Throws `lock_missing`. */
export async function requiredLock(world: Pick<World, 'read' | 'cwd'>, folder: string): Promise<Lock> {
  const lock = await lockOf(world, folder);
  if (lock !== null) return lock;
  throw new Failure({code: 'lock_missing', message: `${folder} has no ${LOCK_FILE}`, fix: 'gpudock lock'});
}

/** Writes the lock; one that was there stays beside it as the previous one. */
export async function replaceLock(dir: string, text: string): Promise<void> {
  const {copyFile, rename, writeFile} = await import('node:fs/promises');
  const path = join(dir, LOCK_FILE);
  await copyFile(path, join(dir, PREVIOUS_LOCK_FILE)).catch(error => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  // In one step: whoever reads it meanwhile sees the old one or the new one.
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Exchanges the lock and the one before it. Throws `lock_missing` when there is none before it. */
export async function rollBack(world: Pick<World, 'read' | 'cwd'>, folder: string): Promise<void> {
  const dir = resolve(world.cwd, folder);
  const previous = await world.read(join(dir, PREVIOUS_LOCK_FILE), LIMIT);
  if (previous.status !== 'ok')
    throw new Failure({
      code: 'lock_missing',
      message: `${folder} has no earlier lock`,
      cause: `${PREVIOUS_LOCK_FILE} is written by gpudock lock and gpudock upgrade`,
      fix: 'take an earlier gpudock.lock from version control',
    });
  await replaceLock(dir, Buffer.from(previous.value).toString('utf8'));
}
