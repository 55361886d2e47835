import {readEngine} from '../../engine/facts.js';
import type {World} from '../../world/world.js';
import type {Answer, SourceReading} from '../reading.js';
import {decode} from '../text.js';
import {parseCdiSpec} from './cdi-spec.js';
import {daemonPath} from './daemon.js';
import {parseEngine} from './engine.js';
import {absence} from './folders.js';

/** Where container engines look for CDI specifications unless they are told otherwise (CDI specification). */
export const CDI_FOLDERS = ['/etc/cdi', '/var/run/cdi'];
/** The PATH of a daemon that systemd starts (systemd.exec(5)). */
const STANDARD_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The engine by its API, and then what only its own settings lead to: its CDI specifications, the hook on its PATH. */
export async function readEngineAnswers(world: World, timeout: number): Promise<Answer[]> {
  const answer = await readEngine(world, timeout);
  const says = answer.status === 'ok' ? parseEngine(answer) : unanswered(answer);
  const own = says.engine && isHere(says.engine) ? says : null;
  const [cdi, hook] = await Promise.all([readCdiSpecs(world, own?.cdiFolders ?? CDI_FOLDERS), readHook(world, own)]);
  return [{source: 'engine API', status: answer.status, says}, hook, cdi];
}

/** A context that is not there was asked for by somebody: no other engine may answer in its place. */
const unanswered = ({code, detail}: {code?: string; detail: string}): SourceReading =>
  code === undefined ? {} : {troubles: [{id: code, detail}]};

/** Its folders are those of this machine. */
const isHere = ({remote, snap, desktop}: NonNullable<SourceReading['engine']>): boolean =>
  remote === false && snap !== true && desktop !== true;

/** Every specification in the folders. */
async function readCdiSpecs(world: Pick<World, 'list' | 'read'>, folders: readonly string[]): Promise<Answer> {
  const listings = await Promise.all(folders.map(folder => world.list(folder)));
  const paths = listings.flatMap((listing, at) =>
    listing.status === 'ok' ? listing.value.map(name => `${folders[at]}/${name}`) : [],
  );
  const specs = paths.filter(path => /\.(?:ya?ml|json)$/.test(path)).slice(0, 50);
  const readings = await Promise.all(specs.map(path => world.read(path)));
  const says = await Promise.all(
    readings.map(reading => (reading.status === 'ok' ? parseCdiSpec(decode(reading.value)) : {})),
  );
  const devices = says.flatMap(({engine}: SourceReading) => engine?.cdiDevices ?? []);
  const status = specs.length > 0 ? 'ok' : absence(listings.map(listing => listing.status));
  return {source: 'CDI specifications', status, says: devices.length > 0 ? {engine: {cdiDevices: devices}} : {}};
}

const HOOK = 'nvidia-container-runtime-hook';

/** The executable that dockerd looks for on its own PATH before it accepts `--gpus` (moby, daemon/nvidia_linux.go). */
async function readHook(world: World, own: SourceReading | null): Promise<Answer> {
  const folders = own?.engine ? await daemonFolders(world, own.engine) : STANDARD_FOLDERS;
  if (folders === null) return {source: HOOK, status: 'denied', says: {}};
  const stats = await Promise.all(folders.map(folder => world.stat(`${folder}/${HOOK}`)));
  const status = stats.some(stat => stat.status === 'ok') ? 'ok' : absence(stats.map(stat => stat.status));
  const hook = status === 'ok' ? true : status === 'not-found' ? false : null;
  return {source: HOOK, status, says: {gpuAccess: {hook}}};
}

/** The daemon's PATH where that can be read; the standard one for the system's own daemon; else not known. */
async function daemonFolders(
  world: World,
  {kind, rootDir}: NonNullable<SourceReading['engine']>,
): Promise<readonly string[] | null> {
  if (kind === 'podman' || rootDir == null) return STANDARD_FOLDERS;
  return (await daemonPath(world, rootDir)) ?? (rootDir.startsWith('/var/lib/docker') ? STANDARD_FOLDERS : null);
}
