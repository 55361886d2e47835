import {copyFile, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Failure} from '../../failure.js';
import {interrupted} from '../../interrupt.js';
import type {Outcome, World} from '../../world/world.js';
import {type AptSource, isDistributions, otherSuite, parseDeb822, parseOneLine, renderSources} from './apt-sources.js';

/** What is read of the machine's own apt configuration. */
export interface AptMachine {
  /** `debian`, `ubuntu`, … (os-release's ID) */
  id: string;
  codename: string;
  /** The distribution's own archives. */
  sources: AptSource[];
  /** Lines of apt.conf(5) on how to reach them: proxies, certificates, retries, clock. */
  acquire: string[];
}

/** Ten minutes: an index or a hundred packages over a slow line. */
const TIMEOUT = 600_000;

/** Reads how this machine gets its packages. Throws when it is no kin of Debian, or has no source of its own release. */
export async function readAptMachine(world: World): Promise<AptMachine> {
  const os = osRelease(await textOf(world, '/etc/os-release'));
  const codename = os.get('VERSION_CODENAME') ?? '';
  const dump = await world.run({program: 'apt-config', args: ['dump']});
  if (dump.status !== 'ran' || codename === '') throw notDebian(os.get('PRETTY_NAME') ?? world.platform);
  const sources = (await allSources(world)).filter(source => isDistributions(source, codename));
  if (sources.length === 0) throw noSource(codename);
  return {id: os.get('ID') ?? '', codename, sources, acquire: dump.stdout.split('\n').filter(saysHowToReach)};
}

const saysHowToReach = (line: string): boolean =>
  /^Acquire::(?:https?|Check-Valid-Until|Check-Date|Max-FutureTime|Retries|ForceIPv[46])\b/.test(line);

function osRelease(text: string): Map<string, string> {
  const pairs = text.split('\n').map(line => {
    const at = line.indexOf('=');
    const value = line.slice(at + 1).trim();
    return [line.slice(0, at), value.startsWith('"') ? value.slice(1, -1) : value] as const;
  });
  return new Map(pairs);
}

async function allSources(world: World): Promise<AptSource[]> {
  const parts = await world.list('/etc/apt/sources.list.d');
  const names = parts.status === 'ok' ? parts.value.map(name => `/etc/apt/sources.list.d/${name}`) : [];
  const files = ['/etc/apt/sources.list', ...names];
  const parsed = files.map(async file => {
    if (file.endsWith('.sources')) return parseDeb822(await textOf(world, file));
    return file.endsWith('.list') ? parseOneLine(await textOf(world, file)) : [];
  });
  return (await Promise.all(parsed)).flat();
}

async function textOf(world: World, path: string): Promise<string> {
  const file = await world.read(path);
  return file.status === 'ok' ? Buffer.from(file.value).toString('utf8') : '';
}

/** apt with folders of its own: it sees what the machine has installed, and changes nothing there. */
export interface Apt {
  run(what: string, program: 'apt-get' | 'apt-cache', ...args: string[]): Promise<string>;
  /** Where downloads land. */
  archives: string;
}

export interface AptOptions {
  world: World;
  machine: AptMachine;
  /** Holds the indexes; kept between calls. */
  state: string;
  archives: string;
  /** Another release to take what is asked for by `name/suite` from; null: this machine's own only. */
  suite: string | null;
  signal: AbortSignal;
}

