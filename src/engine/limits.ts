import type {World} from '../world/world.js';

/** CAP_SYS_RESOURCE (linux/capability.h): without it nobody raises a hard limit. */
const SYS_RESOURCE = 1n << 24n;

/**
 * Whether a local engine may raise a container's locked-memory limit: read from the daemon's own capabilities. null when
 * the daemon is not seen from here.
 */
export async function mayRaiseLimits(world: Pick<World, 'list' | 'read'>): Promise<boolean | null> {
  const processes = await world.list('/proc');
  if (processes.status !== 'ok') return null;
  for (const pid of processes.value) {
    if (!/^\d+$/.test(pid) || (await text(world, `/proc/${pid}/comm`)) !== 'dockerd\n') continue;
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec((await text(world, `/proc/${pid}/status`)) ?? '')?.[1];
    return effective === undefined ? null : (BigInt(`0x${effective}`) & SYS_RESOURCE) !== 0n;
  }
  return null;
}

async function text(world: Pick<World, 'read'>, path: string): Promise<string | null> {
  const file = await world.read(path, 8_192);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
}
