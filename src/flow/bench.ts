import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {machineBusy} from '../bench/load.js';
import {machineWarnings, readMachine} from '../bench/machine.js';
import {missingNeed} from '../bench/needs.js';
import {benchDocument} from '../bench/result.js';
import {type Race, runSession} from '../bench/session.js';
import type {Side} from '../bench/side.js';
import {type Alike, differences} from '../bench/side-facts.js';
import type {Mode, Workload} from '../bench/workload.js';
import type {Bench} from '../contract/bench.js';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {localImage} from '../engine/images.js';
import {cacheFolder} from '../engine/private/paths.js';
import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {factsOf, Sides} from './bench-sides.js';
import {ensureImage, type Flow} from './image.js';

/** What stands on the side that the container is compared with. */
export type Against = {kind: 'host'; modes: readonly Mode[]} | {kind: 'image'; image: string} | {kind: 'plain'};

export interface BenchRequest {
  workloads: readonly Workload[];
  against: Against;
  /** null: the project's, or gpudock's own small image with numpy. */
  image: string | null;
  project: string | null;
  /** Where a program of the user's runs. */
  folder: string;
  gpus: string;
  /** seconds */
  time: number;
  seed: number;
}

/** A trial of ours takes seconds. */
const TRIAL_LIMIT = 120_000;
/** The part of the time that one trial of the user's program may take: a block of four must fit. */
const OWN_SHARE = 0.2;

/** The whole session. What it makes on the way — folders, containers, a file tree — is gone in every case. */
export async function runBench(flow: Flow, request: BenchRequest): Promise<Bench> {
  const engine = await connect(flow.world);
  if (!isLocal(engine)) throw remoteEngine();
  const cache = join(cacheFolder(flow.world.env), 'bench');
  await mkdir(cache, {recursive: true});
  const image = await imageOf(flow, request, engine, cache);
  const work = await mkdtemp(join(cache, 'session-'));
  try {
    return await session(flow, {...request, image}, engine, work);
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

/** gpudock's own image is built by the same way as anybody's: from a folder that asks for numpy. */
async function imageOf(flow: Flow, request: BenchRequest, engine: Engine, cache: string): Promise<string> {
  const {image, project, gpus, against} = request;
  for (const reference of [image, against.kind === 'image' ? against.image : null])
    if (reference !== null && (await localImage(engine, reference)) === null) throw imageMissing(reference);
  if (image !== null) return image;
  if (project === null) await writeFile(join(cache, 'requirements.txt'), 'numpy\n');
  flow.status('the image …');
  return (await ensureImage(flow, {folder: project ?? cache, from: null, gpus, base: null})).tag;
}

async function session(
  flow: Flow,
  request: BenchRequest & {image: string},
  engine: Engine,
  work: string,
): Promise<Bench> {
  const {world, signal} = flow;
  const {image, gpus, folder, seed, against} = request;
  const {probe} = await import('../host/probe.js');
  const [host, machine] = await Promise.all([probe(world), readMachine(world)]);
  const sides = await Sides.make({world, engine, host, gpus, folder, work, signal});
  const container = await sides.container(image);
  const containerFacts = await factsOf(container, signal);
  const warnings = machineWarnings(machine, host);
  const races: Race[] = [];
  const modes: readonly Mode[] = against.kind === 'host' ? against.modes : ['as-shipped'];
  const names: string[] = [];
  for (const mode of modes) {
    flow.status('the other side …');
    const side = await otherSide(sides, request, mode);
    const facts = await factsOf(side, signal);
    const alike = facts === null || containerFacts === null ? null : differences(facts, containerFacts);
    names.push(side.name);
    warnings.push(...(alike?.lines ?? []));
    const refused = mode === 'same-bits' ? refusal(alike) : null;
    for (const workload of request.workloads) {
      const ended =
        refused ??
        missingNeed(workload, {
          host,
          sides: [
            [side.name, facts],
            [container.name, containerFacts],
          ],
        });
      races.push({workload, mode, host: side, container, trials: [], ended});
    }
  }
  if (signal.aborted) throw interrupted('the benchmark');
  for (const warning of warnings) flow.note(warning);
  flow.note(`measuring ${container.name} against ${names.join(' and ')} for ${request.time} seconds at most …`);
  const time = request.time * 1000;
  const limit = request.workloads.some(({kind}) => kind === 'command') ? time * OWN_SHARE : TRIAL_LIMIT;
  const cpus = host.resources.cpus ?? 1;
  const busy = async () => {
    const stat = await world.read('/proc/stat', 4_096);
    return stat.status === 'ok' ? machineBusy(Buffer.from(stat.value).toString('utf8')) : null;
  };
  await runSession(races, {busy, time, seed, cpus, signal, limit, progress: line => flow.status(line)});
  return benchDocument(races, {
    date: world.now().toISOString(),
    seed,
    machine: {
      ...machine,
      os: host.os,
      driver: host.driver,
      engine: host.engine,
      resources: host.resources,
      image,
      container: containerFacts,
    },
    sides: {host: names.join(', '), container: container.name},
    warnings: [...new Set(warnings)],
    interrupted: signal.aborted,
  });
}

function otherSide(sides: Sides, {against, image}: BenchRequest & {image: string}, mode: Mode): Promise<Side> {
  if (against.kind === 'image') return sides.container(against.image);
  return against.kind === 'plain' ? sides.container(image, 'plain') : sides.host(mode, image);
}

/** A comparison of the same bits that are not the same would blame the container for another library. */
function refusal(alike: Alike | null): string | null {
  if (alike === null) return 'refused: one side could not be looked at';
  return alike.otherBits ? `refused, not the same bits: ${alike.lines.join('; ')}` : null;
}

const imageMissing = (image: string): Failure =>
  new Failure({
    code: 'image_missing',
    message: `the engine does not hold ${image}`,
    cause: 'a benchmark pulls nothing: how long that takes has nothing to do with the figures',
    fix: `docker pull ${image}`,
  });

const remoteEngine = (): Failure =>
  new Failure({
    code: 'remote_engine',
    message: 'the engine runs on another machine',
    cause: 'host and container can be compared on one machine alone',
    fix: 'run gpudock on that machine, or unset DOCKER_HOST to use the engine here',
    exit: EXIT.noEngine,
  });
