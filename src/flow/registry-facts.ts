import {heldBytes, localLayers} from '../engine/local-layers.js';
import {isFailure} from '../failure.js';
import {describedBy} from '../matrix/image-config.js';
import type {Availability, ImageFacts} from '../matrix/image-facts.js';
import type {ImageReference} from '../matrix/reference.js';
import type {RegistryClient} from '../registry/client.js';
import {type Documents, openDocuments} from '../registry/documents.js';
import {type RegistryImage, readImage, recallImage} from '../registry/image.js';
import {pullRate} from '../registry/pull-rates.js';
import {type TroubleCode, troubleCode} from '../registry/trouble.js';
import type {World} from '../world/world.js';
import type {Asked} from './describe-images.js';

/** Adds to what is known of an image what its registry says. */
export type ReadFacts = (reference: ImageReference, known: ImageFacts) => Promise<ImageFacts>;

const ENGINE_TIMEOUT = 3_000;

/** The reader of one command: log-ins, limits and the engine's layers are read once. Offline, what was read before. */
export function registryReader(world: World, {architecture, online, engine, signal}: Omit<Asked, 'matrix'>): ReadFacts {
  const documents = openDocuments(world);
  let layers: ReturnType<typeof localLayers> | undefined;
  const reading: Reading = {
    answer: online ? answered(clientOf(world, signal), documents) : recalled(documents),
    architecture,
    async held(image) {
      layers ??= engine ? localLayers(world, ENGINE_TIMEOUT) : Promise.resolve(null);
      return heldBytes(image, await layers);
    },
    rateOf: registry => pullRate(world, registry),
  };
  return (reference, known) => fromRegistry(reading, reference, known);
}

/** What was read before needs no request, and none of what makes one. */
function clientOf(world: World, signal: AbortSignal): RegistryClient {
  let registries: Promise<RegistryClient> | undefined;
  return {
    async get(...question) {
      registries ??= import('./registry.js').then(({openRegistries}) => openRegistries(world, signal));
      return (await registries).get(...question);
    },
  };
}

type Answer = (
  reference: ImageReference,
  architecture: string,
) => Promise<{image: RegistryImage; availability: Availability} | null>;

const answered =
  (client: RegistryClient, documents: Documents): Answer =>
  async (reference, architecture) => ({
    image: await readImage(client, documents, reference, architecture),
    availability: {status: 'offered', detail: null},
  });

const recalled =
  (documents: Documents): Answer =>
  async (reference, architecture) => {
    const named = reference.digest === null ? await documents.tag(reference) : {digest: reference.digest, day: null};
    const image = named && (await recallImage(documents, {...reference, digest: named.digest}, architecture));
    return image && {image, availability: {status: 'recalled', detail: named.day}};
  };

interface Reading {
  /** Null: nothing is known of it. */
  answer: Answer;
  architecture(): Promise<string>;
  /** Bytes that the engine need not fetch; null: not known. */
  held(image: Parameters<typeof heldBytes>[0]): Promise<number | null>;
  /** Bytes a second; null: not measured. */
  rateOf(registry: string): Promise<number | null>;
}

async function fromRegistry(
  {answer, architecture, held, rateOf}: Reading,
  reference: ImageReference,
  known: ImageFacts,
): Promise<ImageFacts> {
  try {
    const told = await answer(reference, await architecture());
    if (told === null) return known;
    const {digest, architectures, image} = told.image;
    const found = {digest, availability: told.availability};
    if (image === null) return {...known, ...found, described: true, platforms: architectures};
    const {config, layers, compressed} = image;
    const here = await held({diffIds: config.diffIds, layers});
    const missing = here === null ? null : compressed - here;
    const rate = await rateOf(reference.domain);
    const seconds = rate === null ? null : (missing ?? compressed) / rate;
    return {...describedBy(config, known, architectures), ...found, size: {compressed, missing, seconds}};
  } catch (error) {
    const code = troubleCode(error);
    if (code === null || !(error instanceof Error)) throw error;
    const because = isFailure(error) && error.reason !== null ? ` (${error.reason})` : '';
    return {...known, availability: {status: STATUS[code] ?? 'silent', detail: `${error.message}${because}`}};
  }
}

const STATUS: Partial<Record<TroubleCode, Availability['status']>> = {
  manifest_unknown: 'missing',
  registry_auth: 'refused',
};
