import type {Flow} from './flow/flow.js';
import {interruptSignal} from './interrupt.js';
import {showBuild} from './ui/build.js';
import type {Progress} from './ui/progress.js';
import {showPull} from './ui/pull.js';
import type {World} from './world/world.js';

/** The flow of a command at a terminal: stopped by Ctrl-C or `signal`, its lines, builds and pulls shown as progress. */
export function liveFlow(world: World, progress: Progress, signal: AbortSignal = interruptSignal()): Flow {
  const now = (): number => world.now().getTime();
  const [build, pull] = [showBuild(progress, now), showPull(progress, now)];
  return {
    world,
    signal,
    note: line => progress.line(line),
    status: line => progress.detail(line),
    during: (what, work) => progress.during(what, work),
    onEvent: event => (event.type === 'pull' || event.type === 'pulled' ? pull(event) : build(event)),
  };
}
