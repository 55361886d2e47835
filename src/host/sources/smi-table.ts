import type {GpuProcess, MigDevice} from '../../contract/host.js';
import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellNumber, cellText, cellVersion, linesOf} from '../text.js';
import {gpuRow, MIG_MODES, memoryOf} from './smi-cells.js';

type Section = 'gpus' | 'mig' | 'processes';

interface State {
  section: Section;
  /** Rows seen of the GPU that is being read: its second row has memory, its third the MIG mode. */
  row: number;
  gpus: GpuReading[];
  mig: (MigDevice & {gpu: number})[];
  processes: (GpuProcess & {gpu: number})[] | null;
  /** Columns between the GPU and the process name. */
  columns: readonly ('gi' | 'ci' | 'pid' | 'type')[];
  version: string | null;
  cuda: string | null;
}

/**
 * The plain `nvidia-smi` table, whole or in part: both banners (`Driver Version` up to R595, `KMD Version` and `CUDA UMD
 * Version` from R610), rows of two and of three lines, Windows' driver model column, MIG devices, processes.
 */
export function parseSmiTable(text: string): SourceReading {
  const state: State = {
    section: 'gpus',
    row: 0,
    gpus: [],
    mig: [],
    processes: null,
    columns: ['gi', 'ci', 'pid', 'type'],
    version: null,
    cuda: null,
  };
  for (const line of linesOf(text)) {
    // A second banner is a second sample of the same machine.
    if (isBanner(line) && state.gpus.length > 0) break;
    readLine(line, state);
  }
  if (state.version === null && state.cuda === null && state.gpus.length === 0 && state.mig.length === 0) return {};
  return {driver: {version: state.version, cudaVersion: state.cuda}, gpus: gpusOf(state)};
}

function readLine(line: string, state: State): void {
  if (isBanner(line)) readBanner(line, state);
  const start = frameStart(line);
  const end = line.lastIndexOf('|');
  if (start < 0 || end <= start) {
    // A frame that closes below the heading says that the list of processes is complete, and so empty.
    if (state.section === 'processes' && line.includes('+---')) state.processes ??= [];
    return;
  }
  const inside = line.slice(start + 1, end);
  if (/^\s*MIG devices:/.test(inside)) state.section = 'mig';
  else if (/^\s*(?:Compute p|P)rocesses:/.test(inside)) state.section = 'processes';
  else if (state.section === 'processes') readProcess(inside, state);
  else if (state.section === 'mig') readMig(inside.split('|'), state);
  else readGpu(inside.split('|'), state);
}

const isBanner = (line: string): boolean => /\bNVIDIA-SMI\s+\d/.test(line);

/** Where the table's first bar stands: log collectors put a prefix with a bar of its own before it ("gpu-1  | |"). */
function frameStart(line: string): number {
  const first = line.indexOf('|');
  const prefixed = line.slice(0, Math.max(first, 0)).trim() !== '' && /^ ?[|+]/.test(line.slice(first + 1));
  return prefixed ? line.indexOf('|', first + 1) : first;
}

function readBanner(line: string, state: State): void {
  state.version ??= cellVersion(/\b(?:Driver|KMD) Version\s*:\s*(\S+)(?=\s)/.exec(line)?.[1]);
  state.cuda ??= cellVersion(/\bCUDA (?:UMD )?Version\s*:\s*(\S+)(?=\s)/.exec(line)?.[1]);
}

function readGpu(cells: string[], state: State): void {
  const gpu = gpuRow(cells);
  if (gpu) {
    if (!state.gpus.some(known => known.index === gpu.index)) state.gpus.push(gpu);
    state.row = 1;
    return;
  }
  const current = state.gpus.at(-1);
  if (!current || cells.length < 3) return;
  state.row++;
  if (state.row === 2) readUsage(cells, current);
  if (state.row === 3) current.migMode = MIG_MODES[(cells[2] ?? '').trim().replace('*', '').toLowerCase()] ?? null;
}

function readUsage(cells: string[], gpu: GpuReading): void {
  const [used, total] = (cells[1] ?? '').split('/');
  gpu.usedMiB = memoryOf(used);
  gpu.memoryMiB = memoryOf(total);
  gpu.utilization = cellNumber((cells[2] ?? '').trim().split(/\s+/)[0], '%');
  const sick = [...(cells[0] ?? '').split(/\s+/).slice(0, 3), (cells[2] ?? '').trim().split(/\s+/)[0]];
  if (sick.filter(cell => cell === 'ERR!').length > 1) gpu.state = 'error';
}

function readMig(cells: string[], state: State): void {
  const [gpu, gi, ci] = (cells[0] ?? '').trim().split(/\s+/).map(cellInteger);
  if (gpu == null || gi == null || ci == null) return;
  const memoryMiB = memoryOf((cells[1] ?? '').split('/')[1]);
  state.mig.push({gpu, gi, ci, memoryMiB, uuid: null, profile: null});
}

/** `GPU GI CI PID Type Name Memory`; without GI and CI before R450, without Type before R346. Names hold blanks. */
function readProcess(inside: string, state: State): void {
  if (/\bPID\b.*Process name/i.test(inside)) state.columns = columnsOf(inside);
  if (/No running processes found/.test(inside)) state.processes ??= [];
  const words = inside.trim().split(/\s+/);
  const gpu = cellInteger(words[0]);
  const cell = (column: State['columns'][number]): string | undefined => {
    const at = state.columns.indexOf(column);
    return at < 0 ? undefined : words[at + 1];
  };
  const pid = cellInteger(cell('pid'));
  if (gpu === null || pid === null) return;
  const last = words.at(-1) ?? '';
  const sized = /^\d+MiB$|^N\/A$/.test(last);
  const name = words.slice(state.columns.length + 1, sized ? -1 : undefined).join(' ');
  state.processes ??= [];
  state.processes.push({
    gpu,
    pid,
    name: cellText(name),
    user: null,
    type: cellText(cell('type')),
    usedMiB: memoryOf(last),
  });
}

function columnsOf(heading: string): State['columns'] {
  const instances = /\bGI\b/.test(heading) ? (['gi', 'ci'] as const) : [];
  const type = /\bType\b/.test(heading) ? (['type'] as const) : [];
  return [...instances, 'pid', ...type];
}

function gpusOf(state: State): GpuReading[] | null {
  const {gpus, mig, processes} = state;
  for (const {gpu, ...device} of mig) {
    const parent = gpus.find(known => known.index === gpu) ?? addGpu(gpus, {index: gpu, migMode: 'enabled'});
    parent.migDevices = [...(parent.migDevices ?? []), device];
  }
  if (processes) {
    for (const gpu of gpus)
      gpu.processes = processes.filter(process => process.gpu === gpu.index).map(({gpu: _, ...process}) => process);
  }
  return gpus.length > 0 ? gpus : null;
}

function addGpu(gpus: GpuReading[], gpu: GpuReading): GpuReading {
  gpus.push(gpu);
  return gpu;
}
