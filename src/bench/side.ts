import type {Ran} from './process.js';
import type {Place} from './workload.js';

/** A program to run on a side. */
export interface Program {
  /** What is run; a file of templates/bench is named by {@link Side.file}. */
  argv: readonly string[];
  place: Place | null;
  /** Whether it runs in the user's folder. */
  inFolder: boolean;
  /** Whether it reaches this machine's ports at 127.0.0.1; the host's side always does. */
  hostNetwork: boolean;
  /** milliseconds */
  limit: number;
  signal: AbortSignal;
}

/** When a started program came to life, in nanoseconds of the machine's monotonic clock. */
export interface Started extends Ran {
  begin: bigint;
  phases: Record<string, bigint>;
}

/** One of the two things compared. Every run is a fresh process, in a container a fresh container too. */
export interface Side {
  /** In the report: `python 3.11 of the host`, `gpudock/x:abc`. */
  name: string;
  python: string;
  /** Where a program of templates/bench lies. */
  file(name: string): string;
  /** Where a workload that wants a place puts its files. */
  folder(place: Place): string;
  run(program: Program): Promise<Started>;
  /** Starts a server, which is told where to listen; ends with `close`. */
  serve(argv: readonly string[], port: number, signal: AbortSignal): Promise<{close(): Promise<void>}>;
}
