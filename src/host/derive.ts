import type {Gpu, Host} from '../contract/host.js';
import {cudaOfDriver} from '../matrix/driver-branch.js';
import {gpuFacts} from '../matrix/gpu-names.js';
import type {Answer} from './reading.js';

/** What follows from what was read, by the matrix. */
export function derive(host: Host, answers: readonly Answer[]): void {
  const {driver, os} = host;
  if (driver.flavor === null && os.wsl === true && driver.version !== null) setFlavor(host, 'wsl', 'os.wsl');
  // Tegra's own driver numbers follow JetPack, not the desktop branches.
  if (driver.flavor === null && host.gpus?.some(gpu => gpu.name?.includes('(nvgpu)'))) setFlavor(host, 'tegra', 'gpus');
  if (driver.flavor !== 'tegra') driver.cudaVersionDerived = cudaOfDriver(driver.version, {wsl: os.wsl === true});
  if (driver.cudaVersionDerived !== null) host.sources['driver.cudaVersionDerived'] = 'matrix';
  for (const gpu of host.gpus ?? []) deriveGpu(gpu);
  deriveEngine(host, answers);
  deriveFreeSpace(host, answers);
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

/** What the engine's answer and this machine's folders say only together. */
function deriveEngine(host: Host, answers: readonly Answer[]): void {
  const {engine, sources} = host;
  const answered = answers.some(({source, status}) => source === 'engine API' && status === 'ok');
  if (!answered) return;
  const elsewhere = engine.remote !== false || engine.snap !== false || engine.desktop !== false;
  // The hook's folder counts only where it is the daemon's: not for a remote, snap or Desktop engine.
  if (elsewhere) forget(engine.gpuAccess, 'hook', 'engine.gpuAccess.hook', sources);
  // An engine that lists its devices has said all; one that does not (before 28.2) reads the folders itself.
  if (engine.gpuAccess.cdi === null && !elsewhere && usesCdi(answers, engine.kind)) {
    engine.gpuAccess.cdi = specified(answers, engine.cdiDevices);
    if (engine.gpuAccess.cdi !== null) sources['engine.gpuAccess.cdi'] = 'CDI specifications';
  } else if (sources['engine.cdiDevices'] === 'CDI specifications') {
    forget(engine, 'cdiDevices', 'engine.cdiDevices', sources);
  }
}

/** None is proved only where the folders were looked into. */
function specified(answers: readonly Answer[], devices: string[] | null): boolean | null {
  if (devices && devices.length > 0) return true;
  const looked = answers.find(({source}) => source === 'CDI specifications')?.status;
  return looked === 'ok' || looked === 'not-found' ? false : null;
}

/** Docker names folders of specifications only with CDI switched on; Podman reads them by itself. */
const usesCdi = (answers: readonly Answer[], kind: Host['engine']['kind']): boolean =>
  kind === 'podman' || answers.some(({says}) => (says.cdiFolders?.length ?? 0) > 0);

function forget<T extends object, K extends keyof T>(
  part: T,
  key: null extends T[K] ? K : never,
  path: string,
  sources: Host['sources'],
): void {
  Reflect.set(part, key, null);
  delete sources[path];
}

/** Where the engine stores images, if that is here; else the root file system. */
function deriveFreeSpace(host: Host, answers: readonly Answer[]): void {
  if (host.resources.diskFreeMiB !== null) return;
  const filesystems = answers.flatMap(({source, says}) => (says.filesystems ?? []).map(one => ({...one, source})));
  const path = host.engine.remote === false && host.engine.rootDir ? host.engine.rootDir : '/';
  const holding = filesystems
    .filter(({mount}) => path === mount || path.startsWith(mount.endsWith('/') ? mount : `${mount}/`))
    .sort((a, b) => b.mount.length - a.mount.length)[0];
  if (holding === undefined) return;
  host.resources.diskFreeMiB = holding.freeMiB;
  host.sources['resources.diskFreeMiB'] = holding.source;
}
