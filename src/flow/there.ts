import type {Host} from '../contract/host.js';
import type {Engine} from '../engine/connect.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {isFailure} from '../failure.js';
import type {World} from '../world/world.js';
import type {Flow} from './flow.js';
import {readSituation, type Situation, type SituationQuestion} from './situation.js';

/**
 * The situation, where nothing told the GPUs of the engine's machine for want of an image to look with: one is pulled, and
 * looked again.
 */
export async function seenThere(
  flow: Flow,
  question: SituationQuestion,
  situation: Situation,
  connecting: Promise<Engine>,
): Promise<Situation> {
  if (situation.host.engine.remote !== true || situation.host.gpus !== null) return situation;
  return (await pulledToLook(flow, await connecting)) ? readSituation(flow.world, question, 'launch') : situation;
}

/** False: an image was there already, and saw nothing, or none can be had. */
export async function pulledToLook(flow: Flow, engine: Engine): Promise<boolean> {
  const [{imageToLookWith, LOOK_IMAGE}, {pullMeasured}] = await Promise.all([
    import('../engine/seen-from-inside.js'),
    import('./pull.js'),
  ]);
  if ((await imageToLookWith(engine)) !== null) return false;
  try {
    await pullMeasured(flow, engine, LOOK_IMAGE);
    return true;
  } catch (error) {
    if (!isFailure(error) || error.code === 'interrupted') throw error;
    flow.note(`${error.message}: there is nothing to look at that machine's GPUs with`);
    return false;
  }
}

/** What is seen of a daemon here says nothing of one elsewhere: there it is tried (null). */
export async function mayRaiseThere(world: World, {engine}: Host): Promise<boolean | null> {
  if (engine.remote === true) return null;
  return engine.rootless === true ? false : mayRaiseLimits(world, engine.rootDir);
}
