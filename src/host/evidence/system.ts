import type {SystemEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {linesOf} from '../text.js';
import {isThere, textOf} from './reading.js';

/** Limits, names and groups of this machine. */
export async function readSystemEvidence(world: World): Promise<SystemEvidence> {
  const [limits, hosts, groups, restartRequired] = await Promise.all([
    textOf(world, '/proc/self/limits', 8_192),
    textOf(world, '/etc/hosts', 1_048_576),
    textOf(world, '/etc/group', 1_048_576),
    isThere(world, '/run/reboot-required'),
  ]);
  return {
    memlockKiB: limits === null ? null : lockedMemory(limits),
    localhost: hosts === null ? null : localhost(hosts),
    dockerGroup: groups === null ? null : dockerGroup(groups),
    restartRequired,
  };
}

/** The soft limit, in bytes in the file. */
function lockedMemory(limits: string): number | null {
  const soft = /^Max locked memory\s+(\d{1,20}|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Math.floor(Number(soft) / 1024);
}

function localhost(hosts: string): string[] {
  return linesOf(hosts).flatMap(line => {
    const [address, ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    return address && names.includes('localhost') ? [address] : [];
  });
}

function dockerGroup(groups: string): SystemEvidence['dockerGroup'] {
  const [, gid, members = ''] = /^docker:[^:\n]{0,100}:(\d{1,10}):([^:\n]{0,10000})$/m.exec(groups) ?? [];
  return gid === undefined ? null : {gid: Number(gid), members: members.split(',').filter(Boolean)};
}
