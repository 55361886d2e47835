import {cp, lstat, mkdir, mkdtemp, rename, rm, symlink} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import {basename, dirname, join} from 'node:path';
import {PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Container} from 'dockerode';
import {interrupted} from '../interrupt.js';
import {refused} from './containers.js';
import {statusOf} from './errors.js';
import {execOutput} from './inside.js';

/** What a path in a container is. */
export interface PathInside {
  name: string;
  folder: boolean;
}

/** Go's bit for a folder in a file mode (io/fs, ModeDir), as the engine's header has it. */
const MODE_DIR = 2 ** 31;
/** A symbolic link. */
const MODE_LINK = 2 ** 27;

/** `HEAD /containers/ID/archive`; a link at the end of the path is followed once. null: there is nothing. */
export async function pathInside(container: Container, path: string): Promise<PathInside | null> {
  const stat = await statInside(container, path);
  if (stat === null || !stat.link) return stat;
  return (await statInside(container, stat.target)) ?? stat;
}

async function statInside(
  container: Container,
  path: string,
): Promise<(PathInside & {link: boolean; target: string}) | null> {
  try {
    const answer = (await container.infoArchive({path})) as IncomingMessage;
    // A connection whose answer is not read to its end keeps this program alive.
    answer.resume();
    const header = String(answer.headers['x-docker-container-path-stat'] ?? '');
    const {name, mode, linkTarget} = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as {
      name: string;
      mode: number;
      linkTarget: string;
    };
    const has = (bit: number): boolean => Math.floor(mode / bit) % 2 === 1;
    return {name, folder: has(MODE_DIR), link: has(MODE_LINK), target: linkTarget};
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw await refused(`${path} cannot be looked at in the container`, error);
  }
}

/** Where a copy ends up. */
export interface CopyTarget {
  folder: string;
  name: string;
}

/**
 * Copies a file or folder of this machine into a container; there it belongs to the container's user. What an interrupt
 * cuts off is taken away again where nothing was there before (`fresh`) and the container runs.
 */
export async function send(
  container: Container,
  path: string,
  target: CopyTarget,
  {fresh, signal}: {fresh: boolean; signal: AbortSignal},
): Promise<void> {
  const {default: tar} = await import('tar-fs');
  const {Config} = await container.inspect();
  const [uid = 0, gid = uid] = Config.User.split(':').map(Number);
  const name = basename(path);
  const archive = tar.pack(dirname(path), {
    entries: [name],
    map: header => ({...header, uid, gid, name: renamed(header.name, name, target.name)}),
  });
  try {
    const body = new PassThrough();
    const abortSignal = signal;
    await Promise.all([
      pipeline(archive, body, {signal}),
      container.putArchive(body, {path: target.folder, abortSignal}),
    ]);
  } catch (error) {
    if (fresh) await takeAway(container, join(target.folder, target.name)).catch(() => {});
    throw signal.aborted ? interrupted('the copy') : await refused('the copy failed', error);
  }
}

/** The engine answers the look once it has let go of the archive; half a file is still root's. */
async function takeAway(container: Container, path: string): Promise<void> {
  if ((await pathInside(container, path)) !== null) await execOutput(container, ['rm', '-rf', '--', path], '0');
}

/** Copies a file or folder out of a container; here it belongs to the caller. It appears whole or not at all. */
export async function receive(
  container: Container,
  path: string,
  target: CopyTarget,
  signal: AbortSignal,
): Promise<void> {
  const {default: tar} = await import('tar-fs');
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const name = basename(path);
  const partial = await mkdtemp(join(target.folder, '.gpudock-cp-'));
  try {
    const archive = await container.getArchive({path, abortSignal: signal});
    const links: Link[] = [];
    const files = tar.extract(partial, {
      map: header => ({...header, uid, gid, name: renamed(header.name, name, target.name)}),
      ignore: (place, header) => {
        if (header?.type !== 'symlink') return false;
        links.push({place, to: 'linkname' in header ? String(header.linkname) : ''});
        return true;
      },
    });
    await pipeline(archive, files, {signal});
    await makeLinks(links);
    await putInPlace(join(partial, target.name), join(target.folder, target.name));
  } catch (error) {
    throw signal.aborted ? interrupted('the copy') : await refused('the copy failed', error);
  } finally {
    await rm(partial, {recursive: true, force: true});
  }
}

interface Link {
  place: string;
  to: string;
}

/**
 * A link may lead to wherever it does inside, as that of a virtual environment to its interpreter. Made after all else and
 * the deepest first, none is a way for another entry out of the folder.
 */
async function makeLinks(links: readonly Link[]): Promise<void> {
  const depth = ({place}: Link): number => place.split('/').length;
  for (const {place, to} of [...links].sort((a, b) => depth(b) - depth(a))) {
    await mkdir(dirname(place), {recursive: true});
    await symlink(to, place);
  }
}

/** A folder that is there keeps what else it has, as with `cp -r`. */
async function putInPlace(from: string, to: string): Promise<void> {
  const standing = await lstat(to).catch(() => null);
  if (!standing?.isDirectory()) return rename(from, to);
  await cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: async (source, place) => {
      // Where a link stands already, node compares what the two lead to, and may refuse.
      if ((await isLink(source)) && (await isLink(place))) await rm(place);
      return true;
    },
  });
}

const isLink = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(() => null))?.isSymbolicLink() === true;

/** An archive's entries begin with the name of what was copied. */
const renamed = (entry: string, name: string, wanted: string): string =>
  entry === name || entry.startsWith(`${name}/`) ? wanted + entry.slice(name.length) : entry;
