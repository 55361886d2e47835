/**
 * Version numbers of drivers and CUDA: integers joined by dots, compared number by number. semver cannot hold them
 * (`570.124.06` has a leading zero, `10.2` has two parts).
 */
export type Dotted = readonly number[];

const DOTTED = /^\d{1,9}(?:\.\d{1,9}){0,5}$/;

/** A run compares the same few hundred numbers over and over; the memory of them is bounded all the same. */
const REMEMBERED = 4_000;
const remembered = new Map<string, Dotted | null>();

/** `570.124.06` → [570, 124, 6]; null for anything that is not dotted integers. */
export function parseDotted(text: string | null | undefined): Dotted | null {
  if (!text) return null;
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const trimmed = text.trim();
  const parsed = DOTTED.test(trimmed) ? trimmed.split('.').map(Number) : null;
  if (remembered.size < REMEMBERED) remembered.set(text, parsed);
  return parsed;
}

/** Below zero, zero or above zero, as for `sort`. A missing part counts as 0: 10.2 equals 10.2.0 and is below 10.2.89. */
export function compareDotted(left: Dotted, right: Dotted): number {
  const length = Math.max(left.length, right.length);
  for (let part = 0; part < length; part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Compares two texts; null when either is not dotted integers, so that no comparison is ever made of unknowns. */
export function compareVersions(left: string | null, right: string | null): number | null {
  const [a, b] = [parseDotted(left), parseDotted(right)];
  return a && b ? compareDotted(a, b) : null;
}

/** True, false, or null when either is not known. */
export function atLeast(version: string | null, floor: string | null): boolean | null {
  const order = compareVersions(version, floor);
  return order === null ? null : order >= 0;
}

/** The first two parts, `12.4` of `12.4.1`: what a driver reports and what compatibility is promised for. */
export function minorOf(version: string | null): string | null {
  const parts = parseDotted(version);
  return parts?.[1] === undefined ? null : `${parts[0]}.${parts[1]}`;
}

export const majorOf = (version: string | null): number | null => parseDotted(version)?.[0] ?? null;
