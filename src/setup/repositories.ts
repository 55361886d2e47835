import type {Release} from './release.js';

/** A vendor's package repository: the files that make the package manager know it. */
export interface Repository {
  vendor: 'Docker' | 'NVIDIA';
  files: readonly RepositoryFile[];
}

/** Written as it stands, or fetched from the vendor. */
export type RepositoryFile = {path: string; text: string} | {path: string; url: string; begins: string};

const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----';
const DOCKER = 'https://download.docker.com/linux';
const NVIDIA = 'https://nvidia.github.io/libnvidia-container';

/**
 * Docker's own packages (docs.docker.com/engine/install): for Debian and Ubuntu, Fedora, Red Hat's kin. null: Docker has
 * none for this distribution, or the name of its release is not known.
 */
export function dockerRepository({family, id, ubuntu, codename}: Release): Repository | null {
  if (family === 'debian') {
    if (codename === null) return null;
    const uri = `${DOCKER}/${ubuntu ? 'ubuntu' : 'debian'}`;
    const key = '/etc/apt/keyrings/docker.asc';
    const source = ['Types: deb', `URIs: ${uri}`, `Suites: ${codename}`, 'Components: stable', `Signed-By: ${key}`, ''];
    return {
      vendor: 'Docker',
      files: [
        {path: key, url: `${uri}/gpg`, begins: KEY},
        {path: '/etc/apt/sources.list.d/docker.sources', text: source.join('\n')},
      ],
    };
  }
  if (family !== 'fedora' && family !== 'rhel') return null;
  // Docker builds for RHEL itself and for CentOS; Rocky, Alma and Oracle Linux take the latter.
  const folder = family === 'fedora' ? 'fedora' : id === 'rhel' ? 'rhel' : 'centos';
  const url = `${DOCKER}/${folder}/docker-ce.repo`;
  return {vendor: 'Docker', files: [{path: '/etc/yum.repos.d/docker-ce.repo', url, begins: '['}]};
}

/** NVIDIA's packages of the container toolkit (NVIDIA/cloud-native-docs:container-toolkit/install-guide.md). */
export function nvidiaRepository({family}: Release): Repository | null {
  if (family === null || family === 'arch') return null;
  if (family === 'debian') {
    const key = '/etc/apt/keyrings/nvidia-container-toolkit.asc';
    // apt puts the architecture's name in place of $(ARCH) (sources.list(5)).
    const source = `deb [signed-by=${key}] ${NVIDIA}/stable/deb/$(ARCH) /\n`;
    return {
      vendor: 'NVIDIA',
      files: [
        {path: key, url: `${NVIDIA}/gpgkey`, begins: KEY},
        {path: '/etc/apt/sources.list.d/nvidia-container-toolkit.list', text: source},
      ],
    };
  }
  const folder = family === 'suse' ? '/etc/zypp/repos.d' : '/etc/yum.repos.d';
  const url = `${NVIDIA}/stable/rpm/nvidia-container-toolkit.repo`;
  return {vendor: 'NVIDIA', files: [{path: `${folder}/nvidia-container-toolkit.repo`, url, begins: '['}]};
}
