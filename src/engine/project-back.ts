import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
} from 'node:fs/promises';
import {dirname, join, sep} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Container} from 'dockerode';
import type {Headers} from 'tar-fs';
import {Failure} from '../failure.js';
import {reasonOf} from './errors.js';
import {INSIDE, isBelow, plain, putStamps, readStamps, STAGING, type Stamps, stamp} from './project-copy.js';

/** An archive's header, with where a link leads. */
interface Entry extends Headers {
  linkname?: string | null;
}

/** A container that has a copy of a project. */
export interface CopyPlace {
  container: Container;
  name: string;
  /** The project's folder on this machine. */
  folder: string;
}

/**
 * Brings back what was made or changed in a container's copy of a project, and deletes what was deleted there and is here as
 * it was sent. What did not change in the container is left as it is here by now. Returns the files that were changed here
 * too: they stay, and the container's lie beside them. A second time finds nothing more. Throws `project_not_back`.
 */
export async function bringBack({container, name, folder}: CopyPlace): Promise<string[]> {
  const staging = await mkdtemp(join(folder, STAGING)).catch(error => {
    throw notBack(name, error);
  });
  try {
    const sent = await readStamps(container);
    const entries = await gathered(container, staging, sent);
    const there = new Map(entries.map(header => [header.name, stamp(header)]));
    // What is in a folder comes before it.
    const gone = [...sent.keys()]
      .filter(path => !there.has(path))
      .sort()
      .reverse();
    for (const path of gone) await deleteUnchanged(folder, path, sent.get(path));
    const beside: string[] = [];
    for (const header of entries.filter(each => isKept(each) && sent.get(each.name) !== stamp(each))) {
      const target = await targetOf(folder, header, sent.get(header.name), name);
      if (target === null) continue;
      await putInPlace(staging, header, join(folder, target));
      if (target !== header.name) beside.push(target);
    }
    await putStamps(container, there, await ownerInside(container));
    return beside;
  } catch (error) {
    throw notBack(name, error);
  } finally {
    await rm(staging, {recursive: true, force: true});
  }
}

/** Everything that is in the copy; the files that changed lie in `staging`, whole, before one of the project's is touched. */
async function gathered(container: Container, staging: string, sent: Stamps): Promise<Entry[]> {
  const {default: tar} = await import('tar-fs');
  const {uid, gid} = await stat(dirname(staging));
  const entries: Entry[] = [];
  const archive = await container.getArchive({path: `${INSIDE}/.`});
  const files = tar.extract(staging, {
    map: header => ({...header, uid, gid}),
    ignore: (_, header) => {
      if (header === undefined) return true;
      const entry = {...header, name: plain(header.name)};
      entries.push(entry);
      return sent.get(entry.name) === stamp(entry) || !['file', 'directory'].includes(entry.type ?? '');
    },
  });
  await pipeline(archive, files);
  // A second name of a file becomes a file of its own; the first may be unchanged, and lie here alone.
  for (const {name, linkname} of entries.filter(({type}) => type === 'link')) {
    const first = plain(linkname ?? '');
    const from = (await isThere(join(staging, first))) ? staging : dirname(staging);
    await mkdir(dirname(join(staging, name)), {recursive: true});
    if (isBelow(first)) await copyFile(join(from, first), join(staging, name));
  }
  return entries;
}

/** Devices and pipes are nobody's work. */
const isKept = ({type}: Entry): boolean => ['file', 'directory', 'symlink', 'link'].includes(type ?? '');

/** Where an entry of the copy goes, below the project; null: it is here already, or its place is outside. */
async function targetOf(
  folder: string,
  header: Entry,
  sent: string | undefined,
  container: string,
): Promise<string | null> {
  const {name} = header;
  if (name === '.' || !(await leadsInto(folder, name))) return null;
  const here = await stampHere(join(folder, name));
  if (here === null || here === sent) return name;
  return here === stamp(header) ? null : `${name}.from-${container}`;
}

async function putInPlace(staging: string, {name, type, linkname, mode, mtime}: Entry, target: string): Promise<void> {
  if (type === 'directory') {
    await mkdir(target, {recursive: true});
    await chmod(target, (mode ?? 0o755) & 0o777);
    return;
  }
  await mkdir(dirname(target), {recursive: true});
  if (type !== 'symlink') return rename(join(staging, name), target);
  await rm(target, {force: true});
  await symlink(linkname ?? '', target);
  await lutimes(target, new Date(), mtime ?? new Date());
}

/** A folder with something new in it stays, and so does a file that was changed here meanwhile. */
async function deleteUnchanged(folder: string, path: string, sent: string | undefined): Promise<void> {
  const full = join(folder, path);
  if (!(await leadsInto(folder, path))) return;
  const here = await stampHere(full);
  if (here === 'folder') await rmdir(full).catch(() => {});
  else if (here !== null && here === sent) await rm(full);
}

/** Whether the way to a path goes by folders of the project, and not by a link to somewhere else. */
async function leadsInto(folder: string, path: string): Promise<boolean> {
  const [root, parent] = await Promise.all([realpath(folder), nearest(dirname(join(folder, path)))]);
  return parent === root || parent.startsWith(root + sep);
}

/** The real path of a folder, or of the nearest one above it that is there. */
const nearest = (path: string): Promise<string> => realpath(path).catch(() => nearest(dirname(path)));

async function stampHere(path: string): Promise<string | null> {
  const facts = await lstat(path).catch(() => null);
  if (facts === null) return null;
  const type = facts.isDirectory() ? 'directory' : facts.isSymbolicLink() ? 'symlink' : 'file';
  return stamp({type, size: type === 'symlink' ? 0 : facts.size, mtime: facts.mtime});
}

const isThere = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

async function ownerInside(container: Container): Promise<{uid: number; gid: number; usernsMode: string | null}> {
  const {Config, HostConfig} = await container.inspect();
  const [uid = 0, gid = uid] = Config.User.split(':').map(Number);
  return {uid, gid, usernsMode: HostConfig.UsernsMode || null};
}

const notBack = (name: string, error: unknown): Failure =>
  new Failure(
    {
      code: 'project_not_back',
      message: `what has changed in ${name} could not be copied back`,
      cause: reasonOf(error),
      fix: `it is still there: gpudock stop ${name} tries again`,
    },
    {cause: error},
  );
