import type {Host} from '../../contract/host.js';
import type {SystemEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {linesOf} from '../text.js';
import {isThere, outputOf, textOf} from './reading.js';

/** Limits, names and groups of this machine. */
export async function readSystemEvidence(world: World, host: Host, timeout: number): Promise<SystemEvidence> {
  const [limits, addresses, group, dxg, restartRequired, lingers] = await Promise.all([
    textOf(world, '/proc/self/limits', 8_192),
    outputOf(world, timeout, 'getent', 'ahosts', 'localhost'),
    outputOf(world, timeout, 'getent', 'group', 'docker'),
    isThere(world, '/dev/dxg'),
    isThere(world, '/run/reboot-required'),
    readLinger(world, host),
  ]);
  return {
    memlockKiB: limits === null ? null : lockedMemory(limits),
    localhost: addresses === null ? null : localhost(addresses),
    dockerGroup: group === null ? null : dockerGroup(group),
    dxg,
    restartRequired,
    lingers,
  };
}

/** Of an engine that is the user's own: where `loginctl enable-linger` leaves its mark. */
async function readLinger(world: Pick<World, 'stat'>, {engine, user}: Host): Promise<boolean | null> {
  if (!engine.rootless || user.name === null || !/^[\w.-]{1,64}$/.test(user.name)) return null;
  return (await isThere(world, '/run/systemd/system')) ? isThere(world, `/var/lib/systemd/linger/${user.name}`) : null;
}

/** The soft limit, in bytes in the file. */
function lockedMemory(limits: string): number | null {
  const soft = /^Max locked memory\s+(\d{1,20}|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Math.floor(Number(soft) / 1024);
}

/** `getent` prints an address a line, and each for every kind of socket. */
const localhost = (said: string): string[] => [...new Set(linesOf(said).flatMap(line => line.split(/\s/, 1)[0] || []))];

function dockerGroup(said: string): SystemEvidence['dockerGroup'] {
  const [, gid, members = ''] = /^docker:[^:\n]{0,100}:(\d{1,10}):([^:\n]{0,10000})$/m.exec(said) ?? [];
  return gid === undefined ? null : {gid: Number(gid), members: members.split(',').filter(Boolean)};
}
