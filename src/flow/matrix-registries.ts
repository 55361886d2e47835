import {EXIT, Failure} from '../failure.js';
import {contradicts, variablesOf} from '../matrix/image-config.js';
import type {ImageFacts} from '../matrix/image-facts.js';
import type {ImageRow, RepositoryRow} from '../matrix/image-row.js';
import {imagesOf, type Matrix} from '../matrix/matrix.js';
import {type Finding, rowOf} from '../matrix/new-row.js';
import {type ImageReference, parseReference} from '../matrix/reference.js';
import type {RegistryClient} from '../registry/client.js';
import type {Documents} from '../registry/documents.js';
import {readImage} from '../registry/image.js';
import {listTags} from '../registry/tags.js';
import {troubleCode} from '../registry/trouble.js';
import type {HubTags} from './registry.js';

/** What registries tell of the matrix. */
export interface Registries {
  matrix: Matrix;
  client: RegistryClient;
  hub: HubTags | null;
  documents: Documents;
  signal: AbortSignal;
}

/** A registry that could not be asked, and why. */
export interface Unasked {
  repository: string;
  reason: string;
}

/** The repositories that `wanted` names (by default all), without those that mirror another. */
export function repositoriesOf({repositories}: Matrix, wanted: readonly string[]): RepositoryRow[] {
  const own = [...repositories.values()].filter(({mirrors}) => mirrors === undefined);
  if (wanted.length === 0) return own;
  const named = own.filter(({repository}) => wanted.some(word => [word, `docker.io/${word}`].includes(repository)));
  if (named.length > 0) return named;
  throw new Failure({
    code: 'repository_unknown',
    message: `the matrix has no repository ${wanted.map(word => `"${word.slice(0, 60)}"`).join(', ')}`,
    fix: 'name one as it stands in gpudock matrix show images',
    exit: EXIT.usage,
  });
}

const referenceTo = (repository: string, tag: string): ImageReference => {
  const parsed = parseReference(`${repository}:${tag}`);
  if (parsed === null) throw new Error(`${repository}:${tag} is no reference`);
  return parsed;
};

/**
 * Tags among which new ones are looked for: of Docker Hub the newest, by its own API; where that gives no answer, and of
 * any other registry, all.
 */
async function tagsToLookAt(
  registries: Registries,
  row: RepositoryRow,
  unasked: Unasked[],
): Promise<readonly string[]> {
  const {domain, path} = referenceTo(row.repository, 'latest');
  if (domain === 'docker.io' && registries.hub !== null) {
    const tags = await registries.hub(path).catch(error => void reasonOf(error));
    if (tags !== undefined) return tags;
  }
  return (await tagsOf(registries, row, unasked)) ?? [];
}

/** Null where the registry gives no answer: then `unasked` says why. */
async function tagsOf(
  {client}: Registries,
  {repository}: RepositoryRow,
  unasked: Unasked[],
): Promise<readonly string[] | null> {
  try {
    return await listTags(client, referenceTo(repository, 'latest'));
  } catch (error) {
    unasked.push({repository, reason: reasonOf(error)});
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (troubleCode(error) === null || !(error instanceof Error)) throw error;
  return error.message;
}

export interface Vanished {
  image: string;
  problem: string;
}

/**
 * Rows whose tag is gone; with `configs` also those whose config says something else than the row. Images are read one
 * after another, until the registry allows no more.
 */
export async function verifyRepository(
  registries: Registries,
  row: RepositoryRow,
  configs: boolean,
  unasked: Unasked[],
): Promise<Vanished[]> {
  const tags = await tagsOf(registries, row, unasked);
  if (tags === null) return [];
  const offered = new Set(tags);
  const images = imagesOf(registries.matrix, ({repository}) => repository === row.repository);
  const gone = images
    .filter(({tag, evidence}) => evidence !== 'observed-then-removed' && !offered.has(tag ?? ''))
    .map(({reference}) => ({image: reference, problem: 'its registry has no such tag'}));
  if (!configs) return gone;
  const lies: Vanished[] = [];
  for (const image of images.filter(({tag}) => offered.has(tag ?? ''))) {
    if (registries.signal.aborted) break;
    try {
      const problem = await lieOf(registries, row, image);
      if (problem !== null) lies.push({image: image.reference, problem});
    } catch (error) {
      unasked.push({repository: image.reference, reason: reasonOf(error)});
      if (troubleCode(error) === 'registry_rate_limited') break;
    }
  }
  return [...gone, ...lies];
}

async function lieOf(
  {client, documents}: Registries,
  {repository}: RepositoryRow,
  image: ImageFacts,
): Promise<string | null> {
  const architecture = image.platforms?.[0] ?? 'amd64';
  const read = await readImage(client, documents, referenceTo(repository, image.tag ?? ''), architecture);
  if (read.image === null) return `it exists for ${read.architectures.join(', ')} only`;
  return contradicts(variablesOf(read.image.config), image);
}

export interface Update {
  added: ImageRow[];
  held: {image: string; reason: string}[];
  /** New tags that were not read, because there are more than the limit. */
  left: number;
}

/** Rows for the newest tags of a repository that the matrix lacks, at most `limit`. */
export async function findNewRows(
  registries: Registries,
  row: RepositoryRow,
  limit: number,
  unasked: Unasked[],
): Promise<Update> {
  const update: Update = {added: [], held: [], left: 0};
  const tags = await tagsToLookAt(registries, row, unasked);
  const known = new Set(
    imagesOf(registries.matrix, ({repository}) => repository === row.repository).map(({tag}) => tag),
  );
  const fresh = tags.filter(tag => !known.has(tag) && isRelease(tag)).sort(newestFirst);
  update.left = Math.max(0, fresh.length - limit);
  for (const tag of fresh.slice(0, limit)) {
    if (registries.signal.aborted) break;
    const image = `${row.repository}:${tag}`;
    try {
      const finding = await findingOf(registries, row, tag);
      if ('row' in finding) update.added.push(finding.row);
      else update.held.push({image, reason: finding.held});
    } catch (error) {
      update.held.push({image, reason: reasonOf(error)});
      if (troubleCode(error) === 'registry_rate_limited') break;
    }
  }
  return update;
}

async function findingOf({client, documents}: Registries, row: RepositoryRow, tag: string): Promise<Finding> {
  const reference = referenceTo(row.repository, tag);
  const read = await readImage(client, documents, reference, 'amd64');
  if (read.image === null) return {held: `it exists for ${read.architectures.join(', ') || 'no CPU'} only`};
  const {digest, architectures: platforms, image} = read;
  return rowOf({tag, digest, platforms, config: image.config}, row);
}

/** A tag that begins with a number, and is no build of the night, no candidate and not for another maker's GPUs. */
const isRelease = (tag: string): boolean =>
  /^v?\d/.test(tag) && !/(?:nightly|dev\d|rc\d|alpha|beta|rocm|xpu|hpu|sha256)/i.test(tag);

const collator = new Intl.Collator('en', {numeric: true});
const newestFirst = (a: string, b: string): number => collator.compare(b, a);
