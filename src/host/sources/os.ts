import * as z from 'zod';
import type {SystemFacts} from '../../world/world.js';
import type {SourceReading} from '../reading.js';

/** `/proc/version`: kernels built by Microsoft run under WSL2. */
export function parseKernelVersion(text: string): SourceReading {
  const kernel = /^Linux version (\S{1,100})/.exec(text)?.[1];
  return kernel ? {os: {platform: 'linux', kernel, wsl: isWslKernel(kernel)}} : {};
}

/** `/proc/meminfo` (proc(5)): the memory that the kernel manages, in KiB there. */
export function parseMeminfo(text: string): SourceReading {
  const kib = /^MemTotal:\s{1,40}(\d{1,15}) kB/m.exec(text)?.[1];
  return kib === undefined
    ? {}
    : {
        resources: {
          cpus: null,
          cpuFlags: null,
          memoryMiB: Math.floor(Number(kib) / 1024),
          shmMiB: null,
          diskFreeMiB: null,
        },
      };
}

const isWslKernel = (kernel: string): boolean => /microsoft/i.test(kernel);

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

/** What the operating system says; free space is chosen once it is known where the engine stores images. */
export function systemReading({os, resources, filesystems, user}: SystemFacts): SourceReading {
  const wsl = os.platform === 'linux' && os.kernel !== null ? isWslKernel(os.kernel) : null;
  return {os: {...os, wsl}, resources, user, filesystems};
}
