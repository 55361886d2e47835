import type {Flow} from './flow/image.js';
import {interruptSignal} from './interrupt.js';
import {showBuild} from './ui/build.js';
import type {Progress} from './ui/progress.js';
import type {World} from './world/world.js';

/** The flow of a command at a terminal: stopped by Ctrl-C or `signal`, its lines and its builds shown as progress. */
export const liveFlow = (world: World, progress: Progress, signal: AbortSignal = interruptSignal()): Flow => ({
  world,
  signal,
  note: line => progress.line(line),
  onEvent: showBuild(progress),
});
