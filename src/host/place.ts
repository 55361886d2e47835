import {type Place, placeOf} from '../diagnosis/packages.js';
import type {World} from '../world/world.js';
import {parseKernelVersion} from './sources/os.js';
import {parseOsRelease} from './sources/os-release.js';
import {decode} from './text.js';

/** The distribution's family, or WSL2, by two small files: what a fix depends on, without a probe. */
export async function readPlace(world: Pick<World, 'read'>): Promise<Place | null> {
  const [release, kernel] = await Promise.all(
    ['/etc/os-release', '/proc/version'].map(path => world.read(path, 65_536)),
  );
  const os = release?.status === 'ok' ? parseOsRelease(decode(release.value)).os : null;
  const wsl = kernel?.status === 'ok' ? parseKernelVersion(decode(kernel.value)).os?.wsl : null;
  return placeOf({
    os: {distro: os?.distro ?? null, like: os?.like ?? null, ostree: os?.ostree ?? null, wsl: wsl ?? null},
  });
}
