import * as z from 'zod';
import type {Host} from '../../contract/host.js';
import type {EngineEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
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
  const [config, unit, info, registryAnswer, containers, strayHook] = await Promise.all([
    textOf(world, '/etc/docker/daemon.json', 1_048_576),
    unitState(world, 'docker', timeout),
    world.engine('/info', timeout),
    asked ? askRegistry(world, timeout) : null,
    asked ? readContainers(world, timeout) : null,
    findStrayHook(world),
  ]);
  const facts = Info.safeParse(info.status === 'ok' ? info.body : null).data;
  return {
    daemonConfig: config === null ? null : parseConfig(config),
    unit,
    storageDriver: facts?.Driver ?? null,
    cdiFolders: facts?.CDISpecDirs ?? null,
    clockOffset: world.recorded ? null : clockOffset(facts?.SystemTime ?? null, world.now()),
    registryAnswer,
    containers,
    strayHook,
  };
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
