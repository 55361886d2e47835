import type {KnownFailure} from './known/failure.js';

/**
 * Leaves out what follows from something else that was found: a failure that another one explains, and a vague one
 * beside one that is not. Keeps the order.
 */
export function rootCauses<T extends {failure: KnownFailure}>(found: readonly T[]): T[] {
  const consequences = new Set(found.flatMap(({failure}) => failure.explains ?? []));
  const causes = found.filter(({failure}) => !consequences.has(failure.id));
  const telling = causes.some(({failure}) => !failure.vague);
  return causes.filter(({failure}) => !(telling && failure.vague));
}
