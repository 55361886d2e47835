import {join} from 'node:path/posix';
import * as z from 'zod';
import type {Host} from '../../contract/host.js';
import type {EngineEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {linesOf} from '../text.js';
import {readContainers} from './containers.js';
import {isThere, textOf, unitState} from './reading.js';

const Info = z.object({
  Driver: z.string().nullable().catch(null),
  SystemTime: z.string().nullable().catch(null),
  CDISpecDirs: z.array(z.string()).nullable().catch(null),
});

const Config = z.record(z.string(), z.unknown());

/** What the engine says of itself, of its registry, and of what runs in it. */
export async function readEngineEvidence(world: World, host: Host, timeout: number): Promise<EngineEvidence> {
  const asked = host.engine.kind === 'docker';
  const configFile = configFileOf(world, host);
  const [config, unit, info, registryAnswer, containers, strayHook, hookNewer] = await Promise.all([
    configFile === null ? null : textOf(world, configFile, 1_048_576),
    unitState(world, 'docker', timeout),
    world.engine('/info', timeout),
    asked ? askRegistry(world, timeout) : null,
    asked ? readContainers(world, timeout) : null,
    findStrayHook(world),
    asked ? isHookNewer(world, timeout) : null,
  ]);
  const facts = Info.safeParse(info.status === 'ok' ? info.body : null).data;
  return {
    configFile,
    daemonConfig: config === null ? null : parseConfig(config),
    unit,
    // A context that is not there is a failure of its own.
    answer: info.status === 'not-recorded' || (info.status === 'error' && info.code) ? null : info.status,
    hookNewer,
    storageDriver: facts?.Driver ?? null,
    cdiFolders: facts?.CDISpecDirs ?? null,
    clockOffset: world.recorded ? null : clockOffset(facts?.SystemTime ?? null, world.now()),
    registryAnswer,
    containers,
    strayHook,
  };
}

/** Where dockerd reads it, with root and without (docs.docker.com/engine/security/rootless). */
function configFileOf({env}: Pick<World, 'env'>, {engine}: Host): string | null {
  if (engine.kind === null) return null;
  if (!engine.rootless) return '/etc/docker/daemon.json';
  const folder = env.XDG_CONFIG_HOME ?? (env.HOME === undefined ? null : join(env.HOME, '.config'));
  return folder === null ? null : join(folder, 'docker/daemon.json');
}

function parseConfig(text: string): EngineEvidence['daemonConfig'] {
  try {
    return Config.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Seconds that the engine's clock is ahead. */
function clockOffset(said: string | null, now: Date): number | null {
  const there = Date.parse(said ?? '');
  return Number.isNaN(there) ? null : (there - now.getTime()) / 1_000;
}

/**
 * The engine asks Docker Hub for a tag that is not there, by the way that a pull goes (mirrors, proxies, certificates):
 * nothing is fetched, and nothing counts as a pull. Empty: the registry answered, whatever it said.
 */
export const REACH = '/distribution/busybox:gpudock-doctor/json';

async function askRegistry(world: Pick<World, 'engine'>, timeout: number): Promise<string | null> {
  const answer = await world.engine(REACH, timeout);
  if (answer.status === 'ok') return '';
  return answer.status === 'error' ? answer.detail : null;
}

/** Where installers leave the hook that the daemon does not find. */
const STRAY = [
  '/opt/nvidia/toolkit/nvidia-container-runtime-hook',
  '/usr/local/nvidia/toolkit/nvidia-container-runtime-hook',
  '/snap/bin/nvidia-container-runtime-hook',
];

async function findStrayHook(world: Pick<World, 'stat'>): Promise<string | null> {
  const there = await Promise.all(STRAY.map(path => isThere(world, path)));
  return STRAY.find((_, at) => there[at]) ?? null;
}

const PID_FILE = '/var/run/docker.pid';
const HOOKS = ['/usr/bin', '/usr/local/bin'].map(folder => `${folder}/nvidia-container-runtime-hook`);

/** By the times of the last change (%Z): a package brings the time of its making as that of the content. */
async function isHookNewer(world: Pick<World, 'run'>, timeout: number): Promise<boolean | null> {
  // It fails where one of the files is missing, and prints the others.
  const said = await world.run({program: 'stat', args: ['--format=%Z %n', PID_FILE, ...HOOKS], timeout});
  if (said.status !== 'ran') return null;
  const times = new Map(linesOf(said.stdout).flatMap(line => timeOf(line)));
  const started = times.get(PID_FILE);
  const installed = HOOKS.flatMap(hook => times.get(hook) ?? []);
  return started === undefined || installed.length === 0 ? null : installed.every(time => time > started);
}

function timeOf(line: string): [string, number][] {
  const [, time, path] = /^(\d{1,12}) (\/\S{1,200})$/.exec(line) ?? [];
  return time && path ? [[path, Number(time)]] : [];
}
