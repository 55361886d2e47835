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

/** What the operating system says; free space is chosen once it is known where the engine stores images. */
export function systemReading({os, resources, filesystems, user}: SystemFacts): SourceReading {
  const wsl = os.platform === 'linux' && os.kernel !== null ? isWslKernel(os.kernel) : null;
  return {os: {...os, wsl}, resources, user, filesystems};
}
