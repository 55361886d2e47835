import type {IncomingMessage} from 'node:http';
import {basename, dirname} from 'node:path';
import {PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Container} from 'dockerode';
import {refused} from './containers.js';
import {statusOf} from './errors.js';

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

/** Copies a file or folder of this machine into a container; there it belongs to the container's user. */
export async function send(container: Container, path: string, target: CopyTarget): Promise<void> {
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
    await Promise.all([pipeline(archive, body), container.putArchive(body, {path: target.folder})]);
  } catch (error) {
    throw await refused('the copy failed', error);
  }
}

/** Copies a file or folder out of a container; here it belongs to the caller. */
export async function receive(container: Container, path: string, target: CopyTarget): Promise<void> {
  const {default: tar} = await import('tar-fs');
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const name = basename(path);
  try {
    const archive = await container.getArchive({path});
    const files = tar.extract(target.folder, {
      map: header => ({...header, uid, gid, name: renamed(header.name, name, target.name)}),
    });
    await pipeline(archive, files);
  } catch (error) {
    throw await refused('the copy failed', error);
  }
}

/** An archive's entries begin with the name of what was copied. */
const renamed = (entry: string, name: string, wanted: string): string =>
  entry === name || entry.startsWith(`${name}/`) ? wanted + entry.slice(name.length) : entry;
