import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {machineConditions, sideCondition} from '../bench/conditions.js';
import {machineBusy} from '../bench/load.js';
import {farFromGpus, machineWarnings, readMachine, unknownFacts} from '../bench/machine.js';
import {missingNeed} from '../bench/needs.js';
import {benchDocument} from '../bench/result.js';
import {type Race, runSession} from '../bench/session.js';
import type {Side} from '../bench/side.js';
import {type Alike, differences, type LookedAt, type SideFacts} from '../bench/side-facts.js';
import {sideNames} from '../bench/side-names.js';
import type {Mode, Workload} from '../bench/workload.js';
import type {Bench} from '../contract/bench.js';
import type {Host} from '../contract/host.js';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {localImage} from '../engine/images.js';
import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {cacheFolder} from '../world/cache.js';
import type {World} from '../world/world.js';
import {lookAt, Sides} from './bench-sides.js';
import {readVenv, type Venv} from './bench-venv.js';
import type {Flow} from './flow.js';
import {ensureImage} from './image.js';

/** What stands on the side that the container is compared with. `venv`: the same bits are this folder's, not the image's. */
export type Against =
  | {kind: 'host'; modes: readonly Mode[]; venv: string | null}
  | {kind: 'image'; image: string}
  | {kind: 'plain'};

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

interface Prepared extends BenchRequest {
  image: string;
  /** What both sides run in place of the image's files; null: those. */
  bits: Venv | null;
}

/** A trial of ours takes seconds; where the time for all is short a program that hangs may not take a multiple of it. */
const [TRIAL_LIMIT, SHORTEST_LIMIT] = [120_000, 20_000];
/** The part of the time that one trial of the user's program may take: a block of four must fit. */
const OWN_SHARE = 0.2;

