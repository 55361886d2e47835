import {createInterface} from 'node:readline';
import {PassThrough} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Container, ContainerInspectInfo} from 'dockerode';
import type {Engine} from './connect.js';
import {engineLost} from './containers.js';
import {demultiplex} from './streams.js';

export interface LogOptions {
  follow: boolean;
  /** null: all lines */
  tail: number | null;
  signal: AbortSignal;
  onLine(line: string): void;
}

/** How a container that was followed has ended; null: it was not followed to its end. */
export type FollowedTo = {exit: number} | null;

/**
 * Passes on a container's output line by line, both streams in order; with `follow` until it ends for good or the
 * interrupt. Throws `engine_lost` when the engine goes away meanwhile.
 */
export async function copyLogs(
  {docker}: Engine,
  id: string,
  {follow, tail, signal, onLine}: LogOptions,
): Promise<FollowedTo> {
  const container = docker.getContainer(id);
  const options = {stdout: true, stderr: true, ...(tail === null ? {} : {tail})};
  if (!follow) {
    await lines(
      onLine,
      async target => void target.end(demultiplex(await container.logs({...options, follow: false}))),
    );
    return null;
  }
  let started = (await container.inspect()).State.StartedAt;
  for (let more = {}; ; ) {
    await lines(onLine, target => followed(docker, container, {...options, ...more}, signal, target));
    if (signal.aborted) return null;
    const state = await stateAfter(container, started, signal);
    if (!state.Running) return {exit: state.ExitCode};
    started = state.StartedAt;
    // A first line may be older than the start that the engine notes.
    more = {since: seconds(state.FinishedAt)};
  }
}

async function lines(onLine: (line: string) => void, write: (target: PassThrough) => Promise<void>): Promise<void> {
  const target = new PassThrough();
  const reader = createInterface({input: target, crlfDelay: Number.POSITIVE_INFINITY});
  reader.on('line', onLine);
  const closed = new Promise(resolve => reader.on('close', resolve));
  await write(target);
  await closed;
}

/** Ends `target` when the engine's answer ends, however it does. */
async function followed(
  docker: Engine['docker'],
  container: Container,
  options: {stdout: boolean; stderr: boolean},
  signal: AbortSignal,
  target: PassThrough,
): Promise<void> {
  const stream = await container.logs({...options, follow: true, abortSignal: signal});
  docker.modem.demuxStream(stream, target, target);
  for (const end of ['end', 'error', 'close']) stream.on(end, () => target.end());
  signal.addEventListener('abort', () => target.end());
}

/** milliseconds */
const LOOK_INTERVAL = 200;
/** As long as an engine may take to note that a container has ended. */
const NOTICE_LIMIT = 3_000;

/** Its state once it has ended for good, or was started again by the engine: what it prints then is new. */
async function stateAfter(
  container: Container,
  started: string,
  signal: AbortSignal,
): Promise<ContainerInspectInfo['State']> {
  try {
    for (let end = Date.now() + NOTICE_LIMIT; Date.now() < end; await sleep(LOOK_INTERVAL)) {
      const {State} = await container.inspect();
      if (signal.aborted || !State.Running || (State.StartedAt !== started && !State.Restarting)) return State;
      // Between two starts it waits longer each time.
      if (State.Restarting) end = Date.now() + NOTICE_LIMIT;
    }
    throw new Error('it no longer passes on what the container prints');
  } catch (error) {
    throw engineLost(error);
  }
}

/** As the engine's `since` has it (Docker Engine API, ContainerLogs). */
const seconds = (time: string): string => {
  const [, fraction = '0'] = /\.(\d+)Z$/.exec(time) ?? [];
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction}`;
};
