import {spawn} from 'node:child_process';
import {mkdir, open, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {EXIT, Failure} from '../../failure.js';
import {interrupted} from '../../interrupt.js';
import type {World} from '../../world/world.js';
import {get} from '../get.js';
import {type DaemonSpec, daemonHost, type Layout, layout, mustFitSocket, poolBefore, settings} from './daemon-files.js';
import {clearLeftovers} from './leftovers.js';
import {isAlive, withLock} from './lock.js';
import {closeNetwork, openNetwork} from './network.js';
import type {Progress} from './packages.js';
import {programEnv} from './program-env.js';

export type DaemonStatus = {running: true; pid: number; host: string; version: string} | {running: false};

const START_LIMIT = 60_000;
/** The daemon gives containers 15 seconds before it kills them (dockerd --shutdown-timeout), then ends itself. */
const STOP_LIMIT = 45_000;
const POLL_INTERVAL = 50;

/** Starts the daemon unless it answers already, and waits until it does. `fresh`: it was started now. */
export async function startDaemon(world: World, spec: DaemonSpec, progress: Progress): Promise<{fresh: boolean}> {
  const at = layout(spec.folder);
  if ((await daemonStatus(spec.folder)).running) return {fresh: false};
  mustBeRoot();
  mustFitSocket(at);
  return withLock(at.lock, progress.signal, async () => {
    if ((await daemonStatus(spec.folder)).running) return {fresh: false};
    await stopNow(world, spec);
    const env = await daemonEnv(world, spec);
    try {
      const network = await openNetwork(world, env, spec.bridge, await poolBefore(world, at));
      await writeFile(at.settings, JSON.stringify(settings(spec, network), null, 2));
      await untilAnswers(at, await launch(at, env), progress.signal);
    } catch (error) {
      await stopNow(world, spec);
      throw error;
    }
    return {fresh: true};
  });
}

/** Ends the daemon and its containers, and takes away its mounts, bridge and rules. False: nothing ran. */
export async function stopDaemon(world: World, spec: DaemonSpec): Promise<boolean> {
  const at = layout(spec.folder);
  if ((await runningPid(at)) === null) return false;
  mustBeRoot();
  return withLock(at.lock, new AbortController().signal, async () => {
    await stopNow(world, spec);
    return true;
  });
}

async function stopNow(world: World, spec: DaemonSpec): Promise<void> {
  const at = layout(spec.folder);
  const pid = await runningPid(at);
  if (pid !== null) {
    process.kill(pid, 'SIGTERM');
    const end = Date.now() + STOP_LIMIT;
    while (isAlive(pid) && Date.now() < end) await sleep(POLL_INTERVAL);
  }
  await clearLeftovers(world, spec.folder);
  await closeNetwork(world, await programEnv(world, spec.root, [at.programs]), spec.bridge);
  await Promise.all([at.pid, at.socket, at.run].map(path => rm(path, {recursive: true, force: true})));
}

export async function daemonStatus(folder: string): Promise<DaemonStatus> {
  const at = layout(folder);
  const pid = await runningPid(at);
  if (pid === null) return {running: false};
  const host = daemonHost(folder);
  const answer = await get({host, source: 'private engine', certificates: null, chosen: true}, '/version', 5_000);
  if (answer.status !== 'ok') return {running: false};
  const version = (answer.body as {Version?: unknown}).Version;
  return {running: true, pid, host, version: typeof version === 'string' ? version : 'unknown'};
}

/** The process of the pid file, if it is this daemon: after a reboot the number may be another's. */
async function runningPid(at: Layout): Promise<number | null> {
  const pid = Number(await readFile(at.pid, 'utf8').catch(() => ''));
  if (pid === 0) return null;
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.split('\0').includes(at.settings) ? pid : null;
}

async function daemonEnv(world: World, {root, folder, path}: DaemonSpec): Promise<World['env']> {
  const {programs} = layout(folder);
  const env = await programEnv(world, root, [...path, programs]);
  await rm(programs, {recursive: true, force: true});
  await mkdir(programs, {recursive: true});
  const kind = await iptablesKind(world, env);
  // The alternatives system would make these links when the package is installed.
  for (const name of ['iptables', 'ip6tables'])
    await symlink(join(root, 'usr/sbin', `${name}-${kind}`), join(programs, name));
  return env;
}

/** Kernels without nf_tables have only the old interface. */
async function iptablesKind(world: World, env: World['env']): Promise<'nft' | 'legacy'> {
  const listed = await world.run({program: 'iptables-nft', args: ['-w', '-t', 'nat', '-S'], env});
  return listed.status === 'ran' && listed.exit === 0 ? 'nft' : 'legacy';
}

interface Launched {
  pid: number | undefined;
  /** Set when the process has ended, or could not be started. */
  ended: string | null;
}

async function launch(at: Layout, env: World['env']): Promise<Launched> {
  const log = await open(at.log, 'w');
  try {
    const child = spawn('dockerd', ['--config-file', at.settings], {
      env: {...env},
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    const launched: Launched = {pid: child.pid, ended: null};
    child.on('error', error => {
      launched.ended = error.message;
    });
    child.on('exit', (code, signal) => {
      launched.ended = `dockerd ended (${signal ?? `exit code ${code}`})`;
    });
    child.unref();
    return launched;
  } finally {
    await log.close();
  }
}

async function untilAnswers(at: Layout, launched: Launched, signal: AbortSignal): Promise<void> {
  const end = Date.now() + START_LIMIT;
  const endpoint = {host: `unix://${at.socket}`, source: 'private engine', certificates: null, chosen: true};
  while (launched.ended === null && Date.now() < end) {
    if (signal.aborted) throw interrupted('the start of the engine');
    if ((await get(endpoint, '/version', 5_000)).status === 'ok') return;
    await sleep(POLL_INTERVAL);
  }
  const log = await readFile(at.log, 'utf8').catch(() => '');
  throw new Failure({
    code: 'private_engine_failed',
    message: 'the private engine did not start',
    cause: launched.ended ?? `it did not answer within ${START_LIMIT / 1000} seconds`,
    fix: `its last lines stand above, all of them in ${at.log}`,
    details: log.trimEnd().split('\n').slice(-15),
  });
}

export function mustBeRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new Failure({
    code: 'private_engine_needs_root',
    message: 'a private engine needs root',
    cause: 'it makes namespaces, mounts and a bridge; you are an ordinary user',
    fix: 'run this once as root (sudo), or install Docker: https://docs.docker.com/engine/install/',
    exit: EXIT.noEngine,
  });
}
