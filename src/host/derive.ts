import type {Gpu, Host} from '../contract/host.js';
import {cudaOfDriver} from '../matrix/driver-branch.js';
import {gpuFacts} from '../matrix/gpu-names.js';
import type {Answer} from './reading.js';

/** What follows from what was read, by the matrix. */
export function derive(host: Host, answers: readonly Answer[]): void {
  const {driver, os} = host;
  if (driver.flavor === null && os.wsl === true && driver.version !== null) setFlavor(host, 'wsl', 'os.wsl');
  // Tegra's own driver numbers follow JetPack, not the desktop branches.
  const tegra = driver.flavor === 'tegra' || host.gpus?.some(gpu => gpu.name?.includes('(nvgpu)'));
  if (!tegra) driver.cudaVersionDerived = cudaOfDriver(driver.version, {wsl: os.wsl === true});
  if (driver.cudaVersionDerived !== null) host.sources['driver.cudaVersionDerived'] = 'matrix';
  for (const gpu of host.gpus ?? []) deriveGpu(gpu);
  deriveEngine(host, answers);
  host.resources.diskFreeMiB ??= freeSpace(host, answers);
}

function setFlavor(host: Host, flavor: Host['driver']['flavor'], source: string): void {
  host.driver.flavor = flavor;
  host.sources['driver.flavor'] = source;
}

function deriveGpu(gpu: Gpu): void {
  // lspci names the chip and, in brackets, the product.
  const name = /\[([^\]]+)\]$/.exec(gpu.name ?? '')?.[1] ?? gpu.name;
  const facts = gpuFacts(name);
  if (!facts || (gpu.computeCapability !== null && gpu.computeCapability !== facts.computeCapability)) return;
  if (gpu.computeCapability !== null && gpu.architecture !== null) return;
  gpu.computeCapability ??= facts.computeCapability;
  gpu.architecture ??= facts.architecture;
  gpu.sources.push('matrix');
}

/** The hook counts only where its folder is the daemon's: on this machine, outside a snap or a Desktop VM. */
function deriveEngine(host: Host, answers: readonly Answer[]): void {
  const {engine} = host;
  const answered = answers.some(({source, says}) => says.engine && source === 'engine API');
  if (answered && (engine.remote !== false || engine.snap !== false || engine.desktop !== false)) {
    engine.gpuAccess.hook = null;
    delete host.sources['engine.gpuAccess.hook'];
  }
}

/** Where the engine stores images, if that is here; else the root file system. */
function freeSpace(host: Host, answers: readonly Answer[]): number | null {
  const filesystems = answers.flatMap(({says}) => says.filesystems ?? []);
  const path = host.engine.remote === false && host.engine.rootDir ? host.engine.rootDir : '/';
  const holding = filesystems
    .filter(({mount}) => path === mount || path.startsWith(mount.endsWith('/') ? mount : `${mount}/`))
    .sort((a, b) => b.mount.length - a.mount.length)[0];
  return holding?.freeMiB ?? null;
}
