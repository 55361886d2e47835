import type {Gpu, Host} from '../contract/host.js';
import {unknownHost} from '../contract/unknown-host.js';
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
  const nothing = unknownHost();
  return {
    ...nothing,
    os: {...nothing.os, platform: 'linux', arch, wsl},
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
