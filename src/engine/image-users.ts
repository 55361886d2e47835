import {readFile as readLocal} from 'node:fs/promises';
import {join} from 'node:path';
import type {Container} from 'dockerode';
import {cacheFolder, replaceCached} from '../world/cache.js';
import {fields, textFields} from '../world/document.js';
import {readFile} from './container-file.js';

/** The texts of an image's /etc/passwd and /etc/group; empty where it has none. */
export interface ImageUsers {
  passwd: string;
  group: string;
}

/** Images that are remembered. */
const MOST = 32;
const ID = /^sha256:[0-9a-f]{64}$/;

/**
 * What the image of a container that never ran knows of users. The id of an image is the digest of what it holds: what was
 * read once need not be read again, which takes the engine as long as to create a container.
 */
export async function usersOfImage(container: Container): Promise<ImageUsers> {
  const file = join(cacheFolder(process.env), 'image-users.json');
  const [{Image: id}, known] = await Promise.all([container.inspect(), readKnown(file)]);
  const remembered = known.get(id);
  if (remembered !== undefined) return remembered;
  const [passwd, group] = await Promise.all([readFile(container, '/etc/passwd'), readFile(container, '/etc/group')]);
  const users = {passwd: passwd ?? '', group: group ?? ''};
  if (ID.test(id)) {
    const kept = [[id, users], ...known].slice(0, MOST);
    await replaceCached(file, JSON.stringify(Object.fromEntries(kept)));
  }
  return users;
}

async function readKnown(file: string): Promise<Map<string, ImageUsers>> {
  const text = await readLocal(file, 'utf8').catch(() => '{}');
  const entries = Object.entries(fields(parsed(text))).flatMap(([id, value]): [string, ImageUsers][] => {
    const {passwd, group} = textFields(value) ?? {};
    return passwd === undefined || group === undefined || !ID.test(id) ? [] : [[id, {passwd, group}]];
  });
  return new Map(entries);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
