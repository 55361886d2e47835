import type {Project} from './project.js';
import {normalizeName} from './requirement.js';

/** A word of a tool's output that may be a package's name, with what a version or an extra would add cut off. */
const WORD = /[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9]/g;

/** Words with which pip, uv and apt-get begin or fill the line that names the culprit. */
const REFUSAL =
  /error|failed|no solution|no matching|not found|unable to locate|no version|conflict|unsatisfiable|cannot/i;

/**
 * The line of the project's files that a failed step's output blames: the requirement or package that a refusal names
 * first. Null when none is named.
 */
export function blamedLine(
  output: readonly string[],
  {requirements, constraints, apt}: Pick<Project, 'requirements' | 'constraints' | 'apt'>,
): {from: string; text: string} | null {
  const wanted = new Map<string, {from: string; text: string}>();
  for (const name of apt)
    wanted.set(name.replace(/[:=].*$/s, ''), {from: 'apt.txt or apt: in gpudock.yaml', text: name});
  for (const {name, specifier, from} of [...constraints, ...requirements])
    wanted.set(name, {from, text: `${name}${specifier}`});
  const refusal = output.findIndex(line => REFUSAL.test(line));
  for (const line of refusal < 0 ? [] : output.slice(refusal))
    for (const [word] of line.matchAll(WORD)) {
      const found = wanted.get(word) ?? wanted.get(normalizeName(word));
      if (found !== undefined) return found;
    }
  return null;
}
