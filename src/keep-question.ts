import type {Keep} from './environment/keep.js';
import {isFailure} from './failure.js';
import {canAsk, choice} from './ui/consent.js';
import type {World} from './world/world.js';

/**
 * Does the work; where base and files contradict each other, asks at a terminal which of them stays and does it again.
 * `ask`: whether a question may be put at all; `quiet` ends what the screen still shows.
 */
export async function settling<R extends {keep: Keep | null}, T>(
  request: R,
  {world: {env}, ask, quiet}: {world: Pick<World, 'env'>; ask: boolean; quiet(): void},
  work: (request: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(request);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'framework_contradiction' || !ask || !canAsk()) throw error;
    quiet();
    const keep = await choice(`${error.message}. Keep which?`, CHOICES, env);
    return work({...request, keep});
  }
}

const CHOICES: readonly {value: Keep; name: string}[] = [
  {value: 'image', name: "the image's version: the files' own is left out"},
  {value: 'files', name: "the files' version: another image, which has it"},
];
