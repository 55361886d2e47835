import {access, constants, open, readdir, stat as statPath} from 'node:fs/promises';
import {system} from './system.js';
import type {Command, Outcome, PathFacts, Reading, World} from './world.js';

const DEFAULT_TIMEOUT = 5_000;
const DEFAULT_LIMIT = 16 * 1024 * 1024;

/** The machine gpudock runs on; `engine` is how its engine is asked. */
export function liveWorld(engine: (world: Pick<World, 'env' | 'read'>) => World['engine']): World {
  const {env} = process;
  return {
    engine: engine({env, read}),
    env,
    platform: process.platform,
    cwd: process.cwd(),
    run,
    read,
    list,
    stat,
    system,
    now: () => new Date(),
    fetch: async (url, init) => {
      const {EnvHttpProxyAgent, fetch} = await import('undici');
      const response = await fetch(url, {...init, dispatcher: new EnvHttpProxyAgent()});
      return response as unknown as Response;
    },
  };
}

/** How long after its kill a program may still hold on before it is left behind. */
const GRACE = 100;

async function run(command: Command): Promise<Outcome> {
  const {execa} = await import('execa');
  const timeout = command.timeout ?? DEFAULT_TIMEOUT;
  const child = execa(command.program, [...command.args], {
    timeout,
    // A sick GPU makes nvidia-smi ignore SIGTERM; the probe must end all the same.
    killSignal: 'SIGKILL',
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 64 * 1024 * 1024,
    ...(command.input === undefined ? {stdin: 'ignore' as const} : {input: command.input}),
    // The caller's own folder may be one that it cannot enter: under it nothing could be started.
    cwd: command.cwd ?? '/',
    ...(command.env === undefined ? {} : {env: command.env}),
  });
  let timer: NodeJS.Timeout | undefined;
  const left = new Promise<null>(resolve => {
    timer = setTimeout(resolve, timeout + GRACE, null);
  });
  const result = await Promise.race([child, left]);
  clearTimeout(timer);
  if (result === null) {
    // A program stuck in the kernel outlives its kill, and a grandchild may keep its pipes open.
    child.unref();
    child.stdout?.destroy();
    child.stderr?.destroy();
    return {status: 'timeout', stdout: '', stderr: ''};
  }
  return outcomeOf(result);
}

interface Ended {
  stdout: string;
  stderr: string;
  timedOut: boolean;
  code?: string | undefined;
  exitCode?: number | undefined;
}

function outcomeOf({stdout, stderr, ...end}: Ended): Outcome {
  if (end.timedOut) return {status: 'timeout', stdout, stderr};
  if (end.code === 'ENOENT') return {status: 'not-found', stdout, stderr};
  if (end.code === 'EACCES' || end.code === 'EPERM') return {status: 'denied', stdout, stderr};
  return {status: 'ran', exit: end.exitCode ?? 128, stdout, stderr};
}

async function read(path: string, limit = DEFAULT_LIMIT): Promise<Reading<Uint8Array>> {
  try {
    const file = await open(path, 'r');
    try {
      // Files under /proc and /sys say that their size is 0: read until the end or the limit.
      const chunks: Buffer[] = [];
      for (let total = 0; total < limit; ) {
        const {buffer, bytesRead} = await file.read(Buffer.alloc(Math.min(65_536, limit - total)));
        if (bytesRead === 0) break;
        chunks.push(buffer.subarray(0, bytesRead));
        total += bytesRead;
      }
      return {status: 'ok', value: Buffer.concat(chunks)};
    } finally {
      await file.close();
    }
  } catch (error) {
    return {status: missing(error)};
  }
}

async function list(path: string): Promise<Reading<string[]>> {
  try {
    return {status: 'ok', value: (await readdir(path)).sort()};
  } catch (error) {
    return {status: missing(error)};
  }
}

async function stat(path: string): Promise<Reading<PathFacts>> {
  try {
    const facts = await statPath(path);
    const {uid, gid} = facts;
    const kind = facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'other';
    const [readable, writable] = await Promise.all([may(path, constants.R_OK), may(path, constants.W_OK)]);
    return {status: 'ok', value: {kind, uid, gid, readable, writable}};
  } catch (error) {
    return {status: missing(error)};
  }
}

const may = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

function missing(error: unknown): 'not-found' | 'denied' | 'error' {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'not-found';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'error';
}
