import type {World} from '../world/world.js';

type Reader = Pick<World, 'list' | 'read'>;

/** Where the system's own daemon writes its number (dockerd(8), `--pidfile`). */
const PID_FILE = '/var/run/docker.pid';

/**
 * The numbers of the Docker daemons that run on this machine, the system's own first: where it is the one that is looked
 * for, the other processes are never looked at. Read from /proc by name: no program is started, and no root is needed.
 */
export async function* daemonProcesses(world: Reader): AsyncGenerator<string> {
  const written = (await text(world, PID_FILE, 32))?.match(/^\d{1,10}/)?.[0];
  if (written !== undefined && (await isDaemon(world, written))) yield written;
  const listing = await world.list('/proc');
  const numbers = listing.status === 'ok' ? listing.value.filter(name => /^\d{1,10}$/.test(name)) : [];
  const others = numbers.filter(number => number !== written);
  const found = await Promise.all(others.map(number => isDaemon(world, number)));
  yield* others.filter((_, at) => found[at]);
}

const isDaemon = async (world: Reader, number: string): Promise<boolean> =>
  (await text(world, `/proc/${number}/comm`, 32)) === 'dockerd\n';

async function text(world: Reader, path: string, limit: number): Promise<string | null> {
  const file = await world.read(path, limit);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
}
