import {spawn} from 'node:child_process';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Engine} from '../engine/connect.js';
import {removeContainer} from '../engine/containers.js';
import {giveIdentity, type Identity} from '../engine/identity.js';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {LABEL} from '../labels.js';

export interface TreeSource {
  engine: Engine;
  image: string;
  /** The user's name and home, as a container is given them. */
  identity: Identity;
}

/** Unpacks an image's whole file tree into `folder`, for a run of the same files without a container. */
export async function unpackTree(
  {engine, image, identity}: TreeSource,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, {recursive: true});
  const container = await engine.docker.createContainer({
    Image: image,
    Cmd: ['true'],
    Labels: {[LABEL.purpose]: 'bench'},
  });
  try {
    await giveIdentity(container, identity);
    await unpack(await container.export(), folder, signal);
  } finally {
    await removeContainer(engine, container.id, true);
  }
}

/** Throws `bench_tree_failed`; nothing writes to the folder any more once this is over, whatever its end. */
async function unpack(archive: NodeJS.ReadableStream, folder: string, signal: AbortSignal): Promise<void> {
  // An ordinary user can make no device files, and needs none: /dev is the host's.
  const tar = spawn('tar', ['-x', '--exclude=dev/*', '-C', folder], {stdio: ['pipe', 'ignore', 'pipe']});
  let said = '';
  tar.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-LONGEST);
  });
  const ended = new Promise<string>(resolve => {
    tar.on('close', exit => resolve(exit === 0 ? '' : `tar ended with exit code ${exit}: ${said.trim()}`));
    tar.on('error', ({message}) => resolve(message));
  });
  const piped = await pipeline(archive, tar.stdin, {signal}).catch((error: Error) => {
    tar.kill();
    return error.message;
  });
  const cause = (await ended) || piped;
  if (signal.aborted) throw interrupted('the benchmark');
  if (cause)
    throw new Failure({
      code: 'bench_tree_failed',
      message: 'the image’s files could not be unpacked for the host’s side',
      cause,
      fix: 'look at the free space of the cache folder, or compare with --mode as-shipped',
    });
}

const LONGEST = 500;

export interface TreeOptions {
  programs: string;
  tree: string;
  /** `uid:gid`; root alone can become it. */
  user: string;
  /** `SOURCE:TARGET` */
  binds: readonly string[];
  /** The whole environment, `NAME=VALUE`. */
  env: readonly string[];
}

/** The way into a tree: a private mount table and a changed root, no other namespace. Root needs no more; others get a user namespace. */
export function treePrefix({programs, tree, user, binds, env}: TreeOptions): (folder: string) => string[] {
  const root = process.getuid?.() === 0;
  const unshare = ['unshare', ...(root ? [] : ['--user', '--map-root-user']), '--mount', '--propagation', 'private'];
  const enter = ['sh', join(programs, 'enter.sh'), tree, root ? user : ''];
  return folder => [...unshare, ...enter, folder, ...binds, '--', ...env];
}
