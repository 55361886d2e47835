import {compare, valid} from '@renovatebot/pep440';
import type {Verdict} from '../contract/verdict.js';
import {compareVersions} from '../matrix/dotted.js';
import type {ImageFacts} from '../matrix/image-facts.js';

/** An image with what was said of it. */
export interface Judged {
  image: ImageFacts;
  verdict: Verdict;
}

/** Frameworks to choose from when none is named, in the order they are shown. */
export const GENERAL: readonly string[] = ['pytorch', 'tensorflow', 'jax'];

const RANK: Record<Verdict['verdict'], number> = {runs: 0, unknown: 1, fails: 2};

/**
 * Best first: what runs; framework by framework; on a GPU rather than without; the newest framework; fewest warnings; its own publisher; the
 * newest CUDA; runtime before devel. Ties by name, so that the order never depends on the data's.
 */
export function byMerit(a: Judged, b: Judged): number {
  return (
    RANK[a.verdict.verdict] - RANK[b.verdict.verdict] ||
    failures(a) - failures(b) ||
    place(a) - place(b) ||
    Number(b.image.gpu) - Number(a.image.gpu) ||
    newer(a.image.version, b.image.version) ||
    warnings(a) - warnings(b) ||
    Number(b.image.publisher === 'official') - Number(a.image.publisher === 'official') ||
    (compareVersions(b.image.cuda.at(-1) ?? '0', a.image.cuda.at(-1) ?? '0') ?? 0) ||
    Number(b.image.variant === 'runtime') - Number(a.image.variant === 'runtime') ||
    (a.image.reference < b.image.reference ? -1 : 1)
  );
}

const place = ({image}: Judged): number => GENERAL.findIndex(name => image.framework?.startsWith(name));
const failures = ({verdict}: Judged): number => verdict.rules.filter(rule => rule.outcome === 'fail').length;
const warnings = ({verdict}: Judged): number => verdict.rules.filter(rule => rule.outcome === 'warn').length;

/** Newest first; an unknown version last. Compared as PEP 440 where both are, by their numbers otherwise. */
export function newer(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (valid(a) && valid(b)) return compare(b, a);
  return compareVersions(b, a) ?? 0;
}

/** A newer framework, or the same with a newer CUDA. */
export function isNewer(a: ImageFacts, b: ImageFacts): boolean {
  const order = newer(a.version, b.version) || (compareVersions(b.cuda.at(-1) ?? '0', a.cuda.at(-1) ?? '0') ?? 0);
  return order < 0;
}
