import {chmod, chown, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {benchDocument} from '../bench/result.js';
import {chosenWorkloads} from '../bench/catalogue.js';
import {containerSide} from '../bench/container-side.js';
import {hostSide} from '../bench/host-side.js';
import {differences, machineWarnings, readMachine, readSideFacts, type SideFacts} from '../bench/machine.js';
import {type Race, runSession} from '../bench/session.js';
import type {Side} from '../bench/side.js';
import {treePrefix, unpackTree} from '../bench/tree.js';
import type {Need, Workload} from '../bench/workload.js';
import type {Bench} from '../contract/bench.js';
import type {Host} from '../contract/host.js';
import {connect, type Engine, isLocal} from '../engine/connect.js';
import {localImage} from '../engine/images.js';
import {mayRaiseLimits} from '../engine/limits.js';
import {EXIT, Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {type LaunchPlan, planLaunch} from '../launch/plan.js';
import {packageRoot} from '../package-root.js';
import {caller} from './caller.js';
import {ensureImage, type Flow} from './image.js';

export type Mode = 'same-bits' | 'as-shipped';

export interface BenchRequest {
  workloads: readonly string[];
  /** A program of the user's in place of the workloads. */
  own: Workload | null;
  modes: readonly Mode[];
  /** null: the project's, or gpudock's own small image with numpy. */
  image: string | null;
  /** A second image in place of the host. */
  otherImage: string | null;
  project: string | null;
  /** Where a program of the user's runs. */
  folder: string;
  gpus: string;
  /** Seconds. */
  time: number;
  seed: number;
}

/** What would be measured, and nothing is. */
export interface BenchPlan {
  workloads: {name: string; summary: string; margin: string; mode: Mode}[];
  image: string;
  time: number;
  seed: number;
}

/** A trial of ours takes seconds; one of the user's may take its share of the time. */
const TRIAL_LIMIT = 120_000;
const OWN_SHARE = 0.25;

export function planBench({workloads, own, modes, image, project, time, seed}: BenchRequest): BenchPlan {
  const chosen = own === null ? chosenWorkloads(workloads) : [own];
  return {
    workloads: modes.flatMap(mode =>
      chosen.map(({name, summary, margin, unit}) => ({
        name,
        summary,
        mode,
        margin: 'relative' in margin ? `${margin.relative * 100} %` : `${margin.absolute} ${unit}`,
      })),
    ),
    image: image ?? (project === null ? 'gpudock’s own, with numpy' : `the image of ${project}`),
    time,
    seed,
  };
}

/** The whole session. What it made on the way — folders, containers, a file tree — is gone in every case. */
export async function runBench(flow: Flow, request: BenchRequest): Promise<Bench> {
  const chosen = request.own === null ? chosenWorkloads(request.workloads) : [request.own];
  const engine = await connect(flow.world);
  if (!isLocal(engine)) throw remote();
  const cache = join(flow.world.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gpudock', 'bench');
  await mkdir(cache, {recursive: true});
  const work = await mkdtemp(join(cache, 'session-'));
  try {
    return await session(flow, request, chosen, engine, work);
  } finally {
    await rm(work, {recursive: true, force: true});
  }
}

async function session(
  flow: Flow,
  request: BenchRequest,
  chosen: readonly Workload[],
  engine: Engine,
  work: string,
): Promise<Bench> {
  const {world, signal, note} = flow;
  const {probe} = await import('../host/probe.js');
  const image = await imageOf(flow, request, engine);
  const [host, machine] = await Promise.all([probe(world), readMachine(world)]);
  const warnings = machineWarnings(machine, host);
  for (const warning of warnings) note(warning);
  const place = await makePlace(flow, engine, host, request, work);
  const container = await place.container(image);
  const sideFacts = await factsOf(container, signal);
  const races: Race[] = [];
  let first = 'the host';
  for (const mode of request.modes) {
    const side =
      request.otherImage === null
        ? await place.host(mode, image, container.python)
        : await place.container(await held(engine, request.otherImage));
    first = side.name;
    const hostFacts = await factsOf(side, signal);
    const alike = hostFacts === null || sideFacts === null ? null : differences(hostFacts, sideFacts);
    warnings.push(...(alike?.lines ?? []));
    const refusal = mode === 'same-bits' && alike?.otherBits ? `refused: not the same bits (${alike.lines.join('; ')})` : null;
    const pair = {side, container, published: container, hostFacts, sideFacts};
    races.push(...chosen.map(workload => raceOf(workload, mode, pair, host, refusal)));
  }
  if (signal.aborted) throw interrupted('the benchmark');
  const time = request.time * 1000;
  const limit = request.own === null ? TRIAL_LIMIT : Math.max(5_000, time * OWN_SHARE);
  const cpus = host.resources.cpus ?? 1;
  await runSession(races, {time, seed: request.seed, cpus, signal, limit, progress: line => flow.onStatus(line)});
  return benchDocument(races, {
    date: world.now().toISOString(),
    seed: request.seed,
    machine: machineRecord(host, machine, image, sideFacts),
    sides: {host: first, container: container.name},
    warnings: [...new Set(warnings)],
    interrupted: signal.aborted,
  });
}
