import {basename} from 'node:path/posix';
import type {World} from '../world/world.js';

/** A world that ends each question at one common time, and who of it did not answer by then. */
export interface Watched {
  world: World;
  /** Programs by name, and `the engine`. */
  late: ReadonlySet<string>;
}

/** Milliseconds that any question may take at the least: an answer that is there is heard. */
const LEAST = 500;

/**
 * The same world with `limit` milliseconds for all that it is asked, whatever each question would take by itself: where
 * one thing hangs, what is asked after it is asked for a shorter time.
 */
export function watched(world: World, limit: number): Watched {
  const end = performance.now() + limit;
  const left = (timeout: number): number => Math.round(Math.max(LEAST, Math.min(timeout, end - performance.now())));
  const late = new Set<string>();
  const note = <T extends {status: string}>(answer: T, who: string): T => {
    if (answer.status === 'timeout') late.add(who);
    return answer;
  };
  return {
    late,
    world: {
      ...world,
      run: async command =>
        note(await world.run({...command, timeout: left(command.timeout ?? limit)}), basename(command.program)),
      engine: async (path, timeout, body) => note(await world.engine(path, left(timeout), body), 'the engine'),
    },
  };
}
