import type {Gpu, Host} from '../../../src/contract/host.js';
import {type Evidence, NO_EVIDENCE} from '../../../src/diagnosis/evidence.js';

type Part<T> = T extends readonly unknown[] | null ? T : T extends object ? {[K in keyof T]?: Part<T[K]>} : T;

const GPU: Gpu = {
  index: 0,
  uuid: 'GPU-1',
  busId: '00000000:01:00.0',
  pciId: '10de:2684',
  name: 'NVIDIA GeForce RTX 4090',
  architecture: 'ada',
  computeCapability: '8.9',
  memoryMiB: 24_564,
  usedMiB: 300,
  utilization: 0,
  state: 'ok',
  mig: {mode: 'unsupported', devices: []},
  processes: [],
  sources: ['nvidia-smi -q -x'],
};

export const gpu = (part: Partial<Gpu> = {}): Gpu => ({...GPU, ...part});

/** Ubuntu with a GPU, Docker 28.3 and CDI: nothing is wrong with it. */
const HEALTHY: Host = {
  schema: 'gpudock/host/1',
  os: {
    platform: 'linux',
    distro: 'ubuntu',
    like: ['debian'],
    release: '24.04',
    kernel: '6.8.0-60-generic',
    arch: 'x64',
    wsl: false,
    ostree: false,
  },
  driver: {
    status: 'ok',
    version: '580.95.05',
    flavor: 'open',
    cudaVersion: '13.0',
    cudaVersionDerived: '13.0',
    source: 'nvidia-smi -q -x',
  },
  cudaToolkit: {version: null, source: null},
  gpus: [GPU],
  engine: {
    kind: 'docker',
    version: '28.3.3',
    apiVersion: '1.51',
    rootless: false,
    usernsRemap: false,
    cgroupVersion: 2,
    cgroupDriver: 'systemd',
    runtimes: ['runc', 'nvidia'],
    defaultRuntime: 'runc',
    rootDir: '/var/lib/docker',
    desktop: false,
    snap: false,
    remote: false,
    gpuAccess: {cdi: true, hook: true, runtime: true},
    cdiDevices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=all'],
  },
  toolkit: {version: '1.18.0'},
  resources: {cpus: 16, cpuFlags: ['avx2'], memoryMiB: 64_000, shmMiB: 32_000, diskFreeMiB: 400_000},
  user: {uid: 1000, gid: 1000, name: 'ada', groups: [1000, 988]},
  sources: {},
  findings: [],
};

const EVIDENCE: Evidence = {
  driver: {
    moduleVersion: '580.95.05',
    libraryVersions: ['580.95.05'],
    modules: ['nvidia_uvm', 'nvidia'],
    secureBoot: true,
    builtForKernel: true,
    dkms: true,
    kernelLog: 'NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  580.95.05',
    persistence: ['Enabled'],
    nvSwitches: 0,
    fabricManager: 'absent',
    persistenced: 'active',
  },
  toolkit: {
    installed: true,
    noCgroups: false,
    cdiSpecs: [{path: '/var/run/cdi/nvidia.yaml', driverVersions: ['580.95.05']}],
  },
  engine: {
    configFile: '/etc/docker/daemon.json',
    daemonConfig: {runtimes: {nvidia: {}}},
    unit: 'active',
    answer: 'ok',
    hookNewer: false,
    storageDriver: 'overlay2',
    cdiFolders: ['/etc/cdi', '/var/run/cdi'],
    clockOffset: 0.4,
    registryAnswer: '',
    containers: [{name: 'trainer', openPorts: [], smi: 'GPU 0: NVIDIA GeForce RTX 4090'}],
    strayHook: null,
  },
  system: {
    memlockKiB: 8_192,
    localhost: ['127.0.0.1', '::1'],
    dockerGroup: {gid: 988, members: ['ada']},
    dxg: false,
    restartRequired: false,
    lingers: true,
  },
};

export const host = (part: Part<Host> = {}): Host => merged<Host>(HEALTHY, part);
export const evidence = (part: Part<Evidence> = {}): Evidence => merged<Evidence>(EVIDENCE, part);
export const nothingKnown = NO_EVIDENCE;

/** The whole with the parts laid over it, folder by folder; lists are replaced. */
function merged<T>(whole: T, part: Part<T>): T {
  return overlaid(whole, part) as T;
}

function overlaid(whole: unknown, part: unknown): unknown {
  if (!isRecord(part) || !isRecord(whole)) return part;
  return {
    ...whole,
    ...Object.fromEntries(Object.entries(part).map(([key, value]) => [key, overlaid(whole[key], value)])),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
