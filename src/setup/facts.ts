import type {Host} from '../contract/host.js';
import type {SystemEvidence, ToolkitEvidence} from '../diagnosis/evidence.js';
import {BUILDX_OF_ALL, buildxOfUser} from '../engine/buildx.js';
import {isThere, outputOf, textOf} from '../host/evidence/reading.js';
import {readSystemEvidence} from '../host/evidence/system.js';
import {readToolkitEvidence} from '../host/evidence/toolkit.js';
import {decode, linesOf} from '../host/text.js';
import {cacheFolder} from '../world/cache.js';
import type {World} from '../world/world.js';
import {type Bundle, readPackageFiles} from './bundle.js';
import {ASKED, type Offers} from './packages.js';
import {bareRelease, parseRelease, type Release} from './release.js';

/** What is asked of setup, beyond what every machine needs. */
export interface SetupRequest {
  /** The user's own engine instead of the group docker. */
  rootless: boolean;
  /** Registry mirrors to add. */
  mirrors: readonly string[];
  /** Absolute path of a folder that images move to. */
  dataRoot: string | null;
  /** Absolute path of a folder of package files, or of a bundle of them, to install from instead of the network. */
  packages: string | null;
}

/** What the plan rests on. null everywhere: not known. */
export interface SetupFacts {
  host: Host;
  release: Release | null;
  /** systemd is the init process. */
  systemd: boolean | null;
  /** /etc/init.d/docker is there: a service without systemd. */
  initScript: boolean | null;
  /** dockerd is on the disk, whether it runs or not. */
  dockerd: boolean | null;
  buildx: boolean | null;
  /** Names of packages that are installed. */
  installed: ReadonlySet<string> | null;
  offers: Offers;
  toolkit: ToolkitEvidence;
  dockerGroup: SystemEvidence['dockerGroup'];
  /** The person's login, also under sudo; null: there is none, or it is root. */
  login: string | null;
  /** The caller's home folder. */
  home: string | null;
  /** Text of /etc/docker/daemon.json; null: there is none. */
  daemonConfig: string | null;
  /** Package files of the folder or bundle asked for. */
  files: readonly string[] | null;
  /** The bundle that they are in. */
  bundle: Bundle | null;
  /** Names in the folder that images are to move to; null: it is not there. */
  dataRootHolds: readonly string[] | null;
}

const TIME_LIMIT = 10_000;
/** dnf fetches the indexes of its repositories when they are old. */
const INDEX_LIMIT = 300_000;
export const DAEMON_CONFIG = '/etc/docker/daemon.json';
const DAEMONS = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd'];

/** Looks, and changes nothing. */
export async function readSetupFacts(
  world: World,
  host: Host,
  request: Pick<SetupRequest, 'dataRoot' | 'packages'> = {dataRoot: null, packages: null},
): Promise<SetupFacts> {
  const release = await readRelease(world, host);
  const debian = release?.family === 'debian';
  const [systemd, initScript, dockerd, buildx, toolkit, system, daemonConfig, installed, offers] = await Promise.all([
    isThere(world, '/run/systemd/system'),
    isThere(world, '/etc/init.d/docker'),
    anyThere(world, DAEMONS),
    hasBuildx(world),
    readToolkitEvidence(world),
    readSystemEvidence(world, host, TIME_LIMIT),
    textOf(world, DAEMON_CONFIG, 1_048_576),
    debian ? installedDebs(world) : installedRpms(world),
    debian ? offeredDebs(world) : null,
  ]);
  const {packages: path} = request;
  const packages = path === null ? null : await readPackageFiles(world, release, path, cacheFolder(world.env));
  return {
    host,
    release,
    systemd,
    initScript,
    dockerd,
    buildx,
    installed,
    offers,
    toolkit,
    dockerGroup: system.dockerGroup,
    login: loginOf(world, host),
    home: world.env.HOME ?? null,
    daemonConfig,
    files: packages?.files ?? null,
    bundle: packages?.bundle ?? null,
    dataRootHolds: request.dataRoot === null ? null : await namesIn(world, request.dataRoot),
  };
}

