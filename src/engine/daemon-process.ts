import type {World} from '../world/world.js';

type Reader = Pick<World, 'list' | 'read'>;

/** Where the system's own daemon writes its number (dockerd(8), `--pidfile`). */
const PID_FILE = '/var/run/docker.pid';

/**
 * The numbers of the Docker daemons that run on this machine, the system's own first. Read from /proc by name: no
 * program is started, and no root is needed.
 */
export async function daemonProcesses(world: Reader): Promise<string[]> {
  const written = (await text(world, PID_FILE, 32))?.match(/^\d{1,10}/)?.[0];
  const listing = await world.list('/proc');
  const numbers = listing.status === 'ok' ? listing.value.filter(name => /^\d{1,10}$/.test(name)) : [];
  const names = await Promise.all(numbers.map(number => text(world, `/proc/${number}/comm`, 32)));
  const daemons = numbers.filter((_, at) => names[at] === 'dockerd\n');
  return written !== undefined && daemons.includes(written)
    ? [written, ...daemons.filter(number => number !== written)]
    : daemons;
}

async function text(world: Reader, path: string, limit: number): Promise<string | null> {
  const file = await world.read(path, limit);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
}
