import type {GpuProcess, MigDevice} from '../../contract/host.js';
import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellText, cellVersion} from '../text.js';
import {MIG_MODES, memoryOf, pciIdOf, stateOf} from './smi-cells.js';

/** An element: its children by name; `@_id` is its attribute. An element that occurs more than once is a list. */
type Element = Record<string, unknown>;

/** `nvidia-smi -q -x`, DTD v4 to v13, also one that was cut. */
export async function parseSmiXml(text: string): Promise<SourceReading> {
  const log = await logOf(text);
  if (log === null) return {};
  const gpus = elements(log, 'gpu').map(gpuOf);
  return {
    driver: {
      version: cellVersion(words(log, 'kmd_version') ?? words(log, 'driver_version')),
      cudaVersion: cellVersion(words(log, 'cuda_umd_version') ?? words(log, 'cuda_version')),
    },
    gpus: gpus.length > 0 || words(log, 'attached_gpus') === '0' ? gpus : null,
  };
}

/** A report of sixteen GPUs has 0.8 million characters. */
const LONGEST_REPORT = 8_000_000;

async function logOf(text: string): Promise<Element | null> {
  const start = text.indexOf('<nvidia_smi_log');
  if (start < 0) return null;
  // What follows is a second sample of the same machine.
  const end = text.indexOf('</nvidia_smi_log>', start);
  const {XMLParser} = await import('fast-xml-parser');
  const repeated = new Set(['gpu', 'mig_device', 'process_info']);
  const parser = new XMLParser({
    // "12.10" is a version and "0012" a serial number: neither is a number.
    parseTagValue: false,
    ignoreAttributes: false,
    isArray: name => repeated.has(name),
  });
  try {
    const document: unknown = parser.parse(
      text.slice(start, end < 0 ? LONGEST_REPORT : end) + (end < 0 ? '' : '</nvidia_smi_log>'),
    );
    return isElement(document) && isElement(document.nvidia_smi_log) ? document.nvidia_smi_log : null;
  } catch {
    return null;
  }
}

function gpuOf(gpu: Element, index: number): GpuReading {
  // `memory_usage` up to R319
  const memory = child(gpu, 'fb_memory_usage' in gpu ? 'fb_memory_usage' : 'memory_usage');
  const total = words(memory, 'total') ?? '';
  const name = words(gpu, 'product_name') ?? '';
  return {
    index,
    uuid: cellText(words(gpu, 'uuid')),
    busId: cellText(words(gpu, '@_id') ?? words(child(gpu, 'pci'), 'pci_bus_id')),
    pciId: pciIdOf(words(child(gpu, 'pci'), 'pci_device_id')),
    name: cellText(name),
    architecture: cellText(words(gpu, 'product_architecture')),
    memoryMiB: memoryOf(total),
    usedMiB: memoryOf(words(memory, 'used')),
    utilization: percentOf(words(child(gpu, 'utilization'), 'gpu_util')),
    state: stateOf(total) ?? stateOf(name) ?? 'ok',
    migMode: MIG_MODES[words(child(gpu, 'mig_mode'), 'current_mig')?.toLowerCase() ?? ''] ?? null,
    migDevices: elements(child(gpu, 'mig_devices'), 'mig_device').map(migDeviceOf),
    processes: processesOf(gpu),
  };
}

const migDeviceOf = (device: Element): MigDevice => ({
  uuid: null,
  profile: null,
  gi: cellInteger(words(device, 'gpu_instance_id')),
  ci: cellInteger(words(device, 'compute_instance_id')),
  memoryMiB: memoryOf(
    words(child(device, 'shared_fb_memory_usage' in device ? 'shared_fb_memory_usage' : 'fb_memory_usage'), 'total'),
  ),
});

/** An element that is there and empty says that there are none; one that holds `N/A` says nothing. */
function processesOf(gpu: Element): GpuProcess[] | null {
  if (!('processes' in gpu) || words(gpu, 'processes')?.trim()) return null;
  return elements(child(gpu, 'processes'), 'process_info').flatMap(processOf);
}

function processOf(info: Element): GpuProcess[] {
  const pid = cellInteger(words(info, 'pid'));
  if (pid === null) return [];
  return [
    {
      pid,
      name: cellText(words(info, 'process_name')),
      user: null,
      type: cellText(words(info, 'type')),
      usedMiB: memoryOf(words(info, 'used_memory')),
    },
  ];
}

function percentOf(text: string | undefined): number | null {
  return cellInteger(/^(\d{1,3}) ?%$/.exec(text ?? '')?.[1]);
}

const isElement = (value: unknown): value is Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function child(parent: Element, name: string): Element {
  const value = parent[name];
  return isElement(value) ? value : {};
}

/** An element's own text; one with attributes keeps it under `#text`. */
function words(parent: Element, name: string): string | undefined {
  const value = parent[name];
  if (typeof value === 'string') return value;
  return isElement(value) && typeof value['#text'] === 'string' ? value['#text'] : undefined;
}

function elements(parent: Element, name: string): Element[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter(isElement) : [];
}
