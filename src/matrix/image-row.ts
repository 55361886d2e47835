import {builds, words} from './builds.js';
import type {ImageFacts, Requirements} from './image-facts.js';
import {requireText} from './require-text.js';

/** A row of `compat-matrix/images/*.json`, after the file's `defaults`. */
export interface ImageRow {
  tag: string;
  repo: string;
  framework: string;
  version?: string;
  container?: string;
  python?: string;
  os?: string;
  variant?: string;
  cuda?: string;
  /** Several toolkits in one image, oldest first. */
  bundled?: string[];
  cudnn?: string;
  /** Separated by blanks. */
  platforms?: string;
  /** Empty: none. `@`: the text of this CUDA and OS. `=text`: as it stands. `>11.1`: declared, only the floor known. `cuda|arch|os`: that text. */
  require?: string;
  min_cc?: string;
  max_cc?: string;
  min_driver?: string;
  /** Ids of builds, separated by blanks: the framework's own first, then what it is made with. */
  build?: string;
  compat?: boolean;
  compat_first?: boolean;
  gpu?: boolean;
  jupyter?: boolean;
  broken?: string;
  digest?: string;
  evidence: string;
  /** Keys of the file's `sources`. */
  source: string;
}

export interface RepositoryRow {
  repository: string;
  file: string;
  publisher: 'official' | 'ngc' | 'community';
  frameworks: string[];
  mirrors?: string;
}

/** What a row says, as image facts; what it leaves out stands in its file's `defaults`. */
export function factsOfRow(
  row: ImageRow,
  defaults: Partial<ImageRow>,
  repository: RepositoryRow,
  reference: string,
): ImageFacts {
  // Not merged into one object first: for thousands of rows of many shapes that takes longer than all the rest.
  const of = <Key extends keyof ImageRow>(key: Key): NonNullable<ImageRow[Key]> | null =>
    row[key] ?? defaults[key] ?? null;
  const [cuda, os, build, platforms] = [of('cuda'), of('os'), of('build'), of('platforms')];
  return {
    reference,
    repository: repository.repository,
    tag: row.tag,
    digest: row.digest ?? null,
    described: true,
    publisher: repository.publisher,
    framework: of('framework'),
    version: of('version'),
    container: of('container'),
    python: of('python'),
    os,
    variant: of('variant'),
    jupyter: of('jupyter') ?? false,
    gpu: of('gpu'),
    cuda: row.bundled ?? (cuda ? [cuda] : []),
    cudnn: of('cudnn'),
    // These are of use only where the image is judged.
    get platforms() {
      return platforms ? words(platforms) : null;
    },
    get code() {
      return build ? words(build).flatMap(id => builds().get(id)?.code ?? []) : [];
    },
    minComputeCapability: of('min_cc'),
    maxComputeCapability: of('max_cc'),
    get requires() {
      return requiresOf(of('require'), cuda, os, repository.repository !== CUDA_IMAGES);
    },
    requireDisabled: false,
    cudaCompat: of('compat'),
    compatFirst: of('compat_first') ?? false,
    minDriver: of('min_driver'),
    broken: of('broken'),
    missing: null,
    evidence: of('evidence'),
    contradiction: null,
    availability: null,
    size: null,
  };
}

const CUDA_IMAGES = 'docker.io/nvidia/cuda';

function requiresOf(
  require: string | null,
  ownCuda: string | null,
  ownOs: string | null,
  isInherited: boolean,
): Requirements | null {
  if (require === null) return null;
  if (require === '') return {texts: [], complete: true, arch: null};
  if (require.startsWith('=')) return {texts: [require.slice(1)], complete: true, arch: null};
  if (require.startsWith('>')) return {texts: [`cuda>=${require.slice(1)}`], complete: false, arch: null};
  const [cuda, arch = 'amd64', os] = require === '@' ? [ownCuda, 'amd64', ownOs] : require.split('|');
  const text = requireText(cuda ?? '', arch, os ?? '');
  if (text === null || !cuda) return null;
  return {texts: [text], complete: true, arch, ...(isInherited && {inheritedFrom: cuda})};
}
