import {mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {Failure} from '../../failure.js';
import {interrupted} from '../../interrupt.js';
import type {World} from '../../world/world.js';
import {type Apt, openApt, readAptMachine} from './apt.js';
import {withLock} from './lock.js';
import {aptState} from './paths.js';

/** What to unpack, and where. */
export interface PackageSet {
  /** Debian package names. */
  packages: readonly string[];
  /** Those of them that come from `suite`; all others from the machine's own release. */
  fromSuite: readonly string[];
  /** Another release of the same archive, for what the machine's own lacks; null: none. */
  suite: string | null;
  /** The folder that holds the unpacked files afterwards. */
  folder: string;
}

/** `say` takes lines of progress for people. */
export interface Progress {
  say(line: string): void;
  signal: AbortSignal;
}

const Marker = z.object({
  asked: z.array(z.string()),
  packages: z.array(z.object({name: z.string(), version: z.string()})),
});
export type Unpacked = z.infer<typeof Marker>;

const MARKER = '.gpudock-packages.json';

/**
 * Unpacks Debian packages, with those of their dependencies that the machine lacks, into a folder: no package is
 * installed, no root is needed. The folder appears whole or not at all; one that is there already is left alone.
 */
export async function unpackPackages(world: World, set: PackageSet, progress: Progress): Promise<Unpacked> {
  const present = await unpacked(world, set);
  if (present !== null) return present;
  const state = aptState(world.env);
  return withLock(join(state, 'lock'), progress.signal, async () => {
    const meanwhile = await unpacked(world, set);
    if (meanwhile !== null) return meanwhile;
    const work = `${set.folder}.partial`;
    try {
      return await unpackInto(world, set, work, state, progress);
    } finally {
      await rm(work, {recursive: true, force: true});
    }
  });
}

/** As apt is asked for it: `name`, or `name/suite`. */
const asked = ({packages, fromSuite, suite}: PackageSet): string[] =>
  packages.map(name => (suite !== null && fromSuite.includes(name) ? `${name}/${suite}` : name));

/** null: not there, or something else was asked for then. */
async function unpacked(world: World, set: PackageSet): Promise<Unpacked | null> {
  const file = await world.read(join(set.folder, MARKER));
  if (file.status !== 'ok') return null;
  const marker = Marker.safeParse(JSON.parse(Buffer.from(file.value).toString('utf8')));
  return marker.success && marker.data.asked.join() === asked(set).join() ? marker.data : null;
}

async function unpackInto(
  world: World,
  set: PackageSet,
  work: string,
  state: string,
  {say, signal}: Progress,
): Promise<Unpacked> {
  await mustBeWritable(work);
  const machine = await readAptMachine(world);
  const archives = join(work, 'archives');
  const apt = await openApt({world, machine, state, archives, suite: set.suite, signal});
  say(`reading the package index of ${machine.id} ${[machine.codename, set.suite].filter(Boolean).join(' and ')}`);
  await apt.run('reading the package index', 'apt-get', 'update', '-qq');
  const files = await download(apt, set, say);
  const root = join(work, 'root');
  const packages: Unpacked['packages'] = [];
  for (const file of files) {
    if (signal.aborted) throw interrupted('unpacking');
    const facts = await unpackOne(world, join(archives, file), root);
    if (facts !== null) packages.push(facts);
  }
  const result = {asked: asked(set), packages};
  await writeFile(join(root, MARKER), JSON.stringify(result));
  await replace(set.folder, root);
  say(`unpacked ${packages.length} packages into ${set.folder}`);
  return result;
}

async function mustBeWritable(work: string): Promise<void> {
  try {
    await rm(work, {recursive: true, force: true});
    await mkdir(work, {recursive: true});
  } catch (cause) {
    const folder = dirname(work);
    const failure = {
      code: 'cache_not_writable',
      message: `${folder} cannot be written`,
      cause: cause instanceof Error ? cause.message : String(cause),
      fix: 'set XDG_CACHE_HOME to a folder of yours',
    };
    throw new Failure(failure, {cause});
  }
}

/** The .deb files of all that is asked for, and of what the machine lacks for it. */
async function download(apt: Apt, set: PackageSet, say: Progress['say']): Promise<string[]> {
  // --reinstall: what is asked for is wanted in the folder even where the machine has it installed.
  const install = ['install', '--yes', '--reinstall', '--no-install-recommends', ...asked(set)];
  const plan = await apt.run('choosing packages', 'apt-get', '-qq', '--simulate', ...install);
  const count = plan.split('\n').filter(line => line.startsWith('Inst ')).length;
  say(`downloading ${count} packages`);
  await apt.run('downloading packages', 'apt-get', '-qq', '--download-only', ...install);
  return (await readdir(apt.archives)).filter(name => name.endsWith('.deb')).sort();
}

/** The C library's packages, which every program outside depends on too. */
const C_LIBRARY = /^(?:libc6|libc-bin|libc-l10n|locales)$/;

/** Unpacks one package; null for those that must not stand beside the machine's own: the C library, essential ones. */
async function unpackOne(world: World, file: string, root: string): Promise<{name: string; version: string} | null> {
  const fields = await dpkgDeb(world, '--field', file, 'Package', 'Version', 'Essential');
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(fields)?.[1] ?? '';
  const name = field('Package');
  if (C_LIBRARY.test(name) || field('Essential') === 'yes') return null;
  await dpkgDeb(world, '--extract', file, root);
  return {name, version: field('Version')};
}

async function dpkgDeb(world: World, ...args: string[]): Promise<string> {
  const outcome = await world.run({program: 'dpkg-deb', args, timeout: 120_000});
  if (outcome.status === 'ran' && outcome.exit === 0) return outcome.stdout;
  const full = /No space left/.test(outcome.stderr);
  throw new Failure({
    code: full ? 'disk_full' : 'package_broken',
    message: full ? 'unpacking failed: no space' : `a package could not be unpacked: ${args[1]}`,
    cause: outcome.stderr.trim().split('\n').at(-1) ?? null,
    fix: full ? 'free some space, or set XDG_CACHE_HOME to a folder on another disk' : 'try again',
  });
}

async function replace(folder: string, root: string): Promise<void> {
  const old = `${root}.old`;
  await mkdir(dirname(folder), {recursive: true});
  await rename(folder, old).catch(() => {});
  await rename(root, folder);
}
