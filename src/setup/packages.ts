import type {Step} from '../diagnosis/diagnosis.js';
import {atLeast} from '../matrix/dotted.js';
import type {Family, Release} from './release.js';
import {dockerRepository, nvidiaRepository, type Repository} from './repositories.js';

/** Packages to install, and the repository that must be added for them first; null: the distribution has them. */
export interface Choice {
  packages: readonly string[];
  repository: Repository | null;
}

/** What the machine's own package sources offer: versions by name. null: that is not known. */
export type Offers = ReadonlyMap<string, string> | null;

const DOCKERS_OWN = ['docker-ce', 'docker-ce-cli', 'containerd.io', 'docker-buildx-plugin'];

/**
 * Distributions that package both the engine and buildx: the package indexes of Debian 13 and Ubuntu 22.04,
 * software.opensuse.org/package/docker-buildx, archlinux.org/packages/extra/x86_64/docker-buildx. Fedora and Red Hat's
 * kin take Docker's own (docs.docker.com/engine/install/fedora, …/rhel).
 */
const DISTRIBUTIONS_OWN: Readonly<Partial<Record<Family, readonly string[]>>> = {
  // Without the recommended ca-certificates nothing can be pulled.
  debian: ['docker.io', 'docker-buildx', 'ca-certificates'],
  suse: ['docker', 'docker-buildx'],
  arch: ['docker', 'docker-buildx'],
};

/** All names that the choice of packages depends on. */
export const ASKED = [
  ...DOCKERS_OWN,
  'docker.io',
  'docker',
  'docker-cli',
  'docker-buildx',
  'rootlesskit',
  'nvidia-container-toolkit',
];

/** The engine with buildx: the distribution's own where it has both, else Docker's. null: neither is known. */
export function engineChoice(release: Release, offers: Offers): Choice | null {
  if (offers?.has('docker-ce')) return {packages: DOCKERS_OWN, repository: null};
  const own = ownEngine(release, offers);
  if (own !== null) return {packages: own, repository: null};
  const repository = dockerRepository(release);
  return repository && {packages: DOCKERS_OWN, repository};
}

/** null: not packaged together with buildx. */
function ownEngine(release: Release, offers: Offers): readonly string[] | null {
  const {family, ubuntu, version} = release;
  const names = family === null ? undefined : DISTRIBUTIONS_OWN[family];
  if (names === undefined || !hasBuildx(release, offers)) return null;
  // Debian 13 took the command line out of docker.io.
  const apart = offers ? offers.has('docker-cli') : !ubuntu && atLeast(version, '13') !== false;
  return family === 'debian' && apart ? [...names, 'docker-cli'] : names;
}

/** First release with buildx. What is made from these two has numbers of its own. */
const BUILDX_SINCE: Readonly<Record<string, string | undefined>> = {debian: '13', ubuntu: '22.04'};

/** Whether the distribution packages buildx: what its sources say, else what is known of its releases. */
function hasBuildx({family, id, version}: Release, offers: Offers): boolean {
  if (offers !== null) return offers.has('docker-buildx');
  if (family !== 'debian') return family === 'suse' || family === 'arch';
  const since = BUILDX_SINCE[id];
  // Debian's testing and unstable have no number.
  return since !== undefined && (atLeast(version, since) ?? version === null);
}

/** buildx for an engine that is there. */
export function buildxChoice(release: Release, dockersOwn: boolean, offers: Offers): Choice | null {
  if (dockersOwn) return {packages: ['docker-buildx-plugin'], repository: null};
  return hasBuildx(release, offers) ? {packages: ['docker-buildx'], repository: null} : null;
}

/** Arch and openSUSE Tumbleweed package the toolkit; the others get it from NVIDIA. */
export function toolkitChoice(release: Release, offers: Offers): Choice | null {
  const packages = ['nvidia-container-toolkit'];
  const own = release.family === 'arch' || release.id === 'opensuse-tumbleweed' || offers?.has(packages[0] ?? '');
  if (own) return {packages, repository: null};
  const repository = nvidiaRepository(release);
  return repository && {packages, repository};
}

/** apt asks nothing, changes no configuration file that was edited, and removes no package (apt-get(8), dpkg(1)). */
const APT = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] as const;
const KEEP = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold', '--no-remove'];

/** Without sources apt knows of the named files alone. */
const NO_SOURCES = ['-o', 'Dir::Etc::SourceList=/dev/null', '-o', 'Dir::Etc::SourceParts=/dev/null'];

/** Reads the indexes again; null where installing does that by itself, or must not do it apart (Arch: partial upgrades). */
export function indexStep(family: Family): Step | null {
  if (family === 'debian') return [...APT, 'update'];
  return family === 'suse' ? ['zypper', '--non-interactive', '--gpg-auto-import-keys', 'refresh'] : null;
}

/** Installs by name, without questions. */
export function installStep(family: Family, packages: readonly string[]): Step {
  switch (family) {
    case 'debian':
      return [...APT, 'install', '--yes', '--no-install-recommends', ...KEEP, ...packages];
    case 'fedora':
    case 'rhel':
      return ['dnf', 'install', '-y', ...packages];
    case 'suse':
      return ['zypper', '--non-interactive', 'install', ...packages];
    case 'arch':
      return ['pacman', '-S', '--needed', '--noconfirm', ...packages];
  }
}

/** Installs package files alone: nothing is downloaded. */
export function installFilesStep(family: Family, files: readonly string[]): Step {
  switch (family) {
    case 'debian':
      return [...APT, 'install', '--yes', '--no-install-recommends', ...KEEP, ...NO_SOURCES, ...files];
    case 'fedora':
    case 'rhel':
      return ['dnf', 'install', '-y', '--disablerepo=*', ...files];
    case 'suse':
      return ['zypper', '--non-interactive', '--no-remote', 'install', '--allow-unsigned-rpm', ...files];
    case 'arch':
      return ['pacman', '-U', '--needed', '--noconfirm', ...files];
  }
}

/** How a family's package files end. */
export const EXTENSION: Readonly<Record<Family, string>> = {
  debian: '.deb',
  fedora: '.rpm',
  rhel: '.rpm',
  suse: '.rpm',
  arch: '.pkg.tar.zst',
};

/** Files of a folder that belong to the NVIDIA container toolkit, by their names (NVIDIA/libnvidia-container packaging). */
export const isToolkitFile = (path: string): boolean =>
  /(?:^|\/)lib(?:nvidia-container)|(?:^|\/)nvidia-container/.test(path);
