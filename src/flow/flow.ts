import type {BuildEvent} from '../engine/build-progress.js';
import type {PullEvent, PulledEvent} from '../engine/pull-progress.js';
import type {World} from '../world/world.js';

/** What a flow needs of the caller: the world, the interrupt, and where its lines go. */
export interface Flow {
  world: World;
  signal: AbortSignal;
  note(line: string): void;
  /** What goes on right now. */
  status(line: string): void;
  /** Work of its own that may take long: once it does, what it is. */
  during<T>(what: string, work: Promise<T>): Promise<T>;
  /** How far builds and pulls are. */
  onEvent(event: BuildEvent | PullEvent | PulledEvent): void;
}
