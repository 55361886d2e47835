import type {World} from '../world/world.js';

type Reader = Pick<World, 'list' | 'read'>;

/** Where the system's own daemon writes its number (dockerd(8), `--pidfile`). */
const PID_FILE = '/var/run/docker.pid';
const SYSTEM_FOLDER = '/var/lib/docker';
/** Bytes. */
const LIMIT = 65_536;

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

/** Those of them that store their data in `rootDir`: one, but that a daemon may have ended without its files. */
export async function* daemonsThatStoreIn(world: Reader, rootDir: string): AsyncGenerator<string> {
  for await (const pid of daemonProcesses(world)) if (holds(await dataFolder(world, pid), rootDir)) yield pid;
}

const isDaemon = async (world: Reader, number: string): Promise<boolean> =>
  (await text(world, `/proc/${number}/comm`, 32)) === 'dockerd\n';

async function text(world: Reader, path: string, limit: number): Promise<string | null> {
  const file = await world.read(path, limit);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : null;
}

/** A daemon with user namespaces stores in a folder below the one that it was told. */
const holds = (folder: string | null, rootDir: string): boolean =>
  folder !== null && (rootDir === folder || rootDir.startsWith(`${folder}/`));

/** Where a daemon was told to store: by its flags, else by its configuration file; null: that may not be read. */
async function dataFolder(world: Reader, pid: string): Promise<string | null> {
  const command = await words(world, `/proc/${pid}/cmdline`);
  if (!command) return null;
  const flag = (name: string): string | undefined => {
    const at = command.findIndex(word => word === name || word.startsWith(`${name}=`));
    return command[at]?.split('=')[1] ?? (at < 0 ? undefined : command[at + 1]);
  };
  const told = flag('--data-root') ?? flag('-g') ?? flag('--graph');
  if (told !== undefined) return told;
  const file = await world.read(flag('--config-file') ?? '/etc/docker/daemon.json', LIMIT);
  if (file.status === 'ok') return configured(Buffer.from(file.value).toString('utf8')) ?? SYSTEM_FOLDER;
  return file.status === 'not-found' ? SYSTEM_FOLDER : null;
}

function configured(text: string): string | null {
  try {
    const folder = (JSON.parse(text) as {'data-root'?: unknown} | null)?.['data-root'];
    return typeof folder === 'string' ? folder : null;
  } catch {
    return null;
  }
}

/** The words of a file of /proc that ends each with a zero byte. */
export async function words(world: Reader, path: string): Promise<string[] | null> {
  const file = await world.read(path, LIMIT);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8').split('\0').filter(Boolean) : null;
}
