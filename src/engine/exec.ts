import {randomUUID} from 'node:crypto';
import type {Duplex} from 'node:stream';
import type {Container, Exec as DockerExec} from 'dockerode';
import {engineLost, refused} from './containers.js';
import {statusOf} from './errors.js';
import {type Console, followSize, join} from './job.js';

/** Names the programs of one `exec`, in their environment, so that a signal finds them inside. */
const MARK = 'GPUDOCK_EXEC';

export interface ExecRequest {
  command: readonly string[];
  env: readonly string[];
}

/** A program that runs in a container which ran already. */
export interface Exec {
  /** Its exit code, once it has ended. */
  end: Promise<number>;
  /** Sends a signal to it and to what it started; the engine itself has no way to. */
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program in a running container, joined to the console. */
export async function startExec(container: Container, {command, env}: ExecRequest, console: Console): Promise<Exec> {
  const mark = `${MARK}=${randomUUID()}`;
  const tty = console.size !== null;
  try {
    const exec = await container.exec({
      Cmd: [...command],
      Env: [...env, mark],
      AttachStdin: console.stdin !== null,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      ...sized(console),
    });
    const stream = (await exec.start({
      hijack: true,
      stdin: console.stdin !== null,
      Tty: tty,
      ...sized(console),
    })) as Duplex;
    followSize(exec, console.size);
    const end = join(stream, console).then(() => exitOf(exec));
    return {end, kill: signal => void killMarked(container, mark, signal).catch(() => {})};
  } catch (error) {
    // The engine answers 126 or 127 in its words only: a program that is not there is the user's own exit code.
    if (statusOf(error) === 400 || statusOf(error) === 409)
      throw await refused('the command could not be started', error);
    throw error;
  }
}

/** Resized after the start, a terminal has no size for the program's first look at it (Docker Engine API 1.42: ConsoleSize). */
const sized = ({size}: Console): {ConsoleSize?: [number, number]} => {
  if (size === null) return {};
  const {h, w} = size.now();
  return {ConsoleSize: [h, w]};
};

/** A program whose output has ended while it runs is one whose engine has gone away, and may be back. */
async function exitOf(exec: DockerExec): Promise<number> {
  try {
    const {Running, ExitCode} = await exec.inspect();
    if (Running) throw new Error('it no longer passes on what the program prints');
    return ExitCode ?? 0;
  } catch (error) {
    throw engineLost(error);
  }
}

const KILL_MARKED =
  'for p in /proc/[0-9]*; do grep -qa "$1" "$p/environ" 2>/dev/null && kill -"$2" "$(basename "$p")"; done';

async function killMarked(container: Container, mark: string, signal: NodeJS.Signals): Promise<void> {
  const exec = await container.exec({
    Cmd: ['/bin/sh', '-c', KILL_MARKED, 'sh', mark, signal.replace('SIG', '')],
    AttachStdout: true,
  });
  (await exec.start({})).resume();
}
