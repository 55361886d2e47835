import {join} from 'node:path';
import * as z from 'zod';
import {Failure} from '../../failure.js';
import type {World} from '../../world/world.js';
import type {EngineNetwork} from './network.js';

/** A Docker engine of our own: all it keeps lies in one folder, and it survives the program that started it. */
export interface DaemonSpec {
  /** Socket, data, settings, log. */
  folder: string;
  /** Where its packages are unpacked. */
  root: string;
  /** Its bridge; at most 15 characters (IFNAMSIZ). */
  bridge: string;
  /** Folders before all others on the daemon's PATH. */
  path: readonly string[];
  /** Further settings of daemon.json. */
  settings: Readonly<Record<string, unknown>>;
}

/** Where a daemon's files lie. */
export interface Layout {
  socket: string;
  data: string;
  run: string;
  pid: string;
  settings: string;
  log: string;
  programs: string;
  lock: string;
}

export const layout = (folder: string): Layout => ({
  socket: join(folder, 'docker.sock'),
  data: join(folder, 'data'),
  run: join(folder, 'run'),
  pid: join(folder, 'docker.pid'),
  settings: join(folder, 'daemon.json'),
  log: join(folder, 'dockerd.log'),
  programs: join(folder, 'programs'),
  lock: join(folder, 'lock'),
});

export const daemonHost = (folder: string): string => `unix://${layout(folder).socket}`;

/** What its daemon.json says. */
export function settings(
  {folder, bridge, settings: more}: DaemonSpec,
  network: EngineNetwork,
): Record<string, unknown> {
  const at = layout(folder);
  return {
    hosts: [`unix://${at.socket}`],
    pidfile: at.pid,
    'data-root': at.data,
    'exec-root': at.run,
    // Where the machine runs a containerd the daemon joins it: its containers must not be taken for another daemon's.
    'containerd-namespace': bridge,
    'containerd-plugins-namespace': `${bridge}-plugins`,
    bridge,
    iptables: false,
    ip6tables: false,
    'default-address-pools': [{base: network.pool, size: 24}],
    ...(network.mtu === null ? {} : {mtu: network.mtu}),
    ...more,
  };
}

const PoolBefore = z.object({'default-address-pools': z.tuple([z.object({base: z.string()})])});

/** The pool that the last start wrote into daemon.json; null: none can be read. */
export async function poolBefore(world: World, at: Layout): Promise<string | null> {
  const file = await world.read(at.settings);
  if (file.status !== 'ok') return null;
  try {
    const settings = PoolBefore.parse(JSON.parse(Buffer.from(file.value).toString('utf8')));
    return settings['default-address-pools'][0].base;
  } catch {
    // A start that was cut off leaves half a file.
    return null;
  }
}

/** unix(7): a socket's path has at most 107 bytes; containerd's is the longest here. */
export function mustFitSocket({run}: Layout): void {
  const longest = join(run, 'containerd/containerd-debug.sock');
  if (Buffer.byteLength(longest) <= 107) return;
  throw new Failure({
    code: 'socket_path_too_long',
    message: 'the cache folder’s path is too long for a socket',
    cause: `${longest} has more than 107 bytes`,
    fix: 'set XDG_CACHE_HOME to a shorter path',
  });
}
