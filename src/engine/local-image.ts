import * as z from 'zod';
import type {ImageConfig} from '../matrix/image-config.js';
import {parseReference, repositoryOf} from '../matrix/reference.js';

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

/** What the engine's answer to an inspection says of an image; null: nothing that can be read. */
export function localImage(answer: unknown): Held | null {
  const {data} = Inspect.safeParse(answer);
  if (data === undefined) return null;
  const digests = (data.RepoDigests ?? []).flatMap(text => {
    const named = parseReference(text);
    return named?.digest ? [[repositoryOf(named), named.digest] as const] : [];
  });
  const {Architecture: architecture, Os: os, Config} = data;
  return {
    config: {architecture, os, env: Config?.Env ?? [], labels: Config?.Labels ?? {}},
    digests: new Map(digests),
  };
}
