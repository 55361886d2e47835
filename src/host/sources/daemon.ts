import {daemonProcesses} from '../../engine/daemon-process.js';
import type {World} from '../../world/world.js';
import {decode} from '../text.js';

type Reader = Pick<World, 'list' | 'read'>;

const SYSTEM_FOLDER = '/var/lib/docker';
const LIMIT = 65_536;

/**
 * The folders on the PATH of the Docker daemon that stores its data in `rootDir`; null where they cannot be told: only
 * root and the daemon's own user may read them.
 */
export async function daemonPath(world: Reader, rootDir: string): Promise<string[] | null> {
  for await (const pid of daemonProcesses(world)) {
    const environment = await words(world, `/proc/${pid}/environ`);
    const path = environment?.find(entry => entry.startsWith('PATH='));
    if (path && (await dataFolder(world, pid).then(folder => holds(folder, rootDir)))) {
      return path.slice('PATH='.length).split(':').filter(Boolean);
    }
  }
  return null;
}

/** A daemon with user namespaces stores in a folder below the one that it was told. */
const holds = (folder: string | null, rootDir: string): boolean =>
  folder !== null && (rootDir === folder || rootDir.startsWith(`${folder}/`));

/** Where a daemon was told to store: by its flags, else by its configuration file. */
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
  return (file.status === 'ok' ? configured(decode(file.value)) : null) ?? SYSTEM_FOLDER;
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
async function words(world: Reader, path: string): Promise<string[] | null> {
  const file = await world.read(path, LIMIT);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8').split('\0').filter(Boolean) : null;
}
