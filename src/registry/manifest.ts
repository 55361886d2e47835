import * as z from 'zod';
import type {ImageConfig} from '../matrix/image-config.js';
import {trouble} from './trouble.js';

/** The four kinds that are read (opencontainers/image-spec; Docker image manifest version 2, schema 2). */
export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];

/** Digests of the kinds that can be verified. */
export const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

const Digest = z.string().regex(DIGEST);
const Size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const Descriptor = z.object({mediaType: z.string().optional(), digest: Digest, size: Size});
export type Descriptor = z.infer<typeof Descriptor>;

/** As Go names them; what is longer is none, and would be shown to people. */
const Word = z.string().regex(/^[\w.]{0,32}$/);
const Platform = z.object({architecture: Word, os: Word, variant: Word.nullish()});
const Entry = Descriptor.extend({platform: Platform.nullish()});
type Entry = z.infer<typeof Entry>;

export type Manifest = {kind: 'index'; entries: Entry[]} | {kind: 'image'; config: Descriptor; layers: Descriptor[]};

const some = z.unknown().optional();
const Named = z.object({schemaVersion: some, manifests: some, layers: some});
const Index = z.object({manifests: z.array(Entry)});
const Image = z.object({config: Descriptor, layers: z.array(Descriptor)});

/** Its kind is told by its content: the media type beside it is the sender's word. Throws a trouble. */
export function parseManifest(body: Uint8Array): Manifest {
  const document = parseJson(body, 'manifest');
  const named = Named.safeParse(document);
  if (named.data?.schemaVersion === 1) {
    throw trouble('image_not_supported', 'the image has a manifest of schema 1, from before 2016');
  }
  const [index, image] = [Index.safeParse(document), Image.safeParse(document)];
  const isBoth = named.data?.manifests !== undefined && named.data?.layers !== undefined;
  if (isBoth) throw trouble('registry_answer_invalid', 'the manifest is an index and an image at once');
  if (index.success) return {kind: 'index', entries: index.data.manifests};
  if (!image.success) throw trouble('image_not_supported', 'the manifest is of no kind that is known');
  if (!CONFIG_TYPES.includes(image.data.config.mediaType ?? '')) {
    throw trouble('image_not_supported', 'what the registry holds there is no container image');
  }
  return {kind: 'image', ...image.data};
}

const isLinux = ({platform}: Entry): boolean => platform?.os === 'linux';

/** CPU architectures of an index, each once: `amd64`, `arm64`. Attestations are of no platform. */
export const architecturesOf = (entries: readonly Entry[]): string[] => [
  ...new Set(entries.filter(isLinux).map(({platform}) => platform?.architecture ?? '')),
];

/** The variant that the engines take for granted (containerd, platforms/database.go). */
const OWN_VARIANT: Record<string, string> = {arm64: 'v8'};

/** The image of an index that an engine of this architecture takes: its own variant first, else the first that fits. */
export function chooseEntry(entries: readonly Entry[], architecture: string): Entry | null {
  const fitting = entries.filter(entry => isLinux(entry) && entry.platform?.architecture === architecture);
  const own = OWN_VARIANT[architecture] ?? null;
  const exact = fitting.find(({platform}) => !platform?.variant || platform.variant === own);
  return exact ?? fitting[0] ?? null;
}

const Config = z.object({
  architecture: Word,
  os: Word,
  config: z
    .object({
      Env: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  rootfs: z.object({diff_ids: z.array(z.string()).nullish()}).nullish(),
});

/** With the digests of the unpacked layers, lowest first. */
export interface RegistryConfig extends ImageConfig {
  diffIds: string[];
}

export function parseConfig(body: Uint8Array): RegistryConfig {
  const {success, data} = Config.safeParse(parseJson(body, 'config'));
  if (!success) throw trouble('registry_answer_invalid', 'the config of the image is not one');
  const {architecture, os, config, rootfs} = data;
  return {architecture, os, env: config?.Env ?? [], labels: config?.Labels ?? {}, diffIds: rootfs?.diff_ids ?? []};
}

function parseJson(body: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw trouble('registry_answer_invalid', `the ${what} is no JSON`);
  }
}
