/** What runs in the container, and how it is reached. */
export interface Work {
  purpose: 'notebook' | 'job' | 'shell' | 'server';
  /** null: the image's own. */
  entrypoint: readonly string[] | null;
  /** null: the image's own. */
  command: readonly string[] | null;
  /** Port inside the container; null: none is published. */
  port: number | null;
  /** Path of the link, with its slash. */
  path: string;
  /** Variables beyond gpudock's own, `NAME=value`. */
  env: readonly string[];
  /** Mounts beyond project and cache, as `docker run --volume` has them. */
  binds: readonly string[];
  tty: boolean;
  /** Whether standard input is connected. */
  stdin: boolean;
  detach: boolean;
  /** Whether the engine starts it again when it ends with an error. */
  restart: boolean;
  /** Whether the project folder is mounted, and is where the work begins. */
  workspace: boolean;
  /** Seconds that it has to end by itself; null: the engine's own 10. */
  stopSeconds: number | null;
}

export const NOTEBOOK: Work = {
  purpose: 'notebook',
  entrypoint: null,
  command: null,
  port: 8888,
  path: '/lab',
  env: [],
  binds: [],
  tty: false,
  stdin: false,
  detach: true,
  restart: false,
  workspace: true,
  stopSeconds: null,
};

/** A command of the user's, in place of the image's own start. */
export const job = (command: readonly string[], change: Partial<Work> = {}): Work => ({
  ...NOTEBOOK,
  purpose: 'job',
  // What Docker's own command line sends for `--entrypoint ''`: none, whatever the image has.
  entrypoint: [''],
  command,
  port: null,
  path: '/',
  detach: false,
  ...change,
});

/** The best shell that the image has. */
export const SHELL = ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash; exec sh'] as const;
