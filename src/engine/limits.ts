import type {World} from '../world/world.js';
import {daemonProcesses, daemonsThatStoreIn} from './daemon-process.js';

/** CAP_SYS_RESOURCE (linux/capability.h): without it nobody raises a hard limit. */
const SYS_RESOURCE = 1n << 24n;

/**
 * Whether the local engine that stores in `rootDir` may raise a container's locked-memory limit: read from the daemon's own
 * capabilities. Where it cannot be told apart (`rootDir` null, or its settings not readable) all daemons that are seen have
 * to agree: null when they do not, or none is seen from here.
 */
export async function mayRaiseLimits(
  world: Pick<World, 'list' | 'read'>,
  rootDir: string | null,
): Promise<boolean | null> {
  if (rootDir !== null) for await (const pid of daemonsThatStoreIn(world, rootDir)) return hasCapability(world, pid);
  const asked: Promise<boolean | null>[] = [];
  for await (const pid of daemonProcesses(world)) asked.push(hasCapability(world, pid));
  const [first = null, ...others] = await Promise.all(asked);
  return others.every(other => other === first) ? first : null;
}

async function hasCapability(world: Pick<World, 'read'>, pid: string): Promise<boolean | null> {
  const file = await world.read(`/proc/${pid}/status`, 8_192);
  const status = file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : '';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective === undefined ? null : (BigInt(`0x${effective}`) & SYS_RESOURCE) !== 0n;
}
