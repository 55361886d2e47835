import {join} from 'node:path';
import {EXIT, Failure} from '../failure.js';
import {decode} from '../host/text.js';
import type {World} from '../world/world.js';
import {EXTENSION} from './packages.js';
import {parseRelease, type Release} from './release.js';

/** One file that `setup --pack` wrote: package files, and the os-release of the system that they are for. */
export interface Bundle {
  /** Absolute path. */
  file: string;
  /** Where it is unpacked to install from, and which is removed afterwards. */
  folder: string;
  release: Release | null;
}

/** Package files to install from; of a bundle, where they will lie once it is unpacked. */
export interface PackageFiles {
  files: readonly string[];
  bundle: Bundle | null;
}

const TIME_LIMIT = 60_000;
export const RELEASE_FILE = 'os-release';

/** Looks into a folder or a bundle, and unpacks nothing. `cache`: the caller's own folder. Throws `packages_unreadable`. */
export async function readPackageFiles(
  world: World,
  release: Release | null,
  path: string,
  cache: string,
): Promise<PackageFiles> {
  const ends = release?.family ? EXTENSION[release.family] : null;
  const listing = await world.list(path);
  const names = listing.status === 'ok' ? listing.value : await namesInBundle(world, path);
  const folder = listing.status === 'ok' ? path : join(cache, 'setup-packages');
  const files = names.filter(name => ends !== null && name.endsWith(ends)).map(name => `${folder}/${name}`);
  if (listing.status === 'ok') return {files, bundle: null};
  return {files, bundle: {file: path, folder, release: await releaseOf(world, path)}};
}

/** Names without a folder alone: nothing else is in a bundle. */
async function namesInBundle(world: World, path: string): Promise<string[]> {
  const outcome = await world.run({program: 'tar', args: ['--list', '--file', path], timeout: TIME_LIMIT});
  if (outcome.status === 'ran' && outcome.exit === 0)
    return outcome.stdout.split('\n').filter(name => /^[\w.+~%:-]+$/.test(name));
  throw new Failure({
    code: 'packages_unreadable',
    message: `${path} is neither a folder nor a bundle of packages`,
    cause: outcome.stderr.split('\n')[0] || `tar: ${outcome.status}`,
    fix: 'make one on a machine of the same release that has a network: gpudock setup --pack engine.tar',
    exit: EXIT.usage,
  });
}

async function releaseOf(world: World, path: string): Promise<Release | null> {
  const args = ['--extract', '--to-stdout', '--file', path, RELEASE_FILE];
  const outcome = await world.run({program: 'tar', args, timeout: TIME_LIMIT});
  return outcome.status === 'ran' && outcome.exit === 0 ? parseRelease(decode(Buffer.from(outcome.stdout))) : null;
}

/** Packages of another release would break a system half-way. Throws `bundle_mismatch`. */
export function mustFit(bundle: Bundle | null, here: Release | null): void {
  const made = bundle?.release;
  if (!made || !here || (made.id === here.id && made.version === here.version)) return;
  throw new Failure({
    code: 'bundle_mismatch',
    message: `the bundle is for ${made.name}; this is ${here.name}`,
    cause: 'packages go with one release of one distribution',
    fix: `gpudock setup --pack engine.tar on a ${here.name} that has a network`,
    exit: EXIT.usage,
  });
}
