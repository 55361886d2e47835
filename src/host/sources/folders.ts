import type {World} from '../../world/world.js';
import type {Answer, GpuReading, SourceReading, Status} from '../reading.js';
import {decode, linesOf} from '../text.js';
import {systemReading} from './os.js';
import {parseProcGpus} from './proc.js';

const PROC_GPUS = '/proc/driver/nvidia/gpus';

/** The driver's own list of GPUs, a folder each. */
export async function readProcGpus(world: World): Promise<Answer> {
  const folders = await world.list(PROC_GPUS);
  if (folders.status !== 'ok') return {source: PROC_GPUS, status: folders.status, says: {}};
  const gpus = await Promise.all(
    folders.value.map(async name => {
      const file = await world.read(`${PROC_GPUS}/${name}/information`);
      const gpu = file.status === 'ok' ? parseProcGpus(decode(file.value)).gpus?.[0] : undefined;
      return gpu ? [gpu] : [];
    }),
  );
  const known = gpus.flat();
  return {source: PROC_GPUS, status: 'ok', says: known.length > 0 ? {gpus: known} : {}};
}

const PCI = '/sys/bus/pci/devices';
const NVIDIA = '10DE';
/** Devices that WSL2 shows on its bus. */
const MICROSOFT = '1414';

/** The PCI bus as the kernel lists it: GPUs that no driver serves, where lspci is not installed. */
export async function readPciBus(world: World): Promise<Answer> {
  const folders = await world.list(PCI);
  if (folders.status !== 'ok') return {source: PCI, status: folders.status, says: {}};
  const events = await Promise.all(folders.value.map(name => world.read(`${PCI}/${name}/uevent`, 4_096)));
  const devices = events.flatMap(event => (event.status === 'ok' ? [fieldsOf(decode(event.value))] : []));
  return {source: PCI, status: 'ok', says: pciGpus(devices, folders.value.length)};
}

const fieldsOf = (text: string): Map<string, string> =>
  new Map(linesOf(text).flatMap(line => (line.includes('=') ? [line.split('=', 2) as [string, string]] : [])));

function pciGpus(devices: Map<string, string>[], listed: number): SourceReading {
  const vendors = devices.map(device => device.get('PCI_ID')?.split(':')[0]);
  const gpus = devices.flatMap((device): GpuReading[] => {
    const id = device.get('PCI_ID') ?? '';
    const display = /^3[0-9A-F]{4}$/i.test(device.get('PCI_CLASS') ?? '');
    if (!display || !id.startsWith(NVIDIA)) return [];
    return [{busId: device.get('PCI_SLOT_NAME') ?? null, pciId: id.toLowerCase(), state: 'unknown'}];
  });
  if (gpus.length > 0) return {gpus};
  // A Jetson has NVIDIA bridges and a GPU that is not on the bus; under WSL2 GPUs are not on it either.
  const elsewhere = vendors.some(vendor => vendor === NVIDIA || vendor === MICROSOFT);
  return devices.length === listed && !elsewhere ? {gpus: []} : {};
}

/** Where distributions and WSL2 keep the driver's libraries. */
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib/wsl/lib',
  '/usr/lib',
];

/** `libcuda.so.570.124.06` and `libnvidia-ml.so.570.124.06` tell the version of the driver that is installed. */
export async function readLibraries(world: World): Promise<Answer> {
  const listings = await Promise.all(LIBRARY_FOLDERS.map(folder => world.list(folder)));
  const names = listings.flatMap(listing => (listing.status === 'ok' ? listing.value : []));
  const found = names.flatMap(name => /^lib(?:nvidia-ml|cuda)\.so\.(\d{2,4}(?:\.\d{1,4}){1,2})$/.exec(name)?.[1] ?? []);
  const present = names.some(name => /^lib(?:nvidia-ml|cuda)\.so(?:\.1)?$/.test(name));
  const status: Status = found.length > 0 || present ? 'ok' : absence(listings.map(listing => listing.status));
  return {source: 'driver libraries', status, says: found.length > 0 ? {libraryVersions: [...new Set(found)]} : {}};
}

/** All places were looked at, and none has it. */
export function absence(statuses: readonly Status[]): Status {
  if (statuses.every(status => status === 'ok' || status === 'not-found')) return 'not-found';
  return statuses.find(status => status !== 'ok' && status !== 'not-found') ?? 'error';
}

/** What the operating system says. */
export async function readSystem(world: World, timeout: number): Promise<Answer> {
  const system = await world.system(timeout);
  return {source: 'system', status: system.status, says: system.status === 'ok' ? systemReading(system.value) : {}};
}
