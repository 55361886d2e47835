import {join} from 'node:path';
import {cacheFolder, replaceCached} from '../world/cache.js';
import {every, fields, texts} from '../world/document.js';
import type {World} from '../world/world.js';

const ID = /^sha256:[0-9a-f]{64}$/;

function idOf(image: unknown): string | undefined {
  const {Id} = fields(image);
  return typeof Id === 'string' && ID.test(Id) ? Id : undefined;
}

type Asking = Pick<World, 'engine' | 'env' | 'read'>;

/** Images that are looked into, newest first, and how many at a time. */
const MOST = 400;
const WIDTH = 8;

/** Layers by the id of their image. */
type Known = ReadonlyMap<string, readonly string[]>;

/**
 * The unpacked layers of each image that the engine holds, lowest first, shortened; null where it does not say. The id
 * of an image is the digest of its config, which names its layers: what was asked once need not be asked again.
 */
export async function localLayers(world: Asking, timeout: number): Promise<(readonly string[])[] | null> {
  const answer = await world.engine('/images/json', timeout);
  const listed = answer.status === 'ok' ? every(answer.body, idOf) : undefined;
  if (listed === undefined) return null;
  const ids = listed.slice(0, MOST);
  const known = await readKnown(world);
  const unknown = ids.filter(id => !known.has(id));
  const layers = new Map([...known, ...(await inspected(world, unknown, timeout))]);
  if (unknown.length > 0) await keep(world, new Map([...layers].filter(([id]) => ids.includes(id))));
  return ids.map(id => layers.get(id) ?? []);
}

async function inspected(world: Asking, ids: readonly string[], timeout: number): Promise<[string, string[]][]> {
  const found: [string, string[]][] = [];
  for (let from = 0; from < ids.length; from += WIDTH) {
    const some = ids.slice(from, from + WIDTH);
    const answers = await Promise.all(some.map(id => world.engine(`/images/${id}/json`, timeout)));
    for (const [at, answer] of answers.entries()) {
      const layers = answer.status === 'ok' ? texts(fields(fields(answer.body).RootFS).Layers ?? []) : undefined;
      const id = some[at];
      if (id !== undefined && layers !== undefined) found.push([id, layers.map(short)]);
    }
  }
  return found;
}

/** So much of a digest tells layers apart; the whole of them would be several times as much to read. */
const short = (digest: string): string => digest.slice(-64).slice(0, 16);

/** An image a line: its id, then its layers. */
const LINE = /^sha256:[0-9a-f]{64}(?: [0-9a-f]{16})*$/;
const LIMIT = 1024 * 1024;
const fileOf = (env: World['env']): string => join(cacheFolder(env), 'engine-layers.txt');

async function readKnown({env, read}: Asking): Promise<Known> {
  const file = await read(fileOf(env), LIMIT);
  const text = file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : '';
  const lines = text.split('\n').filter(line => LINE.test(line));
  return new Map(
    lines.map(line => {
      const [id = '', ...layers] = line.split(' ');
      return [id, layers];
    }),
  );
}

const keep = ({env}: Asking, known: Known): Promise<void> =>
  replaceCached(fileOf(env), [...known].map(([id, layers]) => `${[id, ...layers].join(' ')}\n`).join(''));

/**
 * Compressed bytes of an image that a pull would not fetch, because the engine has those layers. An engine has a layer
 * only with all those below it: layers are stored by the chain of their digests (opencontainers/image-spec, config.md,
 * ChainID). Null where it does not say what it has, or a layer has no partner.
 */
export function heldBytes(
  {diffIds, layers}: {diffIds: readonly string[]; layers: readonly {digest: string; size: number}[]},
  local: readonly (readonly string[])[] | null,
): number | null {
  if (local === null || diffIds.length !== layers.length) return null;
  const shared = Math.max(0, ...local.map(own => commonStart(own, diffIds.map(short))));
  // A layer that stands twice is sent, and counted, once.
  const sizes = new Map(layers.slice(0, shared).map(({digest, size}) => [digest, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
