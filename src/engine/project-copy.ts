import {basename} from 'node:path';
import {PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Container} from 'dockerode';
import type {Headers} from 'tar-fs';
import {HOME} from '../launch/plan.js';
import type {ContainerUser} from '../launch/user.js';
import {readFile} from './container-file.js';
import {refused} from './containers.js';
import {putFile} from './identity.js';

export const INSIDE = '/workspace';
/** What comes back is gathered beside the project's files first; one that was cut off may have left some. */
export const STAGING = '.gpudock-back-';
/** In the container: by it the way back is found by whichever gpudock stops it. */
const SENT = `${HOME}/.gpudock-project.json`;

/** What each file was like when it was sent, by its path below the project. */
export type Stamps = ReadonlyMap<string, string>;

/** Copies a folder to `/workspace` of a created container, where it belongs to the user inside. */
export async function sendProject(container: Container, folder: string, user: ContainerUser): Promise<void> {
  const {default: tar} = await import('tar-fs');
  const {uid, gid} = user;
  const sent = new Map<string, string>();
  const archive = tar.pack(folder, {
    strict: false,
    ignore: path => basename(path).startsWith(STAGING),
    map: header => {
      sent.set(plain(header.name), stamp(header));
      return {...header, uid, gid};
    },
  });
  try {
    const body = new PassThrough();
    await Promise.all([pipeline(archive, body), container.putArchive(body, {path: INSIDE})]);
    await putStamps(container, sent, user);
  } catch (error) {
    throw await refused('the project could not be copied to the engine', error);
  }
}

type Owner = Pick<ContainerUser, 'uid' | 'gid' | 'usernsMode'>;

export const putStamps = (container: Container, stamps: Stamps, {uid, gid, usernsMode}: Owner): Promise<void> =>
  putFile(container, {path: SENT, text: JSON.stringify([...stamps]), uid, gid, usernsMode});

/** Programs inside could have written it: what names no file below the project is not taken from it. */
export async function readStamps(container: Container): Promise<Stamps> {
  const text = await readFile(container, SENT);
  const entries: unknown = text === null ? [] : JSON.parse(text);
  if (!Array.isArray(entries)) return new Map();
  return new Map(entries.filter(isStamp));
}

const isStamp = (entry: unknown): entry is [string, string] =>
  Array.isArray(entry) && entry.every(word => typeof word === 'string') && isBelow(entry[0] ?? '/');

export const isBelow = (name: string): boolean => !name.startsWith('/') && !name.split('/').includes('..');

export const plain = (name: string): string => name.replace(/^(?:\.\/)+|\/+$/g, '') || '.';

/** A folder is changed by what is in it, which comes by itself. */
export const stamp = ({type, size, mtime}: Pick<Headers, 'type' | 'size' | 'mtime'>): string =>
  type === 'directory' ? 'folder' : `${type} ${size} ${Math.floor((mtime?.getTime() ?? 0) / 1000)}`;
