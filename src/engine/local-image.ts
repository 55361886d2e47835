import * as z from 'zod';
import type {ImageConfig} from '../matrix/image-config.js';
import {type ImageReference, parseReference, repositoryOf} from '../matrix/reference.js';
import type {World} from '../world/world.js';

/** An image that the engine holds. */
export interface Held {
  config: ImageConfig;
  /** What its tag named when it was pulled, by repository. */
  digests: ReadonlyMap<string, string>;
}

const Inspect = z.object({
  Architecture: z.string(),
  Os: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Config: z.object({Labels: z.record(z.string(), z.string()).nullish(), Env: z.array(z.string()).nullish()}).nullish(),
  RootFS: z.object({Layers: z.array(z.string()).nullish()}).nullish(),
});
const Listed = z.array(z.object({Id: z.string().regex(/^sha256:[0-9a-f]{64}$/)}));

type Asking = Pick<World, 'engine'>;

/** Null where the engine does not hold the image, or does not answer. */
export async function localConfig(world: Asking, reference: ImageReference, timeout: number): Promise<Held | null> {
  const suffix = reference.digest === null ? `:${reference.tag ?? 'latest'}` : `@${reference.digest}`;
  const image = await inspected(world, `${repositoryOf(reference)}${suffix}`, timeout);
  if (image === null) return null;
  const digests = (image.RepoDigests ?? []).flatMap(text => {
    const named = parseReference(text);
    return named?.digest ? [[repositoryOf(named), named.digest] as const] : [];
  });
  const {Architecture: architecture, Os: os, Config} = image;
  return {
    config: {architecture, os, env: Config?.Env ?? [], labels: Config?.Labels ?? {}},
    digests: new Map(digests),
  };
}

async function inspected(world: Asking, name: string, timeout: number): Promise<z.infer<typeof Inspect> | null> {
  const answer = await world.engine(`/images/${name}/json`, timeout);
  return answer.status === 'ok' ? (Inspect.safeParse(answer.body).data ?? null) : null;
}

/** Images that are looked into, newest first, and how many at a time. */
const MOST = 400;
const WIDTH = 8;

/** The unpacked layers of each image that the engine holds, lowest first; null where it does not say. */
export async function localLayers(world: Asking, timeout: number): Promise<string[][] | null> {
  const answer = await world.engine('/images/json', timeout);
  const listed = answer.status === 'ok' ? Listed.safeParse(answer.body) : null;
  if (!listed?.success) return null;
  const ids = listed.data.slice(0, MOST).map(({Id}) => Id);
  const layers: string[][] = [];
  for (let from = 0; from < ids.length; from += WIDTH) {
    const images = await Promise.all(ids.slice(from, from + WIDTH).map(id => inspected(world, id, timeout)));
    layers.push(...images.map(image => image?.RootFS?.Layers ?? []));
  }
  return layers;
}

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
  const shared = Math.max(0, ...local.map(own => commonStart(own, diffIds)));
  // A layer that stands twice is sent, and counted, once.
  const sizes = new Map(layers.slice(0, shared).map(({digest, size}) => [digest, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
