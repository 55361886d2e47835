import {request} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import type {Engine} from './connect.js';
import {lastLines, waitingLine} from './containers.js';
import {whyEnded} from './ended.js';

/** A server that was started: where it answers. */
export interface Started {
  id: string;
  name: string;
  /** `http://127.0.0.1:PORT` */
  url: string;
}

const POLL_INTERVAL = 100;
const ANSWER_LIMIT = 5_000;
const LAST_LINES = 20;

/** Port on this machine that a container's port got; null: it has none, or has ended. */
export async function publishedPort({docker}: Engine, id: string, inside: number): Promise<number | null> {
  const {NetworkSettings} = await docker.getContainer(id).inspect();
  const port = Number(NetworkSettings.Ports[`${inside}/tcp`]?.[0]?.HostPort);
  return Number.isInteger(port) ? port : null;
}

/**
 * Waits until the server says that it is ready: 200, and `text` in the answer. Throws `server_ended` with its last lines
 * as soon as it has ended once, though the engine would start it again; `server_silent` after `limit` ms.
 */
export async function untilServing(
  engine: Engine,
  server: Started,
  health: {path: string; text: string | null},
  {limit, signal, status}: {limit: number; signal: AbortSignal; status(line: string): void},
): Promise<void> {
  const end = Date.now() + limit;
  for (let round = 0; Date.now() < end; round++) {
    if (signal.aborted) throw interrupted('the wait for the server');
    if (await answers(`${server.url}${health.path}`, health.text)) return;
    if (round % 5 === 4) await mustRun(engine, server);
    if (round % 10 === 9) status(await waitingLine(engine, server));
    await sleep(POLL_INTERVAL);
  }
  throw new Failure({
    code: 'server_silent',
    message: `${server.name} was not ready within ${limit / 1000} seconds`,
    cause: 'its last lines stand above',
    fix: 'give it more time with --wait, where it is still loading',
    details: await lastLines(engine, server.id, LAST_LINES),
  });
}

function answers(url: string, text: string | null): Promise<boolean> {
  return new Promise(resolve => {
    const call = request(url, {agent: false, timeout: ANSWER_LIMIT}, response => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        body = `${body}${chunk}`.slice(0, 65_536);
      });
      response.on('end', () => resolve(response.statusCode === 200 && (text === null || body.includes(text))));
      response.on('error', () => resolve(false));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.end();
  });
}

async function mustRun(engine: Engine, {id, name}: Started): Promise<void> {
  const {State, RestartCount} = await engine.docker.getContainer(id).inspect();
  if (State.Running && RestartCount === 0) return;
  const why = await whyEnded(engine, id);
  throw new Failure({
    code: 'server_ended',
    message: `${name} ended by itself (exit code ${why.exit})`,
    cause: why.cause,
    fix: why.fix ?? 'mend what its last lines say, and start it again',
    details: why.details,
  });
}
