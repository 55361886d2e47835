import * as z from 'zod';
import {LABEL} from '../labels.js';
import {CACHE_VOLUME} from '../launch/plan.js';
import type {Engine} from './connect.js';

/** A volume that gpudock made. */
export interface OwnVolume {
  name: string;
  /** Bytes; null: the engine does not say. */
  bytes: number | null;
  /** Names of the containers that have it. */
  containers: string[];
}

/** `GET /system/df` alone tells sizes (Docker Engine API: -1 means not counted). */
const Usage = z.object({
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        Labels: z.record(z.string(), z.string()).nullish(),
        UsageData: z.object({Size: z.number()}).nullish(),
      }),
    )
    .nullish(),
});

/** Volumes that carry gpudock's label; one of its name was made before there were labels. */
export async function ownVolumes({docker}: Engine): Promise<OwnVolume[]> {
  const [usage, containers] = await Promise.all([docker.df(), docker.listContainers({all: true})]);
  return (Usage.parse(usage).Volumes ?? [])
    .filter(({Name, Labels}) => Labels?.[LABEL.cache] !== undefined || Name === CACHE_VOLUME)
    .map(({Name, UsageData}) => ({
      name: Name,
      bytes: UsageData == null || UsageData.Size < 0 ? null : UsageData.Size,
      containers: containers
        .filter(({Mounts}) => Mounts.some(mount => mount.Type === 'volume' && mount.Name === Name))
        .map(({Names, Id}) => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)),
    }));
}