/** Lays out apt's folders. With these settings it reads no configuration of the machine but what `machine` holds. */
export async function openApt({world, machine, state, archives, suite, signal}: AptOptions): Promise<Apt> {
  const at = (name: string): string => join(state, name);
  await mkdir(join(archives, 'partial'), {recursive: true});
  await mkdir(at('lists/partial'), {recursive: true});
  await copyFile('/var/lib/dpkg/status', at('status'));
  await writeFile(at('sources.sources'), renderSources([...machine.sources, ...extra(machine, suite)]));
  await writeFile(at('preferences'), suite === null ? '' : pinned(suite));
  await writeFile(at('apt.conf'), `${configuration(state, archives, machine.acquire).join('\n')}\n`);
  const env = {...world.env, APT_CONFIG: at('apt.conf'), LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive'};
  return {
    archives,
    run: async (what, program, ...args) => {
      const outcome = await world.run({program, args, env, timeout: TIMEOUT});
      if (outcome.status === 'ran' && outcome.exit === 0) return outcome.stdout;
      throw signal.aborted ? interrupted(what) : aptFailure(what, outcome);
    },
  };
}

function extra(machine: AptMachine, suite: string | null): AptSource[] {
  const source = suite === null ? null : otherSuite(machine.sources, machine.codename, suite);
  return source === null ? [] : [source];
}

/** Priority 100: taken only where asked for by name, or where nothing else satisfies a dependency (apt_preferences(5)). */
const pinned = (suite: string): string => `Package: *\nPin: release n=${suite}\nPin-Priority: 100\n`;

const configuration = (state: string, archives: string, acquire: string[]): string[] => [
  'Dir::Etc::main "/dev/null";',
  'Dir::Etc::parts "/dev/null";',
  `Dir::Etc::sourcelist "${state}/sources.sources";`,
  'Dir::Etc::sourceparts "/dev/null";',
  `Dir::Etc::preferences "${state}/preferences";`,
  'Dir::Etc::preferencesparts "/dev/null";',
  `Dir::State "${state}";`,
  `Dir::State::lists "${state}/lists";`,
  `Dir::State::status "${state}/status";`,
  `Dir::Cache "${state}";`,
  `Dir::Cache::archives "${archives}";`,
  `Dir::Log "${state}";`,
  // The cache folder is the caller's own: apt's download user may not look into it.
  'APT::Sandbox::User "root";',
  'APT::Install-Recommends "false";',
  'APT::Update::Error-Mode "any";',
  'Acquire::Languages "none";',
  'Acquire::GzipIndexes "true";',
  ...acquire,
];

const notDebian = (name: string): Failure =>
  new Failure({
    code: 'distribution_unsupported',
    message: 'a private engine cannot be unpacked here',
    cause: `it comes from Debian or Ubuntu packages, by apt-get; this is ${name}`,
    fix: 'install Docker: https://docs.docker.com/engine/install/',
  });

const noSource = (codename: string): Failure =>
  new Failure({
    code: 'package_source_missing',
    message: `apt has no source for ${codename} itself`,
    cause: 'neither /etc/apt/sources.list nor sources.list.d names the distribution’s own archive with “main”',
    fix: 'add the distribution’s mirror to /etc/apt/sources.list',
  });

/** apt's own words decide between the three causes that a user can do something about. */
function aptFailure(what: string, outcome: Outcome): Failure {
  const lines = outcome.stderr.split('\n').filter(line => /^[EW]: /.test(line));
  const text = lines.join('\n');
  const details = lines.slice(-5);
  if (/No space left|enough free space/.test(text))
    return new Failure({
      code: 'disk_full',
      message: `${what} failed: no space`,
      cause: 'the cache folder’s disk is full',
      fix: 'free some space, or set XDG_CACHE_HOME to a folder on another disk',
      details,
    });
  if (outcome.status === 'timeout' || /Could not (?:resolve|connect)|Failed to fetch|Temporary failure/.test(text))
    return new Failure({
      code: 'package_mirror_unreachable',
      message: `${what} failed: the distribution’s mirror does not answer`,
      cause: 'the mirror in /etc/apt, or the network to it',
      fix: 'see whether “apt-get update” works; behind a proxy, set Acquire::http::Proxy in /etc/apt/apt.conf',
      details,
    });
  return new Failure({code: 'packages_unavailable', message: `${what} failed`, cause: lines[0] ?? null, details});
}
