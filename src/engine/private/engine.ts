import type {World} from '../../world/world.js';
import {mustBeRoot, startDaemon, stopDaemon} from './daemon.js';
import type {DaemonSpec} from './daemon-files.js';
import {type PackageSet, type Progress, unpackPackages} from './packages.js';
import {privateFolder, privateRoot} from './paths.js';

/** What an engine is made of: tini is its `--init`, iproute2 makes its bridge. runc fits the machine's own C library. */
const PACKAGES = ['docker.io', 'containerd', 'docker-buildx', 'runc', 'iptables', 'iproute2', 'tini'];
const NEWER = ['docker.io', 'containerd', 'docker-buildx'];

/** Releases that lack docker-buildx, and the one it is taken from. */
const NEWER_SUITE: Readonly<Record<string, string>> = {bookworm: 'trixie'};

/** gpudock's private engine, unpacked and started if it is not there yet. Nothing else on the machine changes. */
export async function ensurePrivateEngine(world: World, progress: Progress): Promise<{fresh: boolean}> {
  mustBeRoot();
  await unpackEngine(world, progress);
  progress.say('starting the private engine');
  return startDaemon(world, privateDaemon(world.env), progress);
}

/** Unpacks what an engine needs; it may serve several daemons. */
export async function unpackEngine(world: World, progress: Progress): Promise<void> {
  await unpackPackages(world, await enginePackages(world), progress);
}

/** True when one ran. */
export const stopPrivateEngine = (world: World): Promise<boolean> => stopDaemon(world, privateDaemon(world.env));

export const privateDaemon = (env: World['env']): DaemonSpec => ({
  folder: privateFolder(env),
  root: privateRoot(env),
  bridge: 'gpudock0',
  path: [],
  settings: {},
});

/** The packages of an engine, and the release that those come from which this one lacks. */
export async function enginePackages(world: World): Promise<PackageSet> {
  const release = await world.read('/etc/os-release');
  const text = release.status === 'ok' ? Buffer.from(release.value).toString('utf8') : '';
  const suite = NEWER_SUITE[/^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? ''] ?? null;
  return {packages: PACKAGES, fromSuite: suite === null ? [] : NEWER, suite, folder: privateRoot(world.env)};
}
