import {daemonsThatStoreIn, words} from '../../engine/daemon-process.js';
import type {World} from '../../world/world.js';

/**
 * The folders on the PATH of the Docker daemon that stores its data in `rootDir`; null where they cannot be told: only
 * root and the daemon's own user may read them.
 */
export async function daemonPath(world: Pick<World, 'list' | 'read'>, rootDir: string): Promise<string[] | null> {
  for await (const pid of daemonsThatStoreIn(world, rootDir)) {
    const path = (await words(world, `/proc/${pid}/environ`))?.find(entry => entry.startsWith('PATH='));
    if (path) return path.slice('PATH='.length).split(':').filter(Boolean);
  }
  return null;
}
