import {randomBytes} from 'node:crypto';
import {copyFile, mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import type {Host} from '../contract/host.js';
import type {SetupPack} from '../contract/setup.js';
import {asRoot} from '../diagnosis/diagnosis.js';
import {EXIT, Failure} from '../failure.js';
import {RELEASE_FILE} from './bundle.js';
import {downloadStep, foretold, type Packable} from './download.js';
import type {SetupFacts} from './facts.js';
import type {Machine} from './machine.js';
import {EXTENSION, engineChoice, toolkitChoice} from './packages.js';
import type {Release} from './release.js';

/** What a machine of this release needs that has no network: the engine with buildx, the toolkit where it is to be had. */
export function planPack({release, offers}: Pick<SetupFacts, 'release' | 'offers'>, file: string): SetupPack {
  const family = packable(release);
  if (release === null || family === null) throw unpackable(release);
  if (offers === null) throw indexesMissing(family);
  const engine = engineChoice(release, offers);
  if (engine === null || engine.repository !== null) throw engineMissing(release, family, engine !== null);
  const toolkit = toolkitChoice(release, offers);
  const withToolkit = toolkit !== null && toolkit.repository === null;
  const {id, name, version} = release;
  return {
    schema: 'gpudock/setup-pack/1',
    distribution: {id, name, version, family},
    file,
    packages: [...engine.packages, ...(withToolkit ? toolkit.packages : [])],
    files: null,
    bytes: null,
    notes: withToolkit
      ? []
      : ['The package sources here have no NVIDIA container toolkit: the bundle has none either.'],
  };
}

export const packable = (release: Release | null): Packable | null =>
  release === null || release.family === 'arch' ? null : release.family;

interface Packing {
  host: Host;
  family: Packable;
  /** The caller's own folder. */
  cache: string;
  say(line: string): void;
  signal: AbortSignal;
}

/** Downloads, and installs nothing. The file appears whole or not at all. */
export async function carryOutPack(machine: Machine, plan: SetupPack, packing: Packing): Promise<SetupPack> {
  const {host, cache, say, signal} = packing;
  const folder = join(cache, `pack-${randomBytes(4).toString('hex')}`);
  const partial = `${plan.file}.partial`;
  try {
    await mkdir(join(folder, 'partial'), {recursive: true, mode: 0o700});
    const paths = await downloaded(machine, plan, folder, packing);
    await copyFile('/etc/os-release', join(folder, RELEASE_FILE));
    say(`writes ${plan.file}`);
    await mkdir(dirname(plan.file), {recursive: true});
    const bare = ['--owner=0', '--group=0', '--mode=u=rw,go=r', '--transform', 's#.*/##', '--directory', folder];
    await machine.must(['tar', '--create', '--file', partial, ...bare, RELEASE_FILE, ...paths], {signal});
    await rename(partial, plan.file);
    return {...plan, files: paths.map(path => basename(path)), bytes: (await stat(plan.file)).size};
  } finally {
    await rm(partial, {force: true});
    // What zypper left is root's.
    await machine.run(asRoot(host, 'rm', '--recursive', '--force', folder));
  }
}

/** Paths of the package files, below the folder. */
async function downloaded(
  machine: Machine,
  plan: SetupPack,
  folder: string,
  {host, family, say, signal}: Packing,
): Promise<string[]> {
  const asked = foretold(family, folder, plan.packages);
  // A list for this program alone.
  const uris = asked && (await machine.must(asked, {signal, onLine: () => {}}));
  say(`downloads ${uris === null ? plan.packages.join(', ') : counted(uris)}`);
  await machine.must(downloadStep(host, family, folder, plan.packages), {signal});
  const names = await readdir(folder, {recursive: true});
  return names.filter(name => name.endsWith(EXTENSION[family])).sort();
}

/** `apt-get --print-uris`. */
function counted(uris: string): string {
  const sizes = uris.split('\n').flatMap(line => /^'[^']*' \S+ (\d+)/.exec(line)?.[1] ?? []);
  const bytes = sizes.reduce((sum, size) => sum + Number(size), 0);
  return `${sizes.length} package files, ${Math.ceil(bytes / 1e6)} MB`;
}

function unpackable(release: Release | null): Failure {
  const rolling = release?.family === 'arch';
  return new Failure({
    code: 'pack_unsupported',
    message: `setup makes no bundle on ${release?.name ?? 'a system that is not known'}`,
    cause: rolling
      ? 'packages of a rolling release fit the day that they are from: on another machine they may miss a library'
      : 'setup knows no packages for it',
    fix: rolling
      ? 'on a machine of the same day: pacman -Sw --cachedir DIR docker docker-buildx; then there: gpudock setup --packages DIR'
      : null,
    exit: EXIT.usage,
  });
}

const REFRESH: Readonly<Record<Packable, string>> = {
  debian: 'sudo apt-get update',
  fedora: 'dnf makecache',
  rhel: 'dnf makecache',
  suse: 'sudo zypper refresh',
};

const indexesMissing = (family: Packable): Failure =>
  new Failure({
    code: 'package_indexes_missing',
    message: 'the package manager knows of no engine here',
    cause: 'its indexes have not been read yet, or no repository has one',
    fix: REFRESH[family],
  });

/** `vendors`: Docker has packages for it. */
const engineMissing = ({name}: Release, family: Packable, vendors: boolean): Failure =>
  new Failure({
    code: 'packages_unavailable',
    message: 'the package sources here have no engine with buildx',
    cause: vendors ? `${name} lacks it, and Docker’s own repository is not set up` : `the repositories here lack it`,
    fix: vendors
      ? `gpudock setup --dry-run shows the repository and its key; add them, then ${REFRESH[family]}`
      : `add a repository that has docker-buildx, then ${REFRESH[family]}`,
  });
