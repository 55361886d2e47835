import * as z from 'zod';
import type {Host} from '../../contract/host.js';
import type {ContainerEvidence, EngineEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {linesOf} from '../text.js';
import {isThere, outputOf, textOf, unitState} from './reading.js';

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

/** A search goes from the engine to Docker Hub by the way that a pull goes, and fetches no image. */
async function askRegistry(world: Pick<World, 'run'>, timeout: number): Promise<string | null> {
  const outcome = await world.run({program: 'docker', args: ['search', '--limit', '1', 'busybox'], timeout});
  if (outcome.status !== 'ran') return null;
  return outcome.exit === 0 ? '' : outcome.stderr.slice(0, 2_000);
}

/** Of each container only what is asked for: its environment and command line may hold secrets. */
export const INSPECTED =
  '{{.Id}}\t{{.Name}}\t{{json .HostConfig.DeviceRequests}}\t{{.HostConfig.Runtime}}\t{{json .NetworkSettings.Ports}}';
/** More are not asked. */
const MOST_CONTAINERS = 50;

async function readContainers(world: World, timeout: number): Promise<ContainerEvidence[] | null> {
  const ids = await outputOf(world, timeout, 'docker', 'ps', '--quiet');
  if (ids === null) return null;
  const running = linesOf(ids)
    .filter(line => /^[0-9a-f]{12,64}$/.test(line))
    .slice(0, MOST_CONTAINERS);
  if (running.length === 0) return [];
  const said = await outputOf(world, timeout, 'docker', 'inspect', '--format', INSPECTED, ...running);
  if (said === null) return null;
  return Promise.all(
    linesOf(said)
      .filter(Boolean)
      .map(line => readContainer(world, line, timeout)),
  );
}

async function readContainer(world: Pick<World, 'run'>, line: string, timeout: number): Promise<ContainerEvidence> {
  const [id = '', name = '', requests = 'null', runtime = '', ports = 'null'] = line.split('\t');
  const hasGpus =
    /\[\["gpu"|"Capabilities":\[\[[^\]]{0,100}"gpu"|nvidia\.com\/gpu/.test(requests) || runtime === 'nvidia';
  return {
    name: name.replace(/^\//, ''),
    openPorts: publishedPorts(ports),
    smi: hasGpus ? await askSmi(world, id, timeout) : null,
  };
}

async function askSmi(world: Pick<World, 'run'>, id: string, timeout: number): Promise<string | null> {
  const outcome = await world.run({program: 'docker', args: ['exec', id, 'nvidia-smi', '-L'], timeout});
  return outcome.status === 'ran' ? `${outcome.stdout}\n${outcome.stderr}`.slice(0, 2_000) : null;
}

const Ports = z.record(z.string(), z.array(z.object({HostIp: z.string(), HostPort: z.string()})).nullable());

function publishedPorts(text: string): number[] {
  const ports = Ports.safeParse(parseConfig(text)).data ?? {};
  const open = Object.values(ports).flatMap(bindings =>
    (bindings ?? []).filter(({HostIp}) => ['0.0.0.0', '::', ''].includes(HostIp)),
  );
  return [...new Set(open.map(({HostPort}) => Number(HostPort)))].sort((a, b) => a - b);
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
