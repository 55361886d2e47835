import type {Duplex, Readable, Writable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Container} from 'dockerode';
import {engineLost, refused} from './containers.js';
import {copyTo, demultiplexTo, type Outputs} from './streams.js';

/** The terminal or pipes that a program inside is joined to. */
export interface Console extends Outputs {
  /** null: the program reads nothing. */
  stdin: Readable | null;
  /** Rows and columns, now and whenever they change; null: no terminal. */
  size: TerminalSize | null;
  /** Whether every key goes to the program, Ctrl-C too. */
  setRaw(raw: boolean): void;
}

export interface TerminalSize {
  now(): {h: number; w: number};
  onChange(listener: () => void): void;
}

/** What both a container and an exec have. */
interface Resizable {
  resize(size: {h: number; w: number}): Promise<unknown>;
}

/** Joins a program's stream to the console; resolves when its output has ended. */
export async function join(stream: Duplex, {stdin, stdout, stderr, size, setRaw}: Console): Promise<void> {
  stdin?.pipe(stream);
  setRaw(true);
  stream.on('error', () => {});
  try {
    await (size === null ? demultiplexTo(stream, {stdout, stderr}) : copyTo(stream, stdout));
  } finally {
    setRaw(false);
    stdin?.unpipe(stream);
    // A pipe that nobody reads any more must not keep this program alive.
    stdin?.destroy();
  }
}

/** Gives the program's terminal the size of this one. One that has ended has none. */
export function followSize(program: Resizable, size: TerminalSize | null): void {
  if (size === null) return;
  const resize = (): void => void program.resize(size.now()).catch(() => {});
  resize();
  size.onChange(resize);
}

/** How a container ended. */
export interface JobEnd {
  exit: number;
  /** Bytes of the memory limit that it was killed for; 0: the machine's own memory; null: it was not. */
  outOfMemory: number | null;
}

/**
 * Waits until a container has ended; `output` settles with its output. Throws `engine_lost` when the engine goes away
 * meanwhile.
 */
export async function waitForEnd(container: Container, output: Promise<void>): Promise<JobEnd> {
  const controller = new AbortController();
  try {
    await Promise.race([container.wait(), untilSeenEnded(container, output, controller.signal)]);
    const {State, HostConfig} = await container.inspect();
    return {exit: State.ExitCode, outOfMemory: State.OOMKilled ? (HostConfig.Memory ?? 0) : null};
  } catch (error) {
    throw engineLost(error);
  } finally {
    controller.abort();
  }
}

/** milliseconds */
const LOOK_INTERVAL = 1_000;

/** A wait whose connection is cut never answers; the output's end is then the first sign, and a program may close it early. */
async function untilSeenEnded(container: Container, output: Promise<void>, signal: AbortSignal): Promise<void> {
  await output;
  while (!signal.aborted) {
    await sleep(LOOK_INTERVAL, null, {signal}).catch(() => {});
    if (!signal.aborted && !(await container.inspect()).State.Running) return;
  }
}

/** Attaches to a container that has not started yet, so that nothing it prints is missed. */
export async function attach(container: Container, stdin: boolean): Promise<Duplex> {
  const connection = new AbortController();
  const wanted = {stream: true, stdin, stdout: true, stderr: true, hijack: true, abortSignal: connection.signal};
  try {
    return (await container.attach(wanted)) as Duplex;
  } catch (error) {
    // It stays open for an input that nobody will send, and would keep this program alive.
    connection.abort();
    throw await refused('the container could not be joined', error);
  }
}

/** The console of this process. */
export function ownConsole(stdin: boolean, tty: boolean, outputs: Outputs): Console {
  const out = outputs.stdout as Writable & {columns?: number; rows?: number};
  return {
    ...outputs,
    stdin: stdin ? process.stdin : null,
    setRaw: raw => {
      if (tty) process.stdin.setRawMode(raw);
    },
    size: tty
      ? {
          now: () => ({h: out.rows ?? 24, w: out.columns ?? 80}),
          onChange: listener => void process.on('SIGWINCH', listener),
        }
      : null,
  };
}
