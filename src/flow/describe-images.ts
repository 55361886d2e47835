import {describedBy} from '../matrix/image-config.js';
import type {ImageFacts} from '../matrix/image-facts.js';
import {findImage, type Matrix, unlistedImage} from '../matrix/matrix.js';
import {type ImageReference, parseReference, repositoryOf} from '../matrix/reference.js';
import type {World} from '../world/world.js';
import type {ReadFacts} from './registry-facts.js';

/** What may be asked about images besides the matrix. */
export interface Asked {
  matrix: Matrix;
  /** Of the image that is meant where a name stands for several: `amd64`. */
  architecture(): Promise<string>;
  /** The registries; else only what they said before. */
  online: boolean;
  /** The engine of this machine, for images that it holds: not where another machine is meant. */
  engine: boolean;
  signal: AbortSignal;
}

const ENGINE_TIMEOUT = 3_000;
const HELD_IMAGES = '/images/json';
/** Images that are read at the same time. */
const WIDTH = 4;

/**
 * What is known of each image: by the engine that holds it, else by its registry, beside the matrix. `world`: one whose engine
 * is asked once (engine/asked-once.ts), since a question to it is asked ahead of who needs the answer.
 */
export async function describeImages(world: World, references: readonly string[], asked: Asked): Promise<ImageFacts[]> {
  const facts: ImageFacts[] = [];
  const describe = describer(world, asked);
  for (let from = 0; from < references.length; from += WIDTH) {
    facts.push(...(await Promise.all(references.slice(from, from + WIDTH).map(describe))));
  }
  return facts;
}

/** What all images of one command share is opened, and loaded, by the first that needs it. */
function describer(world: World, asked: Asked): (reference: string) => Promise<ImageFacts> {
  let registries: Promise<ReadFacts> | undefined;
  return async reference => {
    const known = findImage(asked.matrix, reference) ?? unlisted(asked.matrix, reference);
    const parsed = parseReference(reference);
    if (parsed === null) return known;
    const held = asked.engine ? await heldByEngine(world, parsed, known) : null;
    if (held !== null) return held;
    if (!asked.online && !(await wasRead(world, parsed))) return known;
    // Asked before the code that reads registries is there; the answer is for it.
    if (asked.engine && registries === undefined) void world.engine(HELD_IMAGES, ENGINE_TIMEOUT);
    registries ??= import('./registry-facts.js').then(({registryReader}) => registryReader(world, asked));
    return (await registries)(parsed, known);
  };
}

/** Whether its registry may have been read before: what such an answer takes to read is loaded for no other image. */
async function wasRead(world: World, reference: ImageReference): Promise<boolean> {
  if (reference.digest !== null) return true;
  const {openDocuments} = await import('../registry/documents.js');
  return (await openDocuments(world).tag(reference)) !== null;
}

/** A tag that no row has, in a repository that the matrix knows, is its publisher's. */
function unlisted(matrix: Matrix, reference: string): ImageFacts {
  const image = unlistedImage(reference);
  const repository = matrix.repositories.get(image.repository ?? '');
  if (repository === undefined) return image;
  const [framework = null, ...others] = repository.frameworks;
  return {...image, publisher: repository.publisher, framework: others.length === 0 ? framework : null};
}

async function heldByEngine(world: World, reference: ImageReference, known: ImageFacts): Promise<ImageFacts | null> {
  const suffix = reference.digest === null ? `:${reference.tag ?? 'latest'}` : `@${reference.digest}`;
  const answer = await world.engine(`/images/${repositoryOf(reference)}${suffix}/json`, ENGINE_TIMEOUT);
  if (answer.status !== 'ok') return null;
  const {localImage} = await import('../engine/local-image.js');
  const local = localImage(answer.body);
  if (local === null) return null;
  return {
    ...describedBy(local.config, known, [local.config.architecture]),
    digest: local.digests.get(repositoryOf(reference)) ?? null,
    availability: {status: 'local', detail: null},
    size: {compressed: null, missing: 0, seconds: null},
  };
}
