import {satisfies} from '@renovatebot/pep440';
import {Failure} from '../failure.js';
import type {Requirement} from './requirement.js';

/**
 * Throws `lock_outdated` where a tool's lock does not hold what pyproject.toml asks for. `held`: versions by name, null for a
 * name that has several. What is asked for on some machines alone may be in no lock.
 */
export function refuseOutdated(
  asked: readonly Requirement[],
  held: ReadonlyMap<string, string | null>,
  {file, command}: {file: string; command: string},
): void {
  for (const {name, specifier, url, marker, from} of asked) {
    if (marker !== null || url !== null) continue;
    const version = held.get(name);
    if (version === null || (version !== undefined && fits(version, specifier))) continue;
    throw new Failure({
      code: 'lock_outdated',
      message: `${file} is older than ${from}: it has ${version === undefined ? 'no' : `version ${version} of`} ${name}`,
      cause: `${from} asks for ${name}${specifier}, and the image is made from what ${file} says`,
      fix: command,
    });
  }
}

const fits = (version: string, specifier: string): boolean =>
  specifier === '' || satisfies(version, specifier, {prereleases: true});
