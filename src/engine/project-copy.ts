import {PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Container} from 'dockerode';
import type {Headers} from 'tar-fs';
import {refused} from './containers.js';

const INSIDE = '/workspace';

/**
 * Copies a folder to `/workspace` of a created container, where it belongs to the user inside. The function that comes
 * back copies what was made or changed there to the folder; nothing is deleted in it, and what did not change in the
 * container is left as it is here by then.
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
  const unchanged = (header: Headers): boolean => sent.get(plain(header.name)) === stamp(header);
  try {
    const archive = await container.getArchive({path: `${INSIDE}/.`});
    const files = tar.extract(folder, {
      map: header => ({...header, uid, gid}),
      ignore: (_, header) => header !== undefined && unchanged(header),
    });
    await pipeline(archive, files);
  } catch (error) {
    throw await refused('the project could not be copied back', error);
  }
}

const plain = (name: string): string => name.replace(/^(?:\.\/)+|\/+$/g, '') || '.';

/** A folder is changed by what is in it, which comes by itself. */
const stamp = ({type, size, mtime}: Headers): string =>
  type === 'directory' ? 'folder' : `${type} ${size} ${Math.floor((mtime?.getTime() ?? 0) / 1000)}`;
