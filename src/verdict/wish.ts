import {minorOf} from '../matrix/dotted.js';
import type {ImageFacts} from '../matrix/image-facts.js';
import type {RepositoryRow} from '../matrix/image-row.js';
import {GENERAL, newer} from './merit.js';

/** What `pytorch>=2.1,<2.6` asks for. */
export interface Specification {
  /** As the matrix names it. */
  framework: string;
  /** Whether a version is within the range that was asked for; null: every one is. */
  accepts: ((version: string) => boolean) | null;
  /** The local version behind a `+`: `cu121` or `cpu`. */
  build?: string;
}

export interface Wish {
  /** All of them in one image. */
  specs: readonly Specification[];
  publisher: ImageFacts['publisher'];
  /** `runtime`, `devel`, … */
  variant: string | null;
  /** `3.11` */
  python: string | null;
  jupyter: boolean;
}

const anyOf = (framework: string): Specification => ({framework, accepts: null});

/** Whether a repository may hold what is wished for, so that no other is read. */
export function mayHold({frameworks, publisher}: RepositoryRow, wish: Wish): boolean {
  const wanted = wish.specs.length > 0 ? wish.specs.map(spec => spec.framework) : GENERAL;
  return (wish.publisher === null || wish.publisher === publisher) && wanted.some(name => frameworks.includes(name));
}

/** Whether an image is one that was wished for, before any host is looked at. */
export function isWished(image: ImageFacts, {specs, publisher, variant, python, jupyter}: Wish): boolean {
  return (
    (specs.length > 0 ? specs.every(spec => fits(image, spec)) : GENERAL.some(name => fits(image, anyOf(name)))) &&
    (publisher === null || image.publisher === publisher) &&
    (variant === null || image.variant === variant) &&
    (python === null || image.python === python || (image.python?.startsWith(`${python}.`) ?? false)) &&
    (!jupyter || image.jupyter)
  );
}

/** Whether an image holds what is asked for. A version that is not known fits no range. */
export function fits(image: ImageFacts, {framework, accepts, build}: Specification): boolean {
  if (!image.framework?.split('+').includes(framework)) return false;
  if (build !== undefined && !buildsOf(image).includes(build)) return false;
  const version = versionOf(image);
  return accepts === null || (version !== null && accepts(version));
}

/** A toolkit's own images are known by its version alone. */
const versionOf = ({framework, version, cuda}: ImageFacts): string | null =>
  framework === 'cuda' ? (version ?? cuda.at(-1) ?? null) : version;

const buildsOf = ({gpu, cuda}: ImageFacts): string[] =>
  gpu === false ? ['cpu'] : cuda.map(version => `cu${minorOf(version)?.replace('.', '') ?? ''}`);

/** The newest version that any of the images has, framework by framework. */
export function newestOf(
  images: readonly ImageFacts[],
  specs: readonly Specification[],
): {framework: string; version: string}[] {
  return specs.flatMap(({framework}) => {
    const versions = images.filter(image => fits(image, {framework, accepts: null})).map(versionOf);
    const [version] = versions.filter(version => version !== null && /^\d/.test(version)).sort(newer);
    return version ? [{framework, version}] : [];
  });
}
