import type {Gpu, Host} from '../contract/host.js';
import {architectureOf} from '../matrix/architecture.js';
import {compareVersions} from '../matrix/dotted.js';
import {branchOf, type DriverBranch} from '../matrix/driver-branch.js';
import {type GpuClass, gpuFacts, vgpuProfile} from '../matrix/gpu-names.js';
import type {ImageFacts} from '../matrix/image-facts.js';

/** What is asked of a host and an image. */
export interface Question {
  /** The machine exists only in the question: nothing is known of its engine, CPU flags and disk, nor asked. */
  synthetic: boolean;
  /** Another machine, as a capture holds it: nothing more can be read of it from here. */
  recorded?: boolean;
  /** Indices or UUIDs of the GPUs the container would see. */
  gpus: 'all' | 'none' | readonly string[];
}

export const ANY_GPU: Question = {synthetic: false, gpus: 'all'};

/** One GPU that the container would see. */
export interface JudgedGpu {
  /** As people know it: its name, else its UUID or bus id. */
  label: string;
  computeCapability: string | null;
  architecture: string | null;
  /** Null where the name does not tell. */
  class: GpuClass | null;
  /** Every NVML brand it may report; empty: not known. */
  brands: readonly string[];
  state: Gpu['state'];
  /** `8q`; null: no vGPU. */
  vgpu: string | null;
  /** The CPU it is always built together with; null for a card. */
  cpu: 'arm64' | null;
}

/** What the rules look at: the host, the image, and what follows from them. */
export interface Situation {
  host: Host;
  image: ImageFacts;
  question: Question;
  wsl: boolean;
  tegra: boolean;
  /** As Node names it (`x64`, `arm64`); null where neither the host nor its GPUs tell. */
  cpu: string | null;
  /** The highest CUDA of the driver: as it reports it, else by its branch. */
  driverCuda: string | null;
  branch: DriverBranch | null;
  /** Null: not known whether there are any. */
  gpus: readonly JudgedGpu[] | null;
}

/** What follows from the host alone is worked out once, however many images are held against it. */
export function situationsOn(host: Host, question: Question): (image: ImageFacts) => Situation {
  const wsl = host.os.wsl === true || host.driver.flavor === 'wsl';
  const branch = branchOf(host.driver.version, {wsl});
  const gpus = host.gpus?.filter(gpu => isVisible(gpu, question)).map(gpu => judged(gpu, branch)) ?? null;
  const known = {
    host,
    question,
    wsl,
    tegra: host.driver.flavor === 'tegra' || (gpus?.some(gpu => isTegra(gpu)) ?? false),
    cpu: cpuOf(host),
    driverCuda: host.driver.cudaVersion ?? host.driver.cudaVersionDerived,
    branch,
    gpus,
  };
  return image => ({...known, image});
}

/** As Node names it; where the machine does not tell, its GPUs may be built together with one. */
export const cpuOf = ({os, gpus}: Host): string | null =>
  os.arch ?? gpus?.map(gpu => gpuFacts(gpu.name)?.cpu).find(cpu => cpu != null) ?? null;

/** Of a CPU as Node names it, the name that images have for it. */
export const OF_NODE: Readonly<Record<string, string>> = {x64: 'amd64', arm64: 'arm64'};

function isVisible(gpu: Gpu, {gpus}: Question): boolean {
  if (gpus === 'all' || gpus === 'none') return gpus === 'all';
  return gpus.includes(String(gpu.index)) || gpus.includes(gpu.uuid ?? '');
}

const isTegra = (gpu: JudgedGpu): boolean =>
  gpu.class === 'jetson' || architectureOf(gpu.computeCapability)?.tegra === true;

function judged(gpu: Gpu, branch: DriverBranch | null): JudgedGpu {
  const facts = gpuFacts(gpu.name);
  // Also of a model that is not known, or that was made with two chips (GT 730).
  const isGeForce = /\bgeforce\b/i.test(gpu.name ?? '');
  return {
    label: gpu.name ?? gpu.uuid ?? gpu.busId ?? `GPU ${gpu.index ?? '?'}`,
    computeCapability: gpu.computeCapability ?? facts?.computeCapability ?? null,
    architecture: gpu.architecture ?? facts?.architecture ?? null,
    class: facts?.class ?? (isGeForce ? 'geforce' : null),
    brands: brandsOf(facts?.brand ?? (isGeForce ? 'GeForce' : null), branch),
    state: gpu.state,
    vgpu: vgpuProfile(gpu.name),
    cpu: facts?.cpu ?? null,
  };
}

/**
 * NVML's brand changed with the driver for one card: data-centre cards went from Tesla to NVIDIA, workstation ones from
 * Quadro to NVIDIA RTX, and an old libnvidia-container says Unknown for the new ones (compat-matrix/require-cuda.json).
 */
const BRANDS: Record<string, readonly string[]> = {
  GeForce: ['GeForce'],
  Titan: ['Titan'],
  Tesla: ['Tesla', 'Nvidia'],
  NVIDIA: ['Nvidia', 'Tesla', 'Unknown'],
  Quadro: ['Quadro'],
  'Quadro RTX': ['Quadro', 'QuadroRTX'],
  'NVIDIA RTX': ['NvidiaRTX', 'Quadro', 'Unknown'],
};

/** Up to branch 450 NVML has no later brand, and an A100 reports Tesla (compat-matrix/gpus.json). */
const FIRST_BRANDS = ['GeForce', 'Titan', 'Tesla', 'Quadro'];
const LAST_BRANCH_OF_FIRST = 450;

function brandsOf(brand: string | null, branch: DriverBranch | null): readonly string[] {
  const brands = BRANDS[brand ?? ''] ?? [];
  const isOld = branch !== null && branch.branch <= LAST_BRANCH_OF_FIRST;
  return isOld ? brands.filter(name => FIRST_BRANDS.includes(name)) : brands;
}

/** The toolkit of the image that this driver would use: the newest one it carries natively, else the oldest inside. */
export function usedCuda({image, driverCuda}: Situation): string | null {
  const native = image.cuda.filter(cuda => (compareVersions(driverCuda, cuda) ?? -1) >= 0);
  return native.at(-1) ?? image.cuda[0] ?? null;
}
