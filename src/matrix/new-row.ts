import {builds} from './builds.js';
import {isNewerThanMatrix} from './cuda-release.js';
import {minorOf} from './dotted.js';
import {cudaIn, type ImageConfig, isForGpus, osIn, requiresIn, variablesOf, versionIn} from './image-config.js';
import type {ImageRow, RepositoryRow} from './image-row.js';

/** What a registry told of a tag that the matrix lacks. */
export interface FoundTag {
  tag: string;
  digest: string;
  platforms: readonly string[];
  /** Of the image for amd64, else of the only one. */
  config: ImageConfig;
}

/** A row made of it, or why it is held back. */
export type Finding = {row: ImageRow} | {held: string};

/**
 * Makes a row of what the tag's name and its config say together. Where they contradict each other, or say a CUDA that
 * cannot be, it is held back: nothing from outside is taken on trust.
 */
export function rowOf({tag, digest, platforms, config}: FoundTag, repository: RepositoryRow): Finding {
  const [framework, ...others] = repository.frameworks;
  if (framework === undefined || others.length > 0) return {held: 'which framework is inside is not known'};
  const env = variablesOf(config);
  const first = VERSION.exec(tag)?.[1] ?? null;
  // A toolkit's own images are named by it alone.
  const named = {cuda: CUDA.exec(tag)?.[1] ?? (framework === 'cuda' ? first : null), version: first};
  const own = {cuda: cudaIn(env), version: versionIn(env, framework)};
  const cuda = own.cuda ?? named.cuda;
  const held = contradiction(named, own) ?? implausible(cuda, isForGpus(env));
  if (held !== null) return {held};
  const texts = requiresIn(env)?.texts ?? [];
  if (texts.length > 1) return {held: 'it has several conditions, which a row cannot hold'};
  // NGC's tags count months, others carry the framework's version.
  const version = own.version ?? (repository.publisher === 'official' && framework !== 'cuda' ? named.version : null);
  return {
    row: {
      tag,
      repo: repository.repository,
      framework,
      ...present({
        version,
        os: OS.exec(tag)?.[1] ?? osIn(config.labels),
        variant: /(?:^|-)(runtime|devel|base)(?:-|$)/.exec(tag)?.[1],
        cuda,
        build: version === null || cuda === null ? null : buildOf(framework, version, cuda),
      }),
      platforms: platforms.join(' '),
      require: texts[0] === undefined ? '' : `=${texts[0]}`,
      ...(cuda !== null || isForGpus(env) ? {gpu: true} : {}),
      digest,
      evidence: 'observed',
      source: 'registry',
    },
  };
}

/** A row leaves out what is not known. */
const present = (fields: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value == null ? [] : [[name, value]])));

const CUDA = /(?:^|-)(?:cuda|cu)(\d{1,2}\.\d{1,2}(?:\.\d{1,4})?)(?=-|$)/;
const VERSION = /^v?(\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)(?=-|$)/;
const OS = /-(ubuntu\d\d\.?\d\d|ubi\d{1,2}|rockylinux\d{1,2})(?=-|$)/;

interface Said {
  cuda: string | null;
  version: string | null;
}

function contradiction(named: Said, own: Said): string | null {
  if (named.cuda !== null && own.cuda !== null && minorOf(named.cuda) !== minorOf(own.cuda))
    return `its tag says CUDA ${named.cuda}, its config ${own.cuda}`;
  const differ = named.version !== null && own.version !== null && !own.version.startsWith(named.version);
  // A tag of NGC counts months: 24.05 is no version.
  return differ && Number.parseInt(named.version ?? '', 10) < 17
    ? `its tag says ${named.version}, its config ${own.version}`
    : null;
}

function implausible(cuda: string | null, gpu: boolean): string | null {
  if (cuda === null) return gpu ? 'it is made for GPUs, and its CUDA is not known' : null;
  const major = Number.parseInt(cuda, 10);
  if (major < 7) return `CUDA ${cuda} never was in a container`;
  return isNewerThanMatrix(cuda) ? `CUDA ${cuda} is newer than this matrix knows drivers for` : null;
}

/** The build of that very version and CUDA, if one is listed. */
function buildOf(framework: string, version: string, cuda: string): string | null {
  const fitting = [...builds().values()].filter(
    build => build.framework === framework && build.version === version && minorOf(build.cuda) === minorOf(cuda),
  );
  return fitting.length === 1 ? (fitting[0]?.id ?? null) : null;
}
