import type {Host} from '../contract/host.js';
import type {Match} from '../contract/verdict.js';
import type {Project} from '../environment/project.js';

/** The questions, in the order they are asked: seven at most, because an image brings its own Python. Each is a flag of `gpudock init` and, but for `next`, a key of gpudock.yaml. */
export const KEYS = ['framework', 'base', 'python', 'packages', 'gpus', 'data', 'port', 'next'] as const;
export type Key = (typeof KEYS)[number];

/** Answers as they are typed or chosen: `auto` leaves it to the project's files and the machine. */
export type Answers = Partial<Record<Key, string>>;

export interface Choice {
  value: string;
  name: string;
  /** Why it is offered, or what it means. */
  why: string;
  /** Why it cannot be chosen, and what would unlock it. */
  blocked?: string;
}

/** One question. `choices: null` takes free text. */
export interface Question {
  key: Key;
  message: string;
  choices: readonly Choice[] | null;
  default: string;
  /** Nothing hangs on it here, so it is not asked; a flag for it is still looked at. */
  moot?: boolean;
  /** null: the text will do; else what is wrong with it. */
  problem(text: string): string | null | Promise<string | null>;
}

/** What questions rest on. The machine and its images may still be on their way. */
export interface Known {
  project: Project;
  host: Promise<Host>;
  /** What is wrong with paths of data; null: nothing. */
  dataProblem(paths: readonly string[]): Promise<string | null>;
  /** The images of a framework, judged on this machine. */
  images(framework: string): Promise<Pick<Match, 'candidates' | 'unlock'>>;
}
