import {type ChildProcess, type ExecFileException, execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {access, constants, open, readdir, stat as statPath} from 'node:fs/promises';
import {isAbsolute, join} from 'node:path';
import {fetcher} from './fetch.js';
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
    fetch: fetcher(env),
  };
}

/** How long after it was told to end a program may still hold on before it is left behind, in milliseconds. */
const GRACE = {SIGKILL: 100, SIGTERM: 10_000};
const MAX_OUTPUT = 64 * 1024 * 1024;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function run(command: Command): Promise<Outcome> {
  if (await isAbsent(command)) return {status: 'not-found', stdout: '', stderr: ''};
  return start(command);
}

/** Looked for as execvp does: a start that must fail costs a process, and the probe asks for many that are not there. */
async function isAbsent({program, env}: Command): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const path = (env?.PATH ?? process.env.PATH ?? '').split(':');
  const places = program.includes('/') ? [program] : path.map(folder => join(folder, program));
  // Where a relative path leads is for the system to say.
  if (!places.every(isAbsolute)) return false;
  const found = await Promise.all(places.map(place => access(place).then(() => true, missingNot)));
  return !found.includes(true);
}

/** Only what is proved not to be there is absent. */
const missingNot = (error: unknown): boolean => missing(error) !== 'not-found';

function start(command: Command): Promise<Outcome> {
  const {program, args, cwd = '/', env, input = '', onLine, signal, timeout = DEFAULT_TIMEOUT} = command;
  // A sick GPU makes nvidia-smi ignore SIGTERM; the probe must end all the same.
  const killSignal: keyof typeof GRACE = signal === undefined ? 'SIGKILL' : 'SIGTERM';
  return new Promise(resolve => {
    let status: 'ran' | 'timeout' = 'ran';
    const timers: NodeJS.Timeout[] = [];
    const end = (): void => void child.kill(killSignal);
    // The caller's own folder may be one that it cannot enter: under it nothing could be started.
    const options = {cwd, killSignal, maxBuffer: MAX_OUTPUT, env: {...process.env, ...env}};
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      running.delete(child);
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(status === 'timeout' ? {status, stdout, stderr} : outcomeOf(error, stdout, stderr));
    });
    running.add(child);
    const leave = (): void => {
      // A program stuck in the kernel outlives its kill, and a grandchild may keep its pipes open.
      child.unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({status: 'timeout', stdout: '', stderr: ''});
    };
    const expire = (): void => {
      status = 'timeout';
      end();
      timers.push(setTimeout(leave, GRACE[killSignal]));
    };
    timers.push(setTimeout(expire, timeout));
    if (signal?.aborted === true) end();
    signal?.addEventListener('abort', end, {once: true});
    if (onLine !== undefined) for (const stream of [child.stdout, child.stderr]) stream?.on('data', linesTo(onLine));
    // A program may end, or not exist, before it has read its input.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** Takes pieces of a text, and hands on its whole lines; what is drawn over with a carriage return counts as one too. */
function linesTo(hear: (line: string) => void): (piece: string) => void {
  let rest = '';
  return piece => {
    const lines = (rest + piece).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') hear(line);
  };
}

function outcomeOf(error: ExecFileException | null, stdout: string, stderr: string): Outcome {
  if (error?.code === 'ENOENT') return {status: 'not-found', stdout, stderr};
  if (error?.code === 'EACCES' || error?.code === 'EPERM') return {status: 'denied', stdout, stderr};
  const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 128;
  return {status: 'ran', exit, stdout, stderr};
}

/** Bytes. Most of what is read is a line or two; room for more in each of a hundred reads sets the garbage collector to work. */
const FIRST_READ = 4_096;
const LATER_READ = 65_536;

/** What the kernel holds in memory of a process: it never waits, and a start reads one for each process there is. */
const OF_PROCESS = /^\/proc\/\d+\/(?:comm|status)$/;

async function read(path: string, limit = DEFAULT_LIMIT): Promise<Reading<Uint8Array>> {
  try {
    if (OF_PROCESS.test(path)) return {status: 'ok', value: readFileSync(path).subarray(0, limit)};
    // A pipe in the place of a file would hold the program for ever, also at its end.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // Files under /proc and /sys say that their size is 0: read until the end or the limit.
      const chunks: Buffer[] = [];
      for (let total = 0; total < limit; ) {
        const size = total === 0 ? FIRST_READ : LATER_READ;
        const {buffer, bytesRead} = await file.read(Buffer.alloc(Math.min(size, limit - total)));
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
