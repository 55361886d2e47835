import type {Host} from '../contract/host.js';
import {asRoot, type Step} from '../diagnosis/diagnosis.js';
import type {Family} from './release.js';

/** Families whose releases have a name: packages of a rolling one fit the day that they are from, and no other. */
export type Packable = Exclude<Family, 'arch'>;

/**
 * For apt nothing is installed, so that it names all that a bare machine may lack, and offers nothing that came from a file
 * (apt.conf(5), Dir::State::status). It keeps no cache of such an answer.
 */
export const NOTHING_INSTALLED = [
  'Dir::State::status=/dev/null',
  'Dir::Cache::pkgcache=',
  'Dir::Cache::srcpkgcache=',
].flatMap(setting => ['-o', setting]);

/**
 * Fills a folder with packages and all that they depend on, as if nothing were installed, and installs nothing: apt and
 * dnf do so for every user, zypper for root (dnf4-download(8), dnf5-download(8); zypper(8), --installroot).
 */
export function downloadStep(
  host: Pick<Host, 'user'>,
  family: Packable,
  folder: string,
  packages: readonly string[],
): Step {
  switch (family) {
    case 'debian':
      return aptDownload(folder, ['--quiet=1', ...packages]);
    case 'fedora':
    case 'rhel':
      return ['dnf', '--assumeyes', '--quiet', 'download', '--resolve', '--alldeps', '--destdir', folder, ...packages];
    case 'suse': {
      const places = ['--installroot', `${folder}/root`, '--pkg-cache-dir', folder];
      const kind = ['install', '--download-only', '--no-recommends'];
      return asRoot(host, 'zypper', '--non-interactive', '--quiet', ...places, ...kind, ...packages);
    }
  }
}

/** What apt would fetch: a line a file, with its address, name, size and hash. null: the others don't say beforehand. */
export const foretold = (family: Packable, folder: string, packages: readonly string[]): Step | null =>
  family === 'debian' ? aptDownload(folder, ['--quiet=2', '--print-uris', ...packages]) : null;

function aptDownload(folder: string, packages: readonly string[]): Step {
  const own = ['-o', `Dir::Cache::archives=${folder}`, '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root'];
  const kind = ['--yes', '--no-install-recommends', '--download-only'];
  return ['apt-get', 'install', ...kind, ...NOTHING_INSTALLED, ...own, ...packages];
}
