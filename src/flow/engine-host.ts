import type {Host} from '../contract/host.js';
import {unknownHost} from '../contract/unknown-host.js';
import {connect} from '../engine/connect.js';
import {seenFromInside} from '../engine/seen-from-inside.js';
import {probe} from '../host/probe.js';
import {GPU_SOURCES} from '../host/sources.js';
import type {World} from '../world/world.js';

/**
 * The machine of an engine that runs elsewhere: what the engine says, and what a short container on it sees of the GPUs.
 * Nothing of this machine's counts. `local` is what was read here, with the engine's facts in it.
 */
export async function engineHost(world: World, local: Host): Promise<Host> {
  const engine = await connect(world);
  const seen = await seenFromInside(engine, inside => probe({...world, ...inside}, {from: GPU_SOURCES}));
  const {NCPU, MemTotal} = (await engine.docker.info()) as {NCPU?: number; MemTotal?: number};
  const host = seen ?? unknownHost();
  return {
    ...host,
    engine: local.engine,
    resources: {
      ...unknownHost().resources,
      cpus: NCPU ?? null,
      memoryMiB: MemTotal === undefined ? null : Math.floor(MemTotal / 1024 ** 2),
    },
  };
}
