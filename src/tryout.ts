import {connect} from './engine/connect.js';
import {findContainer, removeContainer} from './engine/containers.js';
import {engineGetter} from './engine/get.js';
import {ensurePrivateEngine, stopPrivateEngine} from './engine/private/engine.js';
import {isFailure} from './failure.js';
import {interruptSignal} from './interrupt.js';
import {renderFailure} from './ui/failure.js';
import {liveWorld} from './world/live.js';

/** What `npm start` and `npm stop` need of gpudock itself: an engine, if the machine has none. */

const world = liveWorld(engineGetter);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Makes sure that an engine answers. True when it is the private one. */
export async function ensureEngine(): Promise<boolean> {
  try {
    const {endpoint} = await connect(world);
    return endpoint.source === "gpudock's private engine";
  } catch (error) {
    if (!isFailure(error) || error.code !== 'docker_daemon_unreachable') throw error;
    say(
      'No container engine answers: a private one is used. It lives in the cache folder; nothing else on this machine changes.',
    );
    await ensurePrivateEngine(world, {say, signal: interruptSignal()});
    return true;
  }
}

/** Removes the try-out's notebook and stops the private engine. */
export async function stopTryout(project: string): Promise<void> {
  try {
    const engine = await connect(world);
    const {id, name} = await findContainer(engine, project);
    await removeContainer(engine, id, true);
    say(`${name} is stopped`);
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
  say((await stopPrivateEngine(world)) ? 'the private engine is stopped' : 'no private engine is running');
}

/** Prints an error as the commands do; returns the exit code. */
export function report(error: unknown): number {
  const known = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(renderFailure(known, Boolean(process.env.DEBUG)));
  return isFailure(known) ? known.exit : 1;
}
