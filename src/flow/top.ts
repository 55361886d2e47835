import type {Gpu} from '../contract/host.js';
import type {Engine} from '../engine/connect.js';
import {containerOf} from '../host/container-of.js';
import {probe} from '../host/probe.js';
import {GPU_SOURCES} from '../host/sources.js';
import {LABEL} from '../labels.js';
import type {World} from '../world/world.js';

/** A program on a GPU. null: not known; for `container`: it runs in none, or in one that this engine does not have. */
export interface GpuUser {
  pid: number;
  program: string | null;
  user: string | null;
  usedMiB: number | null;
  container: string | null;
}

export interface GpuUse {
  index: number | null;
  uuid: string | null;
  name: string | null;
  memoryMiB: number | null;
  usedMiB: number | null;
  utilization: number | null;
  state: Gpu['state'];
  /** null: the driver does not say. */
  programs: GpuUser[] | null;
  /** Running containers that gpudock gave this GPU, whether a program of theirs uses it now or not. */
  given: string[];
}

/** Who uses which GPU now. `engine` null: programs are told, containers are not. null: nothing tells the GPUs. */
export async function gpuUses(world: World, engine: Engine | null): Promise<GpuUse[] | null> {
  const [{gpus}, containers] = await Promise.all([probe(world, {from: GPU_SOURCES}), running(engine)]);
  if (gpus === null) return null;
  return Promise.all(
    gpus.map(async gpu => ({
      index: gpu.index,
      uuid: gpu.uuid,
      name: gpu.name,
      memoryMiB: gpu.memoryMiB,
      usedMiB: gpu.usedMiB,
      utilization: gpu.utilization,
      state: gpu.state,
      programs:
        gpu.processes === null ? null : await Promise.all(gpu.processes.map(each => userOf(world, each, containers))),
      given: containers.filter(({gpus}) => holds(gpus, gpu)).map(({name}) => name),
    })),
  );
}

interface Running {
  id: string;
  name: string;
  gpus: readonly string[];
}

/** Every container, whoever made it: a GPU may be held by any. */
async function running(engine: Engine | null): Promise<Running[]> {
  const containers = (await engine?.docker.listContainers()) ?? [];
  return containers.map(({Id, Names, Labels}) => ({
    id: Id,
    name: Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12),
    gpus: Labels[LABEL.gpus]?.split(',') ?? [],
  }));
}

const holds = (ids: readonly string[], {uuid, index, mig}: Gpu): boolean =>
  [uuid, index === null ? null : String(index), ...mig.devices.map(device => device.uuid)].some(
    id => id !== null && ids.includes(id),
  );

async function userOf(
  world: World,
  {pid, name, user, usedMiB}: NonNullable<Gpu['processes']>[number],
  containers: readonly Running[],
): Promise<GpuUser> {
  const file = await world.read(`/proc/${pid}/cgroup`);
  const id = file.status === 'ok' ? containerOf(Buffer.from(file.value).toString('latin1')) : null;
  const container = containers.find(each => each.id === id)?.name ?? null;
  return {pid, program: name, user, usedMiB, container};
}
