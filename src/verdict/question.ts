import type {Gpu, Host} from '../contract/host.js';
import {EXIT, Failure} from '../failure.js';
import {parseDotted} from '../matrix/dotted.js';
import {cudaOfDriver} from '../matrix/driver-branch.js';
import {gpuFacts} from '../matrix/gpu-names.js';
import type {Question} from './situation.js';

/** A machine that exists only in the question: `--for-driver`, `--for-gpu`, `--for-arch`, `--wsl`. */
export interface Imagined {
  driver: string;
  /** Names, one a GPU. */
  gpus: readonly string[];
  /** Null: not part of the question. */
  arch: 'x64' | 'arm64' | null;
  wsl: boolean;
}

export const IMAGINED: Question = {synthetic: true, gpus: 'all'};

/** The host facts of an imagined machine: its driver and GPUs, and nothing else. */
export function imaginedHost({driver, gpus, arch, wsl}: Imagined): Host {
  if (!parseDotted(driver)) {
    throw new Failure({
      code: 'driver_number_unreadable',
      message: `"${driver.slice(0, 40)}" is no driver number`,
      fix: 'give it as nvidia-smi prints it: --for-driver 535.104.05',
      exit: EXIT.usage,
    });
  }
  return {
    ...NOTHING_KNOWN,
    os: {...NOTHING_KNOWN.os, platform: 'linux', arch, wsl},
    driver: {
      status: 'ok',
      version: driver,
      flavor: wsl ? 'wsl' : null,
      cudaVersion: null,
      cudaVersionDerived: cudaOfDriver(driver, {wsl}),
      source: 'the question',
    },
    gpus: gpus.map(imaginedGpu),
  };
}

function imaginedGpu(name: string, index: number): Gpu {
  const facts = gpuFacts(name);
  return {
    index,
    uuid: null,
    busId: null,
    pciId: null,
    name,
    architecture: facts?.architecture ?? null,
    computeCapability: facts?.computeCapability ?? null,
    memoryMiB: null,
    usedMiB: null,
    utilization: null,
    state: 'unknown',
    mig: {mode: null, devices: []},
    processes: null,
    sources: ['the question'],
  };
}

const NOTHING_KNOWN: Host = {
  schema: 'gpudock/host/1',
  os: {platform: null, distro: null, release: null, kernel: null, arch: null, wsl: null},
  driver: {status: 'unknown', version: null, flavor: null, cudaVersion: null, cudaVersionDerived: null, source: null},
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
};
