import {spawn} from 'node:child_process';

export interface Ran {
  /** null: ended by us, or never started. */
  exit: number | null;
  output: string;
  /** Why there is no exit code. */
  trouble: 'limit' | 'interrupted' | 'not-found' | null;
}

export interface RunOptions {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** milliseconds */
  limit: number;
  signal: AbortSignal;
}

const LONGEST_OUTPUT = 4 * 1024 * 1024;

/**
 * Runs a program in a process group of its own, so that at the limit or at an interrupt whatever it started ends with it.
 * Of a long output the end is kept.
 */
export function runGroup(argv: readonly string[], {cwd = '/', env = {}, limit, signal}: RunOptions): Promise<Ran> {
  return new Promise(resolve => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      cwd,
      env: {...process.env, ...env},
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, trouble]: [string, Ran['trouble']] = ['', null];
    const kill = (why: Ran['trouble']): void => {
      trouble ??= why;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The whole group has ended by itself.
      }
    };
    const interrupt = (): void => kill('interrupted');
    const timer = setTimeout(() => kill('limit'), limit);
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-LONGEST_OUTPUT);
    };
    const end = (exit: number | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
      // What it left in the background would disturb the next trial.
      kill(trouble);
      resolve({exit: trouble === null ? exit : null, output, trouble});
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', () => {
      trouble ??= 'not-found';
      end(null);
    });
    child.on('close', end);
    signal.addEventListener('abort', interrupt, {once: true});
    if (signal.aborted) interrupt();
  });
}
