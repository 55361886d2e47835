import type {Host} from '../contract/host.js';
import type {Decision} from '../contract/launch.js';

/** Limits that the user asked for; null: gpudock's or the engine's own. */
export interface AskedResources {
  shmBytes: number | null;
  memoryBytes: number | null;
  cpus: number | null;
  pids: number | null;
}

export const NOTHING_ASKED: AskedResources = {shmBytes: null, memoryBytes: null, cpus: null, pids: null};

const MIB = 1024 ** 2;
const GIB_IN_MIB = 1024;

/**
 * Shared memory, which data loaders and NCCL pass tensors through: a quarter of RAM, at least 1 GiB and 2 GiB a GPU, for
 * ray 30 % (its own documented need), never over half of RAM. It is a limit and not a reservation.
 */
export function sharedMemory(
  host: Host,
  {gpus, ray, asked}: {gpus: number; ray: boolean; asked: number | null},
): {bytes: number; decision: Decision} {
  if (asked !== null)
    return {bytes: asked, decision: {setting: 'shm', value: `${Math.round(asked / MIB)} MiB`, why: 'asked for'}};
  const ram = host.resources.memoryMiB;
  const floor = Math.max(1 * GIB_IN_MIB, 2 * GIB_IN_MIB * gpus);
  const wish = ram === null ? floor : Math.max(floor, Math.floor(ram * (ray ? 0.3 : 0.25)));
  const mib = ram === null ? wish : Math.min(wish, Math.floor(ram / 2));
  const why =
    ram === null
      ? 'the machine’s memory is not known: a floor'
      : `${ray ? 'ray wants 30 %' : 'a quarter'} of ${(ram / GIB_IN_MIB).toFixed(1)} GiB of memory${mib < wish ? ', held to half of it' : ''}; a limit, not a reservation`;
  return {bytes: mib * MIB, decision: {setting: 'shm', value: `${mib} MiB`, why}};
}

export interface Ulimit {
  Name: string;
  Soft: number;
  Hard: number;
}

const STACK: Ulimit = {Name: 'stack', Soft: 67_108_864, Hard: 67_108_864};

/** NVIDIA's advice for its images: unlimited locked memory, 64 MiB of stack (NGC framework containers user guide). */
export function ulimits(mayRaise: boolean | null): {ulimits: Ulimit[]; decision: Decision} {
  if (mayRaise === false)
    return {
      ulimits: [STACK],
      decision: {
        setting: 'ulimits',
        value: 'stack=64 MiB',
        why: 'memlock stays as the engine has it: this engine may not raise it',
      },
    };
  return {
    ulimits: [{Name: 'memlock', Soft: -1, Hard: -1}, STACK],
    decision: {setting: 'ulimits', value: 'memlock=-1, stack=64 MiB', why: 'as NVIDIA advises for pinned memory'},
  };
}

/** The limits that were asked for, in the engine's fields. Swap is held to the same: a limit that swaps is none. */
export function limitFields({memoryBytes, cpus, pids}: AskedResources): LimitFields {
  return {
    ...(memoryBytes === null ? {} : {Memory: memoryBytes, MemorySwap: memoryBytes}),
    ...(cpus === null ? {} : {NanoCpus: Math.round(cpus * 1e9)}),
    ...(pids === null ? {} : {PidsLimit: pids}),
  };
}

export interface LimitFields {
  Memory?: number;
  MemorySwap?: number;
  NanoCpus?: number;
  PidsLimit?: number;
}

export function limitDecisions({memoryBytes, cpus, pids}: AskedResources): Decision[] {
  const asked = (setting: string, value: string): Decision => ({setting, value, why: 'asked for'});
  return [
    ...(memoryBytes === null ? [] : [asked('memory', `${Math.round(memoryBytes / MIB)} MiB`)]),
    ...(cpus === null ? [] : [asked('cpus', String(cpus))]),
    ...(pids === null ? [] : [asked('pids', String(pids))]),
  ];
}
