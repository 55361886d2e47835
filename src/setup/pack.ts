import {randomBytes} from 'node:crypto';
import {copyFile, mkdir, readdir, rename, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {SetupPack} from '../contract/setup.js';
import type {Step} from '../diagnosis/diagnosis.js';
import {EXIT, Failure} from '../failure.js';
import {RELEASE_FILE} from './bundle.js';
import type {SetupFacts} from './facts.js';
import type {Machine} from './machine.js';
import {engineChoice, toolkitChoice} from './packages.js';
import type {Family, Release} from './release.js';

/** What a machine of this release needs that has no network: the engine with buildx, the toolkit where it is to be had. */
export function planPack({release, offers}: SetupFacts, file: string): SetupPack {
  if (release?.family !== 'debian') throw otherFamily(release);
  if (offers === null) throw indexesMissing();
  const engine = engineChoice(release, offers);
  if (engine === null || engine.repository !== null) throw engineMissing(release);
  const toolkit = toolkitChoice(release, offers);
  const withToolkit = toolkit !== null && toolkit.repository === null;
  const {id, name, version, family} = release;
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

/** Downloads as an ordinary user may, and installs nothing. The file appears whole or not at all. */
export async function carryOutPack(
  {must}: Machine,
  plan: SetupPack,
  {cache, say, signal}: {cache: string; say(line: string): void; signal: AbortSignal},
): Promise<SetupPack> {
  const folder = join(cache, `pack-${randomBytes(4).toString('hex')}`);
  const partial = `${plan.file}.partial`;
  try {
    await mkdir(join(folder, 'partial'), {recursive: true, mode: 0o700});
    const plans = await must(download(folder, [...plan.packages, '--print-uris']), {signal});
    say(`downloads ${counted(plans)}`);
    await must(download(folder, plan.packages), {signal});
    const files = (await readdir(folder)).filter(name => name.endsWith('.deb')).sort();
    await copyFile('/etc/os-release', join(folder, RELEASE_FILE));
    say(`writes ${plan.file}`);
    await mkdir(dirname(plan.file), {recursive: true});
    const bare = ['--owner=0', '--group=0', '--mode=u=rw,go=r', '--directory', folder];
    await must(['tar', '--create', '--file', partial, ...bare, RELEASE_FILE, ...files], {signal});
    await rename(partial, plan.file);
    return {...plan, files, bytes: (await stat(plan.file)).size};
  } finally {
    await rm(partial, {force: true});
    await rm(folder, {recursive: true, force: true});
  }
}

/**
 * For apt nothing is installed, so that it names all that a bare machine may lack, and offers nothing that came from a file
 * (apt.conf(5), Dir::State::status). It keeps no cache of such an answer.
 */
export const NOTHING_INSTALLED = [
  'Dir::State::status=/dev/null',
  'Dir::Cache::pkgcache=',
  'Dir::Cache::srcpkgcache=',
].flatMap(setting => ['-o', setting]);

function download(folder: string, packages: readonly string[]): Step {
  const own = ['-o', `Dir::Cache::archives=${folder}`, '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root'];
  const kind = ['--yes', '--quiet=2', '--no-install-recommends', '--download-only'];
  return ['apt-get', 'install', ...kind, ...NOTHING_INSTALLED, ...own, ...packages];
}

/** `apt-get --print-uris`: a line a file, with its address, name, size and hash. */
function counted(uris: string): string {
  const sizes = uris.split('\n').flatMap(line => /^'[^']*' \S+ (\d+)/.exec(line)?.[1] ?? []);
  const bytes = sizes.reduce((sum, size) => sum + Number(size), 0);
  return `${sizes.length} package files, ${Math.ceil(bytes / 1e6)} MB`;
}

/** How the others fill a folder for `--packages` (dnf-plugins-core, zypper(8), pacman(8)). */
const OTHERS: Readonly<Record<Exclude<Family, 'debian'>, string>> = {
  fedora: 'dnf download --resolve --alldeps --destdir DIR docker-ce docker-ce-cli containerd.io docker-buildx-plugin',
  rhel: 'dnf download --resolve --alldeps --destdir DIR docker-ce docker-ce-cli containerd.io docker-buildx-plugin',
  suse: 'zypper --pkg-cache-dir DIR install --download-only docker docker-buildx',
  arch: 'pacman -Sw --cachedir DIR docker docker-buildx',
};

function otherFamily(release: Release | null): Failure {
  const family = release?.family;
  return new Failure({
    code: 'pack_unsupported',
    message: `setup makes bundles for Debian, Ubuntu and their kin; this is ${release?.name ?? 'not known'}`,
    cause: 'a bundle is made by apt',
    fix: family && family !== 'debian' ? `${OTHERS[family]}; then there: gpudock setup --packages DIR` : null,
    exit: EXIT.usage,
  });
}

const indexesMissing = (): Failure =>
  new Failure({
    code: 'package_indexes_missing',
    message: 'apt knows of no packages here',
    cause: 'its indexes have not been read yet',
    fix: 'sudo apt-get update',
  });

const engineMissing = ({name}: Release): Failure =>
  new Failure({
    code: 'packages_unavailable',
    message: 'the package sources here have no engine with buildx',
    cause: `${name} lacks it, and Docker’s own repository is not set up`,
    fix: 'gpudock setup --dry-run shows the repository and its key; add them, then sudo apt-get update',
  });
