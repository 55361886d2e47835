import {mkdir, rename, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import type {World} from './world.js';

/** Where gpudock keeps what can be had again: `$XDG_CACHE_HOME/gpudock`, else `~/.cache/gpudock`. */
export const cacheFolder = (env: World['env']): string =>
  join(env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), '.cache'), 'gpudock');

/** Whole or not at all: others may read at the same time. A cache that cannot be written is none. */
export async function replaceCached(file: string, content: string | Uint8Array): Promise<void> {
  const part = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), {recursive: true, mode: 0o700});
    await writeFile(part, content, {mode: 0o600});
    await rename(part, file);
  } catch {}
}
