import type {GpuProcess, MigDevice} from '../../contract/host.js';
import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellText, cellVersion} from '../text.js';
import {MIG_MODES, memoryOf, pciIdOf, stateOf, uuidOf} from './smi-cells.js';

/** An element: its children by name; `@_id` is its attribute. An element that occurs more than once is a list. */
type Element = Record<string, unknown>;

/** `nvidia-smi -q -x`, DTD v4 to v13, also one that was cut. */
export async function parseSmiXml(text: string): Promise<SourceReading> {
  const report = await reportOf(text);
  if (report === null) return {};
  const {head} = report;
  const attached = cellInteger(words(head, 'attached_gpus'));
  const gpus = report.gpus.map((gpu, place) => gpuOf(gpu, place < report.placed ? place : null));
  return {
    driver: {
      version: cellVersion(words(head, 'kmd_version') ?? words(head, 'driver_version')),
      cudaVersion: cellVersion(words(head, 'cuda_umd_version') ?? words(head, 'cuda_version')),
    },
    gpus: gpus.length > 0 || attached === 0 ? gpus : null,
    ...(gpus.length < (attached ?? 0) || gpus.some(({state}) => state === 'unknown') ? {partial: true} : {}),
  };
}

/** A report of sixteen GPUs has 0.8 million characters. */
const LONGEST_REPORT = 8_000_000;
/** No machine has more; a text that names more is not a report. */
const MOST_GPUS = 256;

interface Report {
  head: Element;
  gpus: Element[];
  /** How many GPUs have none missing before them: the lines of one whose start was lost stand behind another's end. */
  placed: number;
}

/** Each GPU is read by itself, so that a tag that was lost or doubled spoils no other. */
async function reportOf(text: string): Promise<Report | null> {
  const start = text.indexOf('<nvidia_smi_log');
  if (start < 0) return null;
  // What follows is a second sample of the same machine.
  const end = text.indexOf('</nvidia_smi_log>', start);
  const body = text.slice(start, end < 0 ? LONGEST_REPORT : end);
  const starts = [...body.matchAll(/<gpu[ >]/g)].slice(0, MOST_GPUS).map(({index}) => index);
  const read = await reader();
  const head = read(`${body.slice(0, starts[0])}</nvidia_smi_log>`, 'nvidia_smi_log');
  if (head === null) return null;
  const parts = starts.map((from, at) => body.slice(from, starts[at + 1])).filter(isNotRepeated);
  const gpus = parts.flatMap((part): Element[] => {
    const gpu = read(`${part.split('</gpu>', 1)[0]}</gpu>`, 'gpu');
    if (gpu && !isEven(part)) delete gpu.fb_memory_usage;
    return gpu ? [gpu] : [];
  });
  const torn = parts.findIndex(isTorn);
  const placed = torn < 0 ? gpus.length : torn + 1;
  return {head, gpus, placed: /<(?:product_name|uuid)>/.test(body.slice(0, starts[0])) ? 0 : placed};
}

/** Where a tag was doubled or lost, the memory of a MIG device may stand in the place of the GPU's. */
const isEven = (part: string): boolean =>
  !part.includes('</gpu>') ||
  ['fb_memory_usage', 'mig_device', 'mig_devices'].every(
    tag => part.split(`<${tag}>`).length === part.split(`</${tag}>`).length,
  );

/** The lines of another GPU, whose start was lost, stand in this one or behind its end. */
const isTorn = (part: string): boolean =>
  part.split('<product_name>', 3).length > 2 || (part.split('</gpu>')[1]?.trim() ?? '') !== '';

/** A start that stands twice holds nothing the first time. */
const isNotRepeated = (part: string, at: number, parts: readonly string[]): boolean =>
  part.trim() !== parts[at + 1]?.slice(0, part.trim().length);

async function reader(): Promise<(text: string, root: string) => Element | null> {
  const {XMLParser} = await import('fast-xml-parser');
  const repeated = new Set(['mig_device', 'process_info']);
  const parser = new XMLParser({
    // "12.10" is a version and "0012" a serial number: neither is a number.
    parseTagValue: false,
    ignoreAttributes: false,
    isArray: name => repeated.has(name),
  });
  return (text, root) => {
    try {
      const document: unknown = parser.parse(text);
      if (!isElement(document) || !(root in document)) return null;
      return isElement(document[root]) ? document[root] : {};
    } catch {
      return null;
    }
  };
}

function gpuOf(gpu: Element, index: number | null): GpuReading {
  // `memory_usage` up to R319
  const memory = child(gpu, 'fb_memory_usage' in gpu ? 'fb_memory_usage' : 'memory_usage');
  const total = words(memory, 'total') ?? '';
  const name = words(gpu, 'product_name') ?? '';
  return {
    index,
    uuid: uuidOf(words(gpu, 'uuid')),
    busId: cellText(words(gpu, '@_id') ?? words(child(gpu, 'pci'), 'pci_bus_id')),
    pciId: pciIdOf(words(child(gpu, 'pci'), 'pci_device_id')),
    name: cellText(name),
    architecture: cellText(words(gpu, 'product_architecture')),
    memoryMiB: memoryOf(total),
    usedMiB: memoryOf(words(memory, 'used')),
    utilization: percentOf(words(child(gpu, 'utilization'), 'gpu_util')),
    // A GPU that fails says so where its memory stands.
    state: stateOf(total) ?? stateOf(name) ?? (total === '' ? 'unknown' : 'ok'),
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
