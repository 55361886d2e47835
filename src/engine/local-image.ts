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
});

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
