import type {EngineAnswer, World} from '../world/world.js';

/** For a command that looks and ends: what it asks the engine twice is asked once, and the first answer stands. */
export function engineAskedOnce(world: World): World {
  const answers = new Map<string, Promise<EngineAnswer>>();
  const engine: World['engine'] = (path, timeout, body) => {
    if (body !== undefined) return world.engine(path, timeout, body);
    const answer = answers.get(path) ?? world.engine(path, timeout);
    answers.set(path, answer);
    return answer;
  };
  return {...world, engine};
}
