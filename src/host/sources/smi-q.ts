import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellNumber, cellText, cellVersion, wholeLinesOf} from '../text.js';
import {BUS_ID, MIG_MODES, memoryOf, pciIdOf, stateOf, uuidOf} from './smi-cells.js';

/** A line of the report, with the headings it stands under: `['FB Memory Usage', 'Total']`. */
interface Entry {
  path: string[];
  value: string;
}

interface Report {
  driver: {version: string | null; cudaVersion: string | null};
  attached: number | null;
  gpus: GpuReading[] | null;
}

/** Stands for a line like `GPU 00000000:04:00.0`. */
const GPU_HEADING = 'gpu';

/** `nvidia-smi -q`, any branch, also one that was cut. */
export function parseSmiQ(text: string): SourceReading {
  const reading: Report = {driver: {version: null, cudaVersion: null}, attached: null, gpus: null};
  let before = '';
  for (const {path, value} of entriesOf(text)) {
    const key = path.join('/').toLowerCase();
    // A second head is a second sample of the same machine.
    if (key === 'attached gpus' && reading.gpus?.length) break;
    if (!(path.length === 1 && readHead(key, value, reading))) {
      if (key === 'product name' && before !== key) startUnplaced(reading);
      readGpu(path, value, reading.gpus?.at(-1));
    }
    before = key;
  }
  const {driver, attached} = reading;
  const gpus = reading.gpus?.filter(({busId, name, uuid}) => busId ?? name ?? uuid) ?? null;
  if (driver.version === null && driver.cudaVersion === null && gpus === null) return {};
  const partial = (gpus?.length ?? 0) < (attached ?? 0) || gpus?.some(({state}) => state === 'unknown') === true;
  return {driver, gpus: gpus && placed(gpus, attached, text), ...(partial ? {partial} : {})};
}

/** A name that follows another one is that of a GPU whose heading was lost, or cut off. */
function startUnplaced(reading: Report): void {
  const gpu = reading.gpus?.at(-1);
  if (gpu && gpu.name === undefined) return;
  reading.gpus = [...(reading.gpus ?? []), {state: 'unknown'}];
}

/** The place of a GPU is known where none is missing before it: in a whole report, and in one that ends within a line. */
function placed(gpus: GpuReading[], attached: number | null, text: string): GpuReading[] {
  const known = gpus.length === attached || (attached !== null && gpus.length < attached && !/[\r\n]$/.test(text));
  return gpus.map((gpu, index) => (known ? {...gpu, index} : gpu));
}

/** A line of the report's head, or the heading of a GPU. */
function readHead(key: string, value: string, reading: Report): boolean {
  const {driver} = reading;
  if (key === 'driver version' || key === 'kmd version') driver.version = cellVersion(value) ?? driver.version;
  else if (key === 'cuda version' || key === 'cuda umd version')
    driver.cudaVersion = cellVersion(value) ?? driver.cudaVersion;
  else if (key === 'attached gpus') {
    reading.attached = cellInteger(value);
    if (reading.attached === 0) reading.gpus ??= [];
  } else if (key === GPU_HEADING) {
    const busId = BUS_ID.exec(value)?.[0] ?? null;
    reading.gpus ??= [];
    if (reading.gpus.at(-1)?.busId !== busId) reading.gpus.push({busId, state: 'unknown'});
  } else return false;
  return true;
}

const READERS: Record<string, (gpu: GpuReading, value: string) => void> = {
  'product name': (gpu, value) => {
    gpu.name = cellText(value);
    gpu.state = stateOf(value) ?? gpu.state;
  },
  'product architecture': (gpu, value) => {
    gpu.architecture = cellText(value);
  },
  'gpu uuid': (gpu, value) => {
    gpu.uuid ??= uuidOf(value);
  },
  'pci/device id': (gpu, value) => {
    gpu.pciId = pciIdOf(value);
  },
  'pci/bus id': (gpu, value) => {
    gpu.busId ??= cellText(value);
  },
  'mig mode/current': (gpu, value) => {
    gpu.migMode = MIG_MODES[value.toLowerCase()] ?? null;
  },
  'fb memory usage/total': readTotal,
  'fb memory usage/used': readUsed,
  // up to R319
  'memory usage/total': readTotal,
  'memory usage/used': readUsed,
  'utilization/gpu': (gpu, value) => {
    gpu.utilization = cellNumber(value, '%');
  },
};

/** The first one counts: where a heading was lost, that of another memory follows. */
function readTotal(gpu: GpuReading, value: string): void {
  if (gpu.memoryMiB !== undefined) return;
  gpu.memoryMiB = memoryOf(value);
  gpu.state = stateOf(value) ?? (gpu.state === 'unknown' ? 'ok' : gpu.state);
}

function readUsed(gpu: GpuReading, value: string): void {
  if (gpu.usedMiB === undefined) gpu.usedMiB = memoryOf(value);
}

function readGpu(words: string[], value: string, gpu: GpuReading | undefined): void {
  if (!gpu) return;
  const path = words.map(word => word.toLowerCase());
  if (path[0] === 'mig device') readMigDevice(path, value, gpu);
  else if (path[0] === 'processes') readProcess(path.at(-1) ?? '', value, gpu);
  else READERS[path.join('/')]?.(gpu, value);
}

function readMigDevice(path: string[], value: string, gpu: GpuReading): void {
  gpu.migDevices ??= [];
  if (path.length === 1) gpu.migDevices.push({uuid: null, profile: null, gi: null, ci: null, memoryMiB: null});
  const device = gpu.migDevices.at(-1);
  if (!device) return;
  if (path[1] === 'gpu instance id') device.gi = cellInteger(value);
  if (path[1] === 'compute instance id') device.ci = cellInteger(value);
  if (/fb memory usage$/.test(path[1] ?? '') && path[2] === 'total') device.memoryMiB = memoryOf(value);
}

function readProcess(key: string, value: string, gpu: GpuReading): void {
  gpu.processes ??= [];
  if (key === 'process id') {
    const pid = cellInteger(value);
    if (pid !== null) gpu.processes.push({pid, name: null, user: null, type: null, usedMiB: null});
    return;
  }
  const process = gpu.processes.at(-1);
  if (!process) return;
  if (key === 'type') process.type = cellText(value);
  if (key === 'name') process.name = cellText(value);
  if (key === 'used gpu memory') process.usedMiB = memoryOf(value);
}

/** Lines as `key : value` under headings, told by their indent. A GPU's own heading is the root of what follows. */
function* entriesOf(text: string): Generator<Entry> {
  let headings: {indent: number; name: string}[] = [];
  for (const line of wholeLinesOf(text)) {
    if (line.trim() === '') continue;
    const indent = line.length - line.trimStart().length;
    headings = headings.filter(heading => heading.indent < indent);
    const gpu = /^GPU\s+(\S+)$/.exec(line.trim());
    if (gpu && BUS_ID.test(line)) {
      yield {path: [GPU_HEADING], value: gpu[1] ?? ''};
      headings = [];
      continue;
    }
    const split = /\s:(?:\s|$)/.exec(line);
    const name = (split ? line.slice(0, split.index) : line).trim();
    const value = split ? line.slice(split.index + 2).trim() : '';
    yield {path: [...headings.map(heading => heading.name), name], value};
    // "Process ID" has lines of its own below it, though it has a value.
    if (value === '' || name === 'Process ID') headings.push({indent, name});
  }
}
