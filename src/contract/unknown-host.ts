import type {Host} from './host.js';

/** A host of which nothing is known. */
export const unknownHost = (): Host => ({
  schema: 'gpudock/host/1',
  os: {platform: null, distro: null, like: null, release: null, kernel: null, arch: null, wsl: null, ostree: null},
  driver: {
    status: 'unknown',
    version: null,
    flavor: null,
    cudaVersion: null,
    cudaVersionDerived: null,
    source: null,
  },
  cudaToolkit: {version: null, source: null},
  gpus: null,
  engine: {
    kind: null,
    version: null,
    apiVersion: null,
    rootless: null,
    usernsRemap: null,
    cgroupVersion: null,
    cgroupDriver: null,
    runtimes: null,
    defaultRuntime: null,
    rootDir: null,
    desktop: null,
    snap: null,
    remote: null,
    gpuAccess: {cdi: null, hook: null, runtime: null},
    cdiDevices: null,
  },
  toolkit: {version: null},
  resources: {cpus: null, cpuFlags: null, memoryMiB: null, shmMiB: null, diskFreeMiB: null},
  user: {uid: null, gid: null, name: null, groups: null},
  sources: {},
  findings: [],
});
