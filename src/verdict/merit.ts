import type {RuleOutcome, Verdict} from '../contract/verdict.js';
import {compareDotted, type Dotted, parseDotted} from '../matrix/dotted.js';
import type {ImageFacts} from '../matrix/image-facts.js';

/** An image with what was said of it. */
export interface Judged {
  image: ImageFacts;
  verdict: Verdict;
  failures: number;
  warnings: number;
}

export function judgedAs(image: ImageFacts, verdict: Verdict): Judged {
  const count = (outcome: RuleOutcome['outcome']) => verdict.rules.filter(rule => rule.outcome === outcome).length;
  return {image, verdict, failures: count('fail'), warnings: count('warn')};
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
    a.failures - b.failures ||
    place(a) - place(b) ||
    Number(b.image.gpu) - Number(a.image.gpu) ||
    newer(a.image.version, b.image.version) ||
    a.warnings - b.warnings ||
    Number(b.image.publisher === 'official') - Number(a.image.publisher === 'official') ||
    newer(a.image.cuda.at(-1) ?? null, b.image.cuda.at(-1) ?? null) ||
    Number(b.image.variant === 'runtime') - Number(a.image.variant === 'runtime') ||
    (a.image.reference < b.image.reference ? -1 : 1)
  );
}

/** The best `limit` of them, best first. Never sorts more than twice as many at a time: long lists cost linear time. */
export function bestOf(judged: readonly Judged[], limit: number): Judged[] {
  let best: Judged[] = [];
  for (const one of judged) {
    best.push(one);
    if (best.length >= 2 * limit) best = best.sort(byMerit).slice(0, limit);
  }
  return best.sort(byMerit).slice(0, limit);
}

const place = ({image}: Judged): number => GENERAL.findIndex(name => image.framework?.startsWith(name));

/** Newest first; an unknown version last. A pre-release (NGC's `2.4.0a0+07cecf4`) comes before its release. */
export function newer(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [left, right] = [releaseOf(a), releaseOf(b)];
  return compareDotted(right.numbers, left.numbers) || Number(!left.whole) - Number(!right.whole);
}

interface Release {
  numbers: Dotted;
  /** The version is its release, with nothing behind it. */
  whole: boolean;
}

const RELEASE = /^\d{1,9}(?:\.\d{1,9}){0,5}/;
/** A sort asks for the same few hundred over and over; their number is bounded all the same. */
const REMEMBERED = 4_000;
const remembered = new Map<string, Release>();

function releaseOf(version: string): Release {
  const known = remembered.get(version);
  if (known) return known;
  const text = RELEASE.exec(version)?.[0] ?? '';
  const release = {numbers: parseDotted(text) ?? [], whole: text === version};
  if (remembered.size < REMEMBERED) remembered.set(version, release);
  return release;
}

/** Newest framework first, of one framework the newest CUDA. */
export const byNewness = (a: ImageFacts, b: ImageFacts): number =>
  newer(a.version, b.version) || newer(a.cuda.at(-1) ?? null, b.cuda.at(-1) ?? null);
