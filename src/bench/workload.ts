import type {Better} from './statistics/verdict.js';

/** What a workload needs on each side; where it is missing the workload is skipped and says so. */
export type Need = 'numpy' | 'torch' | 'gpu' | 'gpus' | 'fio';

/** The same files on both sides, or the host's own Python against the image's. */
export type Mode = 'same-bits' | 'as-shipped';

/** Where a workload's files lie in the container; on the host they lie in an ordinary folder. */
export type Place = 'bind' | 'volume' | 'layer';

/** How a trial is made: a program on each side, a start timed from outside, a client of a server on each side. */
export type Kind = 'program' | 'start' | 'http' | 'command';

export interface Workload {
  name: string;
  summary: string;
  unit: string;
  better: Better;
  /** The difference that does not matter: relative, or absolute in the unit. */
  margin: {relative: number} | {absolute: number};
  kind: Kind;
  /** A program of templates/bench with its arguments, or a command of the user's. */
  argv: readonly string[];
  needs: readonly Need[];
  place: Place | null;
  /** Pattern of a figure in a command's output. */
  metric: string | null;
  /** Why a container is known to be slower here, and what helps. */
  known: {cause: string; fix: string};
}