/** The whole session. What it makes on the way — folders, containers, a file tree — is gone in every case. */
export async function runBench(flow: Flow, request: BenchRequest): Promise<Bench> {
  const began = flow.world.now();
  const venv = request.against.kind === 'host' ? request.against.venv : null;
  const bits = venv === null ? null : await readVenv(venv);
  const engine = await connect(flow.world);
  if (!isLocal(engine)) throw remoteEngine();
  const cache = join(cacheFolder(flow.world.env), 'bench');
  await mkdir(cache, {recursive: true});
  const image = await imageOf(flow, request, engine, cache);
  const work = await mkdtemp(join(cache, 'session-'));
  try {
    return await session(flow, {...request, image, bits, began}, {engine, work});
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
  request: Prepared & {began: Date},
  {engine, work}: {engine: Engine; work: string},
): Promise<Bench> {
  const {world, signal} = flow;
  const {image, gpus, folder, seed, against, began} = request;
  const {probe} = await import('../host/probe.js');
  const [host, machine] = await Promise.all([probe(world), readMachine(world)]);
  const sides = await Sides.make({world, engine, host, gpus, folder, work, signal});
  const {races, names, container, software, unlike} = await lineUp(flow, request, sides);
  const prepared = world.now();
  if (signal.aborted) throw interrupted('the benchmark');
  const far = farFromGpus(machine, Object.values(software));
  const warnings = [...new Set([...machineWarnings(machine, host), ...unknownFacts(machine, host), ...far, ...unlike])];
  for (const warning of warnings) flow.note(warning);
  flow.note(`measuring ${container} against ${names.join(' and ')} for ${request.time} seconds at most …`);
  await runSession(races, {
    ...limits(request, host),
    busy: () => busyOf(world),
    seed,
    signal,
    progress: line => flow.status(line),
  });
  const {os, driver, engine: its, resources} = host;
  return benchDocument(races, {
    date: world.now().toISOString(),
    seed,
    against: against.kind,
    machine: {...machine, gpuProcesses: gpuProcesses(host), os, driver, engine: its, resources, image, software},
    sides: {host: names.join(', '), container},
    warnings,
    conditions: [
      ...machineConditions(machine, host),
      ...Object.entries(software).map(([key, facts]) => sideCondition(nameOf(key, against.kind), facts)),
      timeCondition(began, prepared, world.now()),
    ],
    interrupted: signal.aborted,
  });
}

/** Of what stands under `software`. */
function nameOf(key: string, against: Bench['against']): string {
  const {host, container} = sideNames({against});
  return key === 'container' ? container : against === 'host' ? `${host}, ${key}` : host;
}

function timeCondition(began: Date, prepared: Date, ended: Date): string {
  const seconds = (from: Date, to: Date): string => `${((to.getTime() - from.getTime()) / 1000).toFixed(0)} s`;
  return `time: ${seconds(began, prepared)} to prepare both sides, which --time does not count; ${seconds(prepared, ended)} to measure`;
}

interface Field {
  races: Race[];
  /** What the container is compared with, one a mode. */
  names: string[];
  container: string;
  /** What each side is made of; null: it could not be looked at. */
  software: Record<string, SideFacts | null>;
  /** What the sides do not share, in lines. */
  unlike: string[];
}

/** Makes the sides, looks at what they are made of, and pairs them for every workload. */
async function lineUp(flow: Flow, request: Prepared, sides: Sides): Promise<Field> {
  const {against, image, bits, workloads} = request;
  const launched = sides.container(image, {venv: bits});
  const inside = await lookAt(launched, flow.signal);
  const container = withOwnPython(launched, inside);
  const field: Field = {
    races: [],
    names: [],
    container: container.name,
    software: {container: inside.facts},
    unlike: [],
  };
  const titles = sideNames({against: against.kind});
  for (const mode of against.kind === 'host' ? against.modes : (['as-shipped'] as const)) {
    flow.status('the other side …');
    const found = await otherSide(sides, request, mode);
    const outside = await lookAt(found, flow.signal);
    const host = withOwnPython(found, outside);
    const alike = outside.facts && inside.facts && differences(outside.facts, inside.facts, titles);
    const refused = mode === 'same-bits' && alike?.otherBits === true ? refusal(alike) : null;
    for (const asked of workloads) {
      const workload = against.kind === 'host' ? asked : {...asked, known: BETWEEN_CONTAINERS[against.kind]};
      const ended = refused ?? missingNeed(workload, {gpus: sides.gpus, sides: [outside, inside]});
      field.races.push({workload, mode, host, container, trials: [], ended});
    }
    field.names.push(host.name);
    field.software[against.kind === 'host' ? mode : against.kind] = outside.facts;
    field.unlike.push(...(alike?.lines ?? []));
  }
  return field;
}

/** A script that looks for the interpreter, as version managers have it, would count as a slower start. */
const withOwnPython = (side: Side, {facts}: LookedAt): Side =>
  facts === null ? side : {...side, python: facts.executable};

/** Both sides are containers: what is known of containers against hosts explains nothing. */
const BETWEEN_CONTAINERS: Record<'image' | 'plain', Workload['known']> = {
  image: {
    cause: 'what the images hold is not the same',
    fix: 'compare the versions and digests in the report (--json: machine.software)',
  },
  plain: {
    cause: 'a setting that gpudock launches with, or its giving you a name and a home',
    fix: 'gpudock run --dry-run lists the settings, each with its reason',
  },
};

function limits(
  {time: seconds, workloads}: BenchRequest,
  {resources}: Host,
): {time: number; limit: number; cpus: number} {
  const time = seconds * 1000;
  const own = workloads.some(({kind}) => kind === 'command');
  const limit = own ? time * OWN_SHARE : Math.min(TRIAL_LIMIT, Math.max(SHORTEST_LIMIT, time));
  return {time, limit, cpus: resources.cpus ?? 1};
}

async function busyOf(world: World): Promise<number | null> {
  const stat = await world.read('/proc/stat', 4_096);
  return stat.status === 'ok' ? machineBusy(Buffer.from(stat.value).toString('utf8')) : null;
}

/** Names alone: what else a process list tells is nobody's business who gets the report. */
const gpuProcesses = ({gpus}: Host): (string | null)[] | null =>
  gpus === null ? null : gpus.flatMap(({processes}) => (processes ?? []).map(({name}) => name));

function otherSide(sides: Sides, {against, image, bits}: Prepared, mode: Mode): Side | Promise<Side> {
  if (against.kind === 'image') return sides.container(against.image);
  if (against.kind === 'plain') return sides.container(image, {plain: true});
  return mode === 'same-bits' && bits === null ? sides.tree(image) : sides.host(bits);
}

/** A comparison of the same bits that are not the same would blame the container for another library. */
const refusal = ({lines}: Alike): string => `refused, not the same bits: ${lines.join('; ')}`;

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
