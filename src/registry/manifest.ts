import type {ImageConfig} from '../matrix/image-config.js';
import {every, fields, isObject, textFields, texts} from '../world/document.js';
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

export interface Descriptor {
  mediaType?: string | undefined;
  digest: string;
  /** Bytes. */
  size: number;
}

interface Platform {
  architecture: string;
  os: string;
  variant: string | null;
}

interface Entry extends Descriptor {
  platform: Platform | null;
}

export type Manifest = {kind: 'index'; entries: Entry[]} | {kind: 'image'; config: Descriptor; layers: Descriptor[]};

/** Its kind is told by its content: the media type beside it is the sender's word. Throws a trouble. */
export function parseManifest(body: Uint8Array): Manifest {
  const {schemaVersion, manifests, layers: layered, config: configured} = fields(parseJson(body, 'manifest'));
  if (schemaVersion === 1) {
    throw trouble('image_not_supported', 'the image has a manifest of schema 1, from before 2016');
  }
  if (manifests !== undefined && layered !== undefined) {
    throw trouble('registry_answer_invalid', 'the manifest is an index and an image at once');
  }
  const entries = every(manifests, entryOf);
  if (entries !== undefined) return {kind: 'index', entries};
  const [config, layers] = [descriptorOf(configured), every(layered, descriptorOf)];
  if (config === undefined || layers === undefined) {
    throw trouble('image_not_supported', 'the manifest is of no kind that is known');
  }
  if (!CONFIG_TYPES.includes(config.mediaType ?? '')) {
    throw trouble('image_not_supported', 'what the registry holds there is no container image');
  }
  return {kind: 'image', config, layers};
}

function descriptorOf(value: unknown): Descriptor | undefined {
  const {mediaType, digest, size} = fields(value);
  if (mediaType !== undefined && typeof mediaType !== 'string') return undefined;
  if (typeof digest !== 'string' || !DIGEST.test(digest)) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  return {mediaType, digest, size};
}

function entryOf(value: unknown): Entry | undefined {
  const descriptor = descriptorOf(value);
  const {platform: stated} = fields(value);
  const platform = stated == null ? null : platformOf(stated);
  return descriptor === undefined || platform === undefined ? undefined : {...descriptor, platform};
}

function platformOf(value: unknown): Platform | undefined {
  const {architecture, os, variant} = fields(value);
  if (!isWord(architecture) || !isWord(os) || !(variant == null || isWord(variant))) return undefined;
  return {architecture, os, variant: variant ?? null};
}

/** As Go names them; what is longer is none, and would be shown to people. */
const isWord = (value: unknown): value is string => typeof value === 'string' && /^[\w.]{0,32}$/.test(value);

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

/** With the digests of the unpacked layers, lowest first. */
export interface RegistryConfig extends ImageConfig {
  diffIds: string[];
}

export function parseConfig(body: Uint8Array): RegistryConfig {
  const {architecture, os, config, rootfs} = fields(parseJson(body, 'config'));
  const {Env, Labels} = fields(config);
  const {diff_ids} = fields(rootfs);
  const isNone = (value: unknown): value is null | undefined => value == null;
  const env = isNone(Env) ? [] : texts(Env);
  const labels = isNone(Labels) ? {} : textFields(Labels);
  const diffIds = isNone(diff_ids) ? [] : texts(diff_ids);
  const areObjects = [config, rootfs].every(part => isNone(part) || isObject(part));
  if (!isWord(architecture) || !isWord(os) || !areObjects || !env || !labels || !diffIds) {
    throw trouble('registry_answer_invalid', 'the config of the image is not one');
  }
  return {architecture, os, env, labels, diffIds};
}

function parseJson(body: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw trouble('registry_answer_invalid', `the ${what} is no JSON`);
  }
}