async function readRelease(world: World, {os}: Host): Promise<Release | null> {
  const file = await world.read('/etc/os-release', 65_536);
  const read = file.status === 'ok' ? parseRelease(decode(file.value)) : null;
  return read ?? (os.distro === null ? null : bareRelease(os.distro, os.release));
}

/** false only where every one is proved to be absent. */
async function anyThere(world: World, paths: readonly string[]): Promise<boolean | null> {
  const there = await Promise.all(paths.map(path => isThere(world, path)));
  return there.includes(true) ? true : there.includes(null) ? null : false;
}

/** A user's own is a find; that there is none says nothing of the others. */
async function hasBuildx(world: World): Promise<boolean | null> {
  return (await isThere(world, buildxOfUser(world.env))) === true || anyThere(world, BUILDX_OF_ALL);
}

async function installedDebs(world: World): Promise<ReadonlySet<string> | null> {
  const args = ['--show', '--showformat', `\${Package} \${db:Status-Status}\\n`];
  const outcome = await world.run({program: 'dpkg-query', args, timeout: TIME_LIMIT, env: {LC_ALL: 'C'}});
  if (outcome.status !== 'ran') return null;
  return new Set(linesOf(outcome.stdout).flatMap(line => /^(\S+) installed$/.exec(line)?.[1] ?? []));
}

async function installedRpms(world: World): Promise<ReadonlySet<string> | null> {
  const said = await outputOf(world, TIME_LIMIT, 'rpm', '--query', '--all', '--queryformat', '%{NAME}\\n');
  return said === null ? null : new Set(linesOf(said).filter(Boolean));
}

/** null where apt's indexes name none of them: they have not been read yet. `settings`: further ones for apt. */
export async function offeredDebs(world: World, settings: readonly string[] = []): Promise<Offers> {
  const said = await outputOf(world, TIME_LIMIT, 'apt-cache', ...settings, 'policy', ...ASKED);
  const offers = parsePolicy(said ?? '');
  return offers.size === 0 ? null : offers;
}

/** What dnf or zypper know of; versions are of no matter there. null: of none. */
export async function offeredRpms(world: World, family: 'fedora' | 'rhel' | 'suse'): Promise<Offers> {
  const said = await (family === 'suse'
    ? outputOf(world, INDEX_LIMIT, 'zypper', '--no-refresh', 'search', '--match-exact', '--type', 'package', ...ASKED)
    : outputOf(world, INDEX_LIMIT, 'dnf', '--quiet', 'repoquery', '--queryformat', '%{name}\\n', ...ASKED));
  // dnf prints a name a line, zypper a table with the names in its second column.
  const names = linesOf(said ?? '').map(line => (line.split('|')[1] ?? line).trim());
  const offers = new Map(names.filter(name => ASKED.includes(name)).map(name => [name, '']));
  return offers.size === 0 ? null : offers;
}

/** `apt-cache policy`: a paragraph a package, with its candidate's version. */
export function parsePolicy(text: string): ReadonlyMap<string, string> {
  const offers = new Map<string, string>();
  let name: string | undefined;
  for (const line of linesOf(text)) {
    name = /^([a-z0-9][a-z0-9.+-]{0,100}):$/.exec(line)?.[1] ?? name;
    const version = /^ {2}Candidate: (\S{1,100})$/.exec(line)?.[1];
    if (name !== undefined && version !== undefined && version !== '(none)') offers.set(name, version);
  }
  return offers;
}

/** Under sudo the person is the one who called it. */
function loginOf({env}: World, {user}: Host): string | null {
  const name = (user.uid === 0 ? env.SUDO_USER : user.name) ?? 'root';
  return name !== 'root' && LOGIN.test(name) ? name : null;
}

/** Names that useradd(8) makes, and those of directories, which may have dots and capitals. */
const LOGIN = /^[A-Za-z_][\w.-]{0,63}$/;

async function namesIn(world: World, folder: string): Promise<readonly string[] | null> {
  const listing = await world.list(folder);
  return listing.status === 'ok' ? listing.value : null;
}
