import {buffer} from 'node:stream/consumers';
import type {Container} from 'dockerode';
import {newArchive, relative} from './container-file.js';
import {usersOfImage} from './image-users.js';

/** Who the container's user is, and what lies in the home folder. */
export interface Identity {
  uid: number;
  gid: number;
  name: string;
  home: string;
  /** `host` where the engine remaps users and this container's are not: see {@link modes}. */
  usernsMode: string | null;
  /** Files under `home`, readable by the user alone. */
  files: {path: string; text: string}[];
  shared: SharedFile[];
}

/** A file anywhere, readable by everybody. */
export interface SharedFile {
  path: string;
  content: Uint8Array;
}

/**
 * Gives an arbitrary user id a name and a home in a created, not yet started container: a passwd and a group entry and a
 * home folder. The image stays as it is, and nothing starts as root.
 */
export async function giveIdentity(container: Container, identity: Identity): Promise<void> {
  const {uid, gid, name, home, usernsMode} = identity;
  const {folder: folderMode, file: fileMode} = modes(usernsMode);
  const [{passwd, group}, archive] = await Promise.all([usersOfImage(container), newArchive()]);
  const entry = `${name}:x:${uid}:${gid}::${home}:/bin/sh`;
  archive.entry({name: 'etc/passwd', mode: 0o644}, withEntry(passwd, entry, uid));
  archive.entry({name: 'etc/group', mode: 0o644}, withEntry(group, `${name}:x:${gid}:`, gid));
  const own = {uid, gid};
  archive.entry({name: `${relative(home)}/`, type: 'directory', mode: folderMode, ...own});
  for (const folder of folders(identity.files.map(file => file.path)))
    archive.entry({name: `${relative(home)}/${folder}/`, type: 'directory', mode: folderMode, ...own});
  for (const {path, text} of identity.files)
    archive.entry({name: `${relative(home)}/${path}`, mode: fileMode, ...own}, text);
  for (const {path, content} of identity.shared)
    archive.entry({name: relative(path), mode: 0o644}, Buffer.from(content));
  archive.finalize();
  await container.putArchive(await buffer(archive), {path: '/'});
}

/**
 * An engine that remaps users gives what it unpacks to the remapped numbers, also in a container that is not remapped:
 * there the user is nobody's owner, and what is the user's is open to all who are inside.
 */
const modes = (usernsMode: string | null): {folder: number; file: number} =>
  usernsMode === 'host' ? {folder: 0o777, file: 0o644} : {folder: 0o700, file: 0o600};

/** Puts one file in the place of another of the user's. */
export async function putFile(
  container: Container,
  {path, text, uid, gid, usernsMode}: {path: string; text: string; usernsMode: string | null; uid: number; gid: number},
): Promise<void> {
  const archive = await newArchive();
  archive.entry({name: relative(path), mode: modes(usernsMode).file, uid, gid}, text);
  archive.finalize();
  await container.putArchive(await buffer(archive), {path: '/'});
}

/** An entry of this id replaces the image's own: one id has one name. */
function withEntry(text: string, entry: string, id: number): string {
  const name = entry.slice(0, entry.indexOf(':'));
  const others = text.split('\n').filter(line => {
    const [otherName, , otherId] = line.split(':');
    return line !== '' && otherId !== String(id) && otherName !== name;
  });
  return `${[...others, entry].join('\n')}\n`;
}

/** Every folder on the way to the files, outermost first. */
const folders = (paths: readonly string[]): string[] => [
  ...new Set(
    paths.flatMap(path =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, depth, parts) => parts.slice(0, depth + 1).join('/')),
    ),
  ),
];
