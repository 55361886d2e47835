import type {Engine} from '../engine/connect.js';
import {engineLost} from '../engine/containers.js';
import type {PortTunnel} from '../engine/tunnel.js';
import {Failure} from '../failure.js';
import {freePort} from './port.js';

/** How a port of the engine's machine is reached from here. */
export interface Way {
  /** `http://HOST:PORT` */
  origin: string;
  /** null: the port is this machine's own, or open to the network. */
  tunnel: PortTunnel | null;
}

/** `far`: the port on the engine's machine; `near`: the one of this machine to lead from, null: a free one. */
export async function wayTo({endpoint: {host}}: Engine, far: number, near: number | null): Promise<Way> {
  if (host.startsWith('ssh://')) {
    const {tunnelToPort} = await import('../engine/tunnel.js');
    const tunnel = await tunnelToPort(host, near ?? (await freePort()), far);
    return {origin: `http://127.0.0.1:${tunnel.port}`, tunnel};
  }
  const machine = host.startsWith('tcp://') ? new URL(host).hostname : '127.0.0.1';
  return {origin: `http://${machine}:${far}`, tunnel: null};
}

/** A container that is reached by tunnels. */
export interface Led {
  id: string;
  name: string;
  tunnel: PortTunnel;
}

/**
 * Keeps the tunnels open until the interrupt, or until every container that they lead to has ended: then their names come
 * back. Throws `tunnel_broken`, `engine_lost`.
 */
export async function keptOpen(engine: Engine, led: readonly Led[], signal: AbortSignal): Promise<string[]> {
  // A wait keeps this program alive.
  const waiting = new AbortController();
  const stopped = new Promise<string[]>(done => {
    if (signal.aborted) done([]);
    signal.addEventListener('abort', () => done([]));
  });
  const ended = Promise.all(led.map(({id, name}) => untilEnded(engine, id, waiting.signal).then(() => name)));
  const broken = Promise.race(led.map(async ({name, tunnel}) => tunnelBroken(name, await tunnel.ended)));
  try {
    const end = await Promise.race([stopped, ended, broken]);
    if (Array.isArray(end)) return end;
    throw end;
  } finally {
    waiting.abort();
    for (const {tunnel} of led) tunnel.close();
  }
}

async function untilEnded({docker}: Engine, id: string, abortSignal: AbortSignal): Promise<void> {
  try {
    await docker.getContainer(id).wait({abortSignal});
  } catch (error) {
    throw engineLost(error);
  }
}

const tunnelBroken = (name: string, said: string): Failure =>
  new Failure({
    code: 'tunnel_broken',
    message: `the tunnel to ${name} has broken`,
    cause: said === '' ? 'ssh ended' : said,
    fix: `it runs on over there: gpudock open ${name} leads to it again`,
  });
