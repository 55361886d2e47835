import {matrixDocument} from './data.js';
import type {CompiledCode, ImageFacts} from './image-facts.js';
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
  min_driver?: string;
  build?: string;
  compat?: boolean;
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

interface Build {
  id: string;
  sass: string;
  ptx: string | null;
  inferred?: boolean;
  source: string;
}

const words = (text: string): string[] => text.split(' ').filter(word => word !== '');

/** What a row says, as image facts. `sources` are the file's, by key. */
export function factsOfRow(
  row: ImageRow,
  repository: RepositoryRow,
  sources: Record<string, string>,
  reference: string,
): ImageFacts {
  return {
    reference,
    repository: repository.repository,
    tag: row.tag,
    digest: row.digest ?? null,
    described: true,
    publisher: repository.publisher,
    framework: row.framework,
    version: row.version ?? null,
    container: row.container ?? null,
    python: row.python ?? null,
    os: row.os ?? null,
    variant: row.variant ?? null,
    jupyter: row.jupyter ?? false,
    gpu: row.gpu ?? null,
    cuda: row.bundled ?? (row.cuda ? [row.cuda] : []),
    cudnn: row.cudnn ?? null,
    platforms: row.platforms === undefined ? null : words(row.platforms),
    code: row.build === undefined ? null : codeOf(row.build),
    minComputeCapability: row.min_cc ?? null,
    requires: requiresOf(row),
    requireDisabled: false,
    cudaCompat: row.compat ?? null,
    minDriver: row.min_driver ?? null,
    broken: row.broken ?? null,
    missing: null,
    evidence: row.evidence,
    sources: words(row.source).map(key => sources[key] ?? key),
  };
}

let builds: Map<string, Build> | undefined;
function codeOf(id: string): CompiledCode | null {
  builds ??= new Map(matrixDocument<{rows: Build[]}>('framework-builds').rows.map(build => [build.id, build]));
  const build = builds.get(id);
  if (!build) return null;
  return {
    sass: words(build.sass),
    ptx: build.ptx === null ? null : words(build.ptx),
    inferred: build.inferred ?? false,
    source: build.source,
  };
}

function requiresOf(row: ImageRow): ImageFacts['requires'] {
  const {require} = row;
  if (require === undefined) return null;
  if (require === '') return {texts: [], complete: true, arch: null};
  if (require.startsWith('=')) return {texts: [require.slice(1)], complete: true, arch: null};
  if (require.startsWith('>')) return {texts: [`cuda>=${require.slice(1)}`], complete: false, arch: null};
  const [cuda = '', arch = '', os = ''] = require === '@' ? [row.cuda, 'amd64', row.os] : require.split('|');
  const text = requireText(cuda, arch, os);
  return text === null ? null : {texts: [text], complete: true, arch};
}
