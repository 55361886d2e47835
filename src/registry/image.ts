import type {ImageReference} from '../matrix/reference.js';
import type {Reply} from './ask.js';
import type {RegistryClient} from './client.js';
import {type Documents, digestOf} from './documents.js';
import {
  architecturesOf,
  chooseEntry,
  type Descriptor,
  DIGEST,
  MANIFEST_TYPES,
  type Manifest,
  parseConfig,
  parseManifest,
  type RegistryConfig,
} from './manifest.js';
import {trouble} from './trouble.js';

/** What a registry tells of an image without a byte of its layers. */
export interface RegistryImage {
  /** What the reference names: an index, or an image. */
  digest: string;
  architectures: string[];
  /** The image for the architecture that was asked for; null: there is none. */
  image: {config: RegistryConfig; layers: Descriptor[]; compressed: number} | null;
}

/** Bytes; the distribution specification asks registries to take manifests of 4 MiB. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
const CONFIG_LIMIT = 8 * 1024 * 1024;

/**
 * Reads an image's manifest and config: three requests at most, besides a log-in; none for what was read before by
 * digest, one HEAD for a tag that was. Every document is held against its digest. Throws a trouble.
 */
export async function readImage(
  client: RegistryClient,
  documents: Documents,
  reference: ImageReference,
  architecture: string,
): Promise<RegistryImage> {
  const {digest, body} = await named(client, documents, reference);
  const manifest = parseManifest(body);
  if (manifest.kind === 'image') {
    const image = await contentOf(client, documents, reference, manifest);
    const own = image.config.architecture;
    return {digest, architectures: [own], image: own === architecture && image.config.os === 'linux' ? image : null};
  }
  const architectures = architecturesOf(manifest.entries);
  const entry = chooseEntry(manifest.entries, architecture);
  if (entry === null) return {digest, architectures, image: null};
  const chosen = parseManifest(await byDigest(client, documents, reference, 'manifests', entry));
  if (chosen.kind === 'index') throw trouble('image_not_supported', 'the index names another index');
  return {digest, architectures, image: await contentOf(client, documents, reference, chosen)};
}

/** The same of what was read before, without a question: null where a part of it was not. */
export async function recallImage(
  documents: Documents,
  reference: ImageReference & {digest: string},
  architecture: string,
): Promise<RegistryImage | null> {
  let lacking = false;
  const nobody: RegistryClient = {
    get() {
      lacking = true;
      return Promise.reject(trouble('registry_unreachable', 'no registry is asked'));
    },
  };
  try {
    return await readImage(nobody, documents, reference, architecture);
  } catch (error) {
    if (lacking) return null;
    throw error;
  }
}

async function contentOf(
  client: RegistryClient,
  documents: Documents,
  reference: ImageReference,
  {config, layers}: Extract<Manifest, {kind: 'image'}>,
): Promise<NonNullable<RegistryImage['image']>> {
  const parsed = parseConfig(await byDigest(client, documents, reference, 'blobs', config));
  // A layer that stands twice is sent once.
  const sizes = new Map([config, ...layers].map(({digest, size}) => [digest, size]));
  return {config: parsed, layers, compressed: [...sizes.values()].reduce((sum, size) => sum + size, 0)};
}

interface Named {
  digest: string;
  body: Buffer;
}

/** What the reference names: by its digest, else by its tag, which is asked for anew each time. */
async function named(client: RegistryClient, documents: Documents, reference: ImageReference): Promise<Named> {
  if (reference.digest !== null) {
    const digest = reference.digest;
    if (!DIGEST.test(digest)) throw trouble('image_not_supported', 'a digest of this kind cannot be verified');
    return {digest, body: await byDigest(client, documents, reference, 'manifests', {digest, size: null})};
  }
  const path = `manifests/${reference.tag ?? 'latest'}`;
  const question = {path, accept: MANIFEST_TYPES, limit: MANIFEST_LIMIT};
  if ((await documents.tag(reference)) !== null) {
    const head = await client.get(reference, {...question, method: 'HEAD'});
    const digest = head.header('docker-content-digest') ?? '';
    const body = DIGEST.test(digest) ? await documents.read(reference, digest) : null;
    if (body !== null) {
      await documents.rememberTag(reference, digest);
      return {digest, body};
    }
  }
  const reply = await client.get(reference, question);
  const digest = verified(reply);
  await documents.write(reference, digest, reply.body);
  await documents.rememberTag(reference, digest);
  return {digest, body: reply.body};
}

/** The digest of an answer, which must be the one the registry names for it. */
function verified({header, body}: Reply): string {
  const said = header('docker-content-digest') ?? '';
  const digest = digestOf(body, said);
  if (DIGEST.test(said) && digest !== said) throw wrongDigest('manifest');
  return digest;
}

const wrongDigest = (what: string): Error =>
  trouble('registry_answer_invalid', `the ${what} that the registry sent does not match its digest`);

async function byDigest(
  client: RegistryClient,
  documents: Documents,
  reference: ImageReference,
  kind: 'manifests' | 'blobs',
  {digest, size}: {digest: string; size: number | null},
): Promise<Buffer> {
  const known = await documents.read(reference, digest);
  if (known !== null) return known;
  const limit = kind === 'blobs' ? CONFIG_LIMIT : MANIFEST_LIMIT;
  if (size !== null && size > limit)
    throw trouble('registry_answer_invalid', `a ${kind.slice(0, -1)} of ${size} bytes`);
  const {body} = await client.get(reference, {
    path: `${kind}/${digest}`,
    ...(kind === 'manifests' ? {accept: MANIFEST_TYPES} : {}),
    limit: Math.min(limit, size ?? limit),
  });
  if (digestOf(body, digest) !== digest) throw wrongDigest(kind === 'blobs' ? 'config' : 'manifest');
  await documents.write(reference, digest, body);
  return body;
}
