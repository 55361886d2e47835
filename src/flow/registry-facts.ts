import {heldBytes, localLayers} from '../engine/local-layers.js';
import {isFailure} from '../failure.js';
import {describedBy} from '../matrix/image-config.js';
import type {Availability, ImageFacts} from '../matrix/image-facts.js';
import type {ImageReference} from '../matrix/reference.js';
import type {RegistryClient} from '../registry/client.js';
import {type Documents, openDocuments} from '../registry/documents.js';
import {readImage} from '../registry/image.js';
import {pullRate} from '../registry/pull-rates.js';
import {type TroubleCode, troubleCode} from '../registry/trouble.js';
import type {World} from '../world/world.js';

/** Adds to what is known of an image what its registry says. */
export type ReadFacts = (reference: ImageReference, known: ImageFacts) => Promise<ImageFacts>;

const ENGINE_TIMEOUT = 3_000;

/** The reader of one command: log-ins, limits and the engine's layers are read once. */
export function registryReader(
  world: World,
  {architecture, engine, signal}: {architecture(): Promise<string>; engine: boolean; signal: AbortSignal},
): ReadFacts {
  // What was read before needs no request, and none of what makes one.
  let registries: Promise<RegistryClient> | undefined;
  const client: RegistryClient = {
    async get(...question) {
      registries ??= import('./registry.js').then(({openRegistries}) => openRegistries(world, signal));
      return (await registries).get(...question);
    },
  };
  const documents = openDocuments(world);
  let layers: ReturnType<typeof localLayers> | undefined;
  const held: Reading['held'] = async image => {
    layers ??= engine ? localLayers(world, ENGINE_TIMEOUT) : Promise.resolve(null);
    return heldBytes(image, await layers);
  };
  const rateOf: Reading['rateOf'] = registry => pullRate(world, registry);
  return (reference, known) => fromRegistry({client, documents, held, rateOf}, reference, known, architecture);
}

interface Reading {
  client: RegistryClient;
  documents: Documents;
  /** Bytes that the engine need not fetch; null: not known. */
  held(image: Parameters<typeof heldBytes>[0]): Promise<number | null>;
  /** Bytes a second; null: not measured. */
  rateOf(registry: string): Promise<number | null>;
}

async function fromRegistry(
  {client, documents, held, rateOf}: Reading,
  reference: ImageReference,
  known: ImageFacts,
  architecture: () => Promise<string>,
): Promise<ImageFacts> {
  try {
    const {digest, architectures, image} = await readImage(client, documents, reference, await architecture());
    const found = {digest, availability: {status: 'offered', detail: null}} as const;
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
