/**
 * Everything outside the program, as one record of functions that is passed in. Nothing in `src/` reads the
 * environment, the clock, a file or a process in any other way, so that a capture can stand in for a machine.
 */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The folder relative paths start from. */
  readonly cwd: string;
  /** Runs a program by argv (never a shell). Never throws: the outcome is a value. */
  run(command: Command): Promise<Outcome>;
  /** Reads at most `limit` bytes of a file (default 16 MiB). Never throws. */
  read(path: string, limit?: number): Promise<Reading<Uint8Array>>;
  /** Names in a folder, sorted. Never throws. */
  list(path: string): Promise<Reading<string[]>>;
  /** What a path is, following links, and what the caller may do there. Never throws. */
  stat(path: string): Promise<Reading<PathFacts>>;
  now(): Date;
  /** What the operating system says of the machine and of the caller, within `timeout` milliseconds. Never throws. */
  system(timeout: number): Promise<Reading<SystemFacts>>;
  /** True for a capture: asking costs nothing, and what is absent is not recorded. */
  readonly recorded?: boolean;
  /** `GET path` of the Docker Engine API, for facts only; with a body `POST`. Never throws. */
  engine(path: string, timeout: number, body?: unknown): Promise<EngineAnswer>;
  /** HTTP that honours `HTTPS_PROXY`, `NO_PROXY` and `NODE_EXTRA_CA_CERTS`. Follows five redirects. Throws node's errors. */
  fetch(url: string, init?: FetchInit): Promise<WebAnswer>;
}

/** An answer of a web server, its body still to be read. */
export interface WebAnswer {
  status: number;
  /** Null: it is not there. */
  header(name: string): string | null;
  body: AsyncIterable<Uint8Array>;
  /** Leaves the body unread. */
  cancel(): void;
}

export interface FetchInit {
  headers?: Record<string, string>;
  method?: string;
  body?: string;
  redirect?: 'follow' | 'manual';
  signal?: AbortSignal;
  /** Further authorities to trust, PEM. */
  certificates?: string;
  /** Where the environment names no proxy: URLs, and the hosts that are reached without one, joined by commas. */
  proxies?: {http: string; https: string; except: string};
}

/** null: not known. */
export interface SystemFacts {
  os: {
    platform: string | null;
    distro: string | null;
    release: string | null;
    kernel: string | null;
    /** as node has it: `x64`, `arm64` */
    arch: string | null;
  };
  resources: {cpus: number | null; cpuFlags: string[] | null; memoryMiB: number | null; shmMiB: number | null};
  filesystems: {mount: string; freeMiB: number}[] | null;
  user: {uid: number | null; gid: number | null; name: string | null; groups: number[] | null};
}

export interface PathFacts {
  kind: 'file' | 'folder' | 'other';
  uid: number;
  gid: number;
  readable: boolean;
  writable: boolean;
}

export interface Command {
  program: string;
  args: readonly string[];
  /** milliseconds; default 5,000 */
  timeout?: number;
  /** default: the root folder */
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  input?: string;
  /** Hears each line that the program prints, as it comes. */
  onLine?: (line: string) => void;
  /** Given for a program that has something to tidy up: it is then asked by SIGTERM to end, also at its timeout. */
  signal?: AbortSignal;
}

/** What became of a program. `ran` holds every exit code; the other three say why there is none. */
export type Outcome =
  | {status: 'ran'; exit: number; stdout: string; stderr: string}
  | {status: 'not-found' | 'timeout' | 'denied' | 'not-recorded'; stdout: string; stderr: string};

/** What became of a read. `not-recorded` comes only from a capture: its absence proves nothing. */
export type Reading<T> =
  | {status: 'ok'; value: T}
  | {status: 'not-found' | 'denied' | 'error' | 'timeout' | 'not-recorded'};

/**
 * What the engine answered: JSON as a value, anything else as text. `remote`: it runs on another machine, so its paths
 * are not ours. `code`: the failure that keeps it from being asked at all.
 */
export type EngineAnswer =
  | {status: 'ok'; body: unknown; remote: boolean}
  | {status: 'not-found' | 'denied' | 'timeout' | 'error' | 'not-recorded'; detail: string; code?: string};
