import type {Gpu} from '../contract/host.js';

/** What can be handed to a container: a whole GPU, or one slice of a GPU in MIG mode. */
export interface GpuUnit {
  /** UUID as the driver prints it; the index where it prints none. A UUID names the same GPU after a reboot. */
  id: string;
  /** CDI's other name for it: `0`, or `0:1` for a slice; null: it has none. */
  index: string | null;
  name: string;
  /** null: not known. */
  freeMiB: number | null;
  /** Programs on it now; null: not known. */
  processes: number | null;
  slice: boolean;
}

/** A GPU in MIG mode computes by its slices alone; one without slices gives nothing. */
export function unitsOf(gpu: Gpu): GpuUnit[] {
  if (gpu.mig.mode !== 'enabled') return [whole(gpu)];
  return gpu.mig.devices.flatMap(({uuid, profile, memoryMiB}, position) =>
    uuid === null
      ? []
      : [
          {
            id: uuid,
            index: gpu.index === null ? null : `${gpu.index}:${position}`,
            name: `${gpu.name ?? 'unknown GPU'} MIG ${profile ?? ''}`.trim(),
            freeMiB: memoryMiB,
            processes: null,
            slice: true,
          },
        ],
  );
}

const whole = (gpu: Gpu): GpuUnit => ({
  id: gpu.uuid ?? String(gpu.index ?? 0),
  index: gpu.index === null ? null : String(gpu.index),
  name: gpu.name ?? 'unknown GPU',
  freeMiB: gpu.memoryMiB === null ? null : gpu.memoryMiB - (gpu.usedMiB ?? 0),
  processes: gpu.processes?.length ?? null,
  slice: false,
});

/** How many containers hold each unit, by its id. */
export type Claims = ReadonlyMap<string, number>;

/** A container as far as it holds GPUs. */
export interface Holder {
  gpus: readonly string[];
  state: string;
  created: Date;
}

/** One that was made and not started within this time (ms) never will be: the program that made it has gone. */
const START_TIME = 120_000;

/** Read from the containers themselves, so that nothing has to be kept, and nothing is left of one that went away. */
export function claimsOf(holders: readonly Holder[], now: Date): Claims {
  const claims = new Map<string, number>();
  for (const {gpus, state, created} of holders) {
    const starting = state === 'created' && now.getTime() - created.getTime() < START_TIME;
    if (!starting && !['running', 'paused', 'restarting'].includes(state)) continue;
    for (const id of gpus) claims.set(id, (claims.get(id) ?? 0) + 1);
  }
  return claims;
}

/** Fewest holders first, then fewest programs, then most free memory; what is not known comes last. */
export const byUse =
  (claims: Claims) =>
  (a: GpuUnit, b: GpuUnit): number =>
    (claims.get(a.id) ?? 0) - (claims.get(b.id) ?? 0) ||
    (a.processes ?? 0) - (b.processes ?? 0) ||
    (b.freeMiB ?? -1) - (a.freeMiB ?? -1) ||
    Number(a.index ?? 0) - Number(b.index ?? 0);
