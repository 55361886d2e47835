import type {Step} from '../diagnosis/diagnosis.js';
import type {DaemonSettings} from './daemon-config.js';

/** One thing that is done to the machine. Files are written whole; what was there before goes into the journal. */
export type Action =
  /** `mayStop`: may be ended half-way, because what it did is thrown away then. */
  | {kind: 'run'; command: Step; changes: readonly string[]; undo: Step | null; mayStop: boolean}
  | {kind: 'write'; path: string; text: string}
  /** From a repository of a vendor; the answer must begin as told. */
  | {kind: 'fetch'; path: string; url: string; begins: string}
  /** Laid over what daemon.json holds at that moment. `text`: what it would become by what is known now. */
  | {kind: 'settings'; path: string; settings: DaemonSettings; text: string};

/** A question whose answer shows that a step did what it should. */
export type Proof =
  /** `says`: part of the output; null: ending well is enough. `patience`: seconds within which it may come true. */
  | {kind: 'command'; command: Step; says: string | null; patience: number}
  /** Two folders hold the same number of inodes and the same bytes in files. */
  | {kind: 'same-tree'; from: string; to: string};

export interface SetupStep {
  /** What it changes, in one line. */
  does: string;
  action: Action;
  proof: Proof | null;
}

export type GroupId = 'engine' | 'access' | 'toolkit' | 'gpu' | 'mirrors' | 'data-root';

/** Steps that go together and are agreed to together. */
export interface Group {
  id: GroupId;
  title: string;
  /** done: nothing to do; blocked: needed, and setup cannot; unknown: not known whether it is needed. */
  state: 'done' | 'needed' | 'blocked' | 'unknown';
  why: string;
  steps: readonly SetupStep[];
  /** Groups without which this one makes no sense: where one is declined, so is this. */
  after: readonly GroupId[];
  /** What makes Docker read its files again, after they were put back. */
  restart: readonly Step[];
  /** Shows that Docker is back at work after that. */
  restarted: Proof | null;
  /** What is thrown away when a step failed. */
  cleanup: readonly Step[];
}

export const group = (id: GroupId, title: string, state: Exclude<Group['state'], 'needed'>, why: string): Group => ({
  id,
  title,
  state,
  why,
  steps: [],
  after: [],
  restart: [],
  restarted: null,
  cleanup: [],
});

export const run = (
  does: string,
  command: Step,
  more: {proof?: Proof; changes?: readonly string[]; undo?: Step; mayStop?: boolean} = {},
): SetupStep => ({
  does,
  action: {kind: 'run', command, changes: more.changes ?? [], undo: more.undo ?? null, mayStop: more.mayStop ?? false},
  proof: more.proof ?? null,
});

/** A proof that takes no time, or that has `patience` seconds to come true. */
export const proof = (command: Step, says: string | null = null, patience = 0): Proof => ({
  kind: 'command',
  command,
  says,
  patience,
});
