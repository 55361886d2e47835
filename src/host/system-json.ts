import * as z from 'zod';
import type {SystemFacts} from '../world/world.js';

const words = z.string().nullable().default(null).catch(null);
const count = z.number().nonnegative().nullable().default(null).catch(null);
const strings = z.array(z.string()).nullable().default(null).catch(null);
const numbers = z.array(z.number()).nullable().default(null).catch(null);
const NO_OS = {platform: null, distro: null, release: null, kernel: null, arch: null};
const NO_RESOURCES = {cpus: null, cpuFlags: null, memoryMiB: null, shmMiB: null};
const NO_USER = {uid: null, gid: null, name: null, groups: null};

/** `system.json` of a capture; every part may be missing. */
const System = z.object({
  os: z
    .object({platform: words, distro: words, release: words, kernel: words, arch: words})
    .default(NO_OS)
    .catch(NO_OS),
  resources: z
    .object({cpus: count, cpuFlags: strings, memoryMiB: count, shmMiB: count})
    .default(NO_RESOURCES)
    .catch(NO_RESOURCES),
  filesystems: z
    .array(z.object({mount: z.string(), freeMiB: z.number()}))
    .nullable()
    .default(null)
    .catch(null),
  user: z.object({uid: count, gid: count, name: words, groups: numbers}).default(NO_USER).catch(NO_USER),
});

/** null: not an object. */
export const parseSystemJson = (value: unknown): SystemFacts | null => System.safeParse(value).data ?? null;
