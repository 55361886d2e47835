import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {connect} from '../../src/engine/connect.js';
import {daemonStatus, startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import {daemonHost} from '../../src/engine/private/daemon-files.js';
import {unpackEngine} from '../../src/engine/private/engine.js';
import {withLock} from '../../src/engine/private/lock.js';
import type {Progress} from '../../src/engine/private/packages.js';
import {privateBuildx} from '../../src/engine/private/paths.js';
import type {World} from '../../src/world/world.js';
import {fillRegistry, IMAGE_NAMES} from './images.js';
import {type Lab, labDaemon, labFile, labFolder} from './place.js';
import {startRegistry, stopRegistry} from './registry.js';
import {writeStandIn} from './stand-in-gpu.js';

/** Starts what of the lab does not run yet: registry, engine, images. A second call finds all of it there. */
export async function ensureLab(world: World, progress: Progress): Promise<Lab> {
  const {env} = world;
  const folder = labFolder(env);
  await mkdir(folder, {recursive: true});
  return withLock(join(folder, 'lab.lock'), progress.signal, async () => {
    await unpackEngine(world, progress);
    const before = await readLab(env);
    const registry = await startRegistry(world, folder, before?.registry ?? null, progress);
    const gpuFolder = await writeStandIn(folder);
    const spec = labDaemon(env, registry);
    // An engine that was started beside another registry pulls from a port where nobody listens.
    if (registry !== before?.registry) await stopDaemon(world, spec);
    await startDaemon(world, spec, progress);
    const host = daemonHost(folder);
    const buildx = privateBuildx(env);
    const engine = await connect({env: {...env, DOCKER_HOST: host}, read: world.read});
    await fillRegistry({world, engine, buildx, registry, progress});
    const lab = {host, buildx, registry, images: IMAGE_NAMES, gpuFolder};
    await writeFile(labFile(env), JSON.stringify(lab, null, 2));
    return lab;
  });
}

/** Ends engine, containers and registry; what they hold stays for the next start. */
export async function stopLab(world: World): Promise<boolean> {
  const folder = labFolder(world.env);
  const engine = await stopDaemon(world, labDaemon(world.env, ''));
  return (await stopRegistry(folder)) || engine;
}

/** null: it does not run. */
export async function runningLab(world: Pick<World, 'env'>): Promise<Lab | null> {
  const lab = await readLab(world.env);
  return lab !== null && (await daemonStatus(labFolder(world.env))).running ? lab : null;
}

async function readLab(env: World['env']): Promise<Lab | null> {
  const text = await readFile(labFile(env), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Lab);
}
