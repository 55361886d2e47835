import type {ImageConfig} from '../matrix/image-config.js';
import {parseReference, repositoryOf} from '../matrix/reference.js';
import {fields, textFields, texts} from '../world/document.js';

/** An image that the engine holds. */
export interface Held {
  config: ImageConfig;
  /** What its tag named when it was pulled, by repository. */
  digests: ReadonlyMap<string, string>;
}

/** What the engine's answer to an inspection says of an image; null: nothing that can be read. */
export function localImage(answer: unknown): Held | null {
  const {Architecture: architecture, Os: os, RepoDigests, Config} = fields(answer);
  const {Env, Labels} = fields(Config);
  const [env, labels, named] = [texts(Env ?? []), textFields(Labels ?? {}), texts(RepoDigests ?? [])];
  if (typeof architecture !== 'string' || typeof os !== 'string' || !env || !labels || !named) return null;
  const digests = named.flatMap(text => {
    const reference = parseReference(text);
    return reference?.digest ? [[repositoryOf(reference), reference.digest] as const] : [];
  });
  return {config: {architecture, os, env, labels}, digests: new Map(digests)};
}
