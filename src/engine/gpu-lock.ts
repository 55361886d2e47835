import {createHash} from 'node:crypto';
import {createServer, type Server} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {interrupted} from '../interrupt.js';
import type {Engine} from './connect.js';

const POLL_INTERVAL = 20;
/** Making a container takes well under a second, and of fifty that start together the last waits for all the others. */
const PATIENCE = 90_000;

/**
 * Does the work while no other gpudock of this machine, whoever's it is, chooses GPUs on the same engine. The lock is a
 * name in Linux's abstract socket space: taking it is one step, and the kernel gives it back when its holder dies. Where
 * there are no such names, or their holder is stuck, the work is done without.
 */
export async function whileChoosing<T>(
  {endpoint}: Engine,
  wanted: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (!isChoice(wanted)) return work();
  const name = `\0gpudock-gpus-${createHash('sha256').update(endpoint.host).digest('hex').slice(0, 16)}`;
  let lock: Server | null = null;
  for (const end = Date.now() + PATIENCE; process.platform === 'linux' && Date.now() < end; ) {
    lock = await taken(name);
    if (lock !== null) break;
    if (signal.aborted) throw interrupted('the choice of GPUs');
    await sleep(POLL_INTERVAL);
  }
  try {
    return await work();
  } finally {
    lock?.close();
  }
}

/** `all`, `none` and named GPUs leave nothing to choose. */
const isChoice = (wanted: string): boolean => wanted === 'auto' || /^[1-9]\d*$/.test(wanted);

function taken(name: string): Promise<Server | null> {
  return new Promise(resolve => {
    const server = createServer(connection => connection.destroy());
    server.once('error', () => resolve(null));
    server.listen(name, () => resolve(server));
  });
}
