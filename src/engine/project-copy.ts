import {lstat, rm, rmdir} from 'node:fs/promises';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Container} from 'dockerode';
import type {Headers} from 'tar-fs';
import {refused} from './containers.js';

const INSIDE = '/workspace';

/**
 * Copies a folder to `/workspace` of a created container, where it belongs to the user inside. The function that comes
 * back copies what was made or changed there to the folder, and deletes what was deleted there and is here as it was sent;
 * what did not change in the container is left as it is here by then.
 */
export async function copyProject(
  container: Container,
  folder: string,
  {uid, gid}: {uid: number; gid: number},
): Promise<() => Promise<void>> {
  const {default: tar} = await import('tar-fs');
  const sent = new Map<string, string>();
  const archive = tar.pack(folder, {
    map: header => {
      sent.set(plain(header.name), stamp(header));
      return {...header, uid, gid};
    },
  });
  try {
    const body = new PassThrough();
    await Promise.all([pipeline(archive, body), container.putArchive(body, {path: INSIDE})]);
  } catch (error) {
    throw await refused('the project could not be copied to the engine', error);
  }
  return () => copyBack(container, folder, sent);
}

async function copyBack(container: Container, folder: string, sent: ReadonlyMap<string, string>): Promise<void> {
  const {default: tar} = await import('tar-fs');
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const there = new Set<string>();
  const unchanged = (header: Headers): boolean => {
    there.add(plain(header.name));
    return sent.get(plain(header.name)) === stamp(header);
  };
  try {
    const archive = await container.getArchive({path: `${INSIDE}/.`});
    const files = tar.extract(folder, {
      map: header => ({...header, uid, gid}),
      ignore: (_, header) => header !== undefined && unchanged(header),
    });
    await pipeline(archive, files);
    const deleted = [...sent.keys()].filter(name => !there.has(name));
    // What is in a folder comes before it.
    for (const name of deleted.sort().reverse()) await deleteUnchanged(join(folder, name), sent.get(name));
  } catch (error) {
    throw await refused('the project could not be copied back', error);
  }
}

/** A folder with something new in it stays, and so does a file that was changed here meanwhile. */
async function deleteUnchanged(path: string, sent: string | undefined): Promise<void> {
  const facts = await lstat(path).catch(() => null);
  if (facts?.isDirectory()) await rmdir(path).catch(() => {});
  else if (facts !== null && sent?.endsWith(` ${Math.floor(facts.mtimeMs / 1000)}`)) await rm(path);
}

const plain = (name: string): string => name.replace(/^(?:\.\/)+|\/+$/g, '') || '.';

/** A folder is changed by what is in it, which comes by itself. */
const stamp = ({type, size, mtime}: Headers): string =>
  type === 'directory' ? 'folder' : `${type} ${size} ${Math.floor((mtime?.getTime() ?? 0) / 1000)}`;
