import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellNumber, cellText, cellVersion, linesOf} from '../text.js';
import {BUS_ID, MIG_MODES, memoryOf, pciIdOf, stateOf, uuidOf} from './smi-cells.js';

type Row = (field: string) => string | null;

/** `nvidia-smi --query-gpu=… --format=csv`, whatever fields were asked for, with its header. */
export function parseSmiCsv(text: string): SourceReading {
  const rows = rowsOf(text, ['name', 'gpu_name', 'uuid', 'gpu_uuid', 'driver_version', 'index'], 'name');
  if (rows.length === 0) return {};
  const gpus = distinct(
    rows,
    rows.map(gpuOf).filter(gpu => gpu.name || gpu.uuid || gpu.busId || gpu.index !== null),
  );
  return {
    driver: {version: rows.map(row => cellVersion(row('driver_version'))).find(Boolean) ?? null},
    gpus: gpus.length > 0 ? gpus : null,
  };
}

/** Rows that name their GPU may be samples of the same one; rows that do not are, where their times differ. */
function distinct(rows: Row[], gpus: GpuReading[]): GpuReading[] {
  const keys = gpus.map(gpu => gpu.index ?? gpu.busId ?? gpu.uuid ?? null);
  if (keys.every(key => key !== null)) return gpus.filter((_, at) => keys.indexOf(keys[at] ?? '') === at);
  const times = new Set(rows.map(row => row('timestamp')?.split('.')[0]));
  return times.size > 1 ? [] : gpus;
}

function gpuOf(row: Row): GpuReading {
  const name = row('name') ?? row('gpu_name');
  return {
    index: cellInteger(row('index')),
    uuid: uuidOf(row('uuid') ?? row('gpu_uuid')),
    busId: busIdOf(row('pci.bus_id') ?? row('gpu_bus_id')),
    pciId: pciIdOf(row('pci.device_id')),
    name: cellText(name),
    computeCapability: /^\d{1,2}\.\d$/.exec(row('compute_cap')?.trim() ?? '')?.[0] ?? null,
    memoryMiB: memoryOf(row('memory.total') ?? undefined),
    usedMiB: memoryOf(row('memory.used') ?? undefined),
    utilization: cellNumber(row('utilization.gpu'), '%'),
    migMode: MIG_MODES[row('mig.mode.current')?.trim().toLowerCase() ?? ''] ?? null,
    state: stateOf(row('memory.total') ?? '') ?? stateOf(name ?? '') ?? 'ok',
  };
}

/** `nvidia-smi --query-compute-apps=… --format=csv`: a row a process, with the GPU it runs on. */
export function parseSmiApps(text: string): SourceReading {
  const gpus = new Map<string, GpuReading & {processes: NonNullable<GpuReading['processes']>}>();
  for (const row of rowsOf(text, ['pid'], 'process_name')) {
    const uuid = cellText(row('gpu_uuid'));
    const busId = busIdOf(row('gpu_bus_id'));
    const name = cellText(row('gpu_name'));
    const pid = cellInteger(row('pid'));
    // Without any of these the processes are those of the only GPU, if there is one only.
    const key = busId ?? uuid ?? name ?? '';
    if (pid === null) continue;
    const gpu = gpus.get(key) ?? {uuid, busId, name, processes: []};
    gpus.set(key, gpu);
    const used = row('used_gpu_memory') ?? row('used_memory') ?? undefined;
    gpu.processes.push({
      pid,
      name: cellText(row('process_name') ?? row('name')),
      user: null,
      type: null,
      usedMiB: memoryOf(used),
    });
  }
  return gpus.size > 0 ? {gpus: [...gpus.values()]} : {};
}

const busIdOf = (cell: string | null): string | null => BUS_ID.exec(cell ?? '')?.[0] ?? null;

/** Cells whose end is seen: a unit, a bracket, a whole UUID. */
const ENDED = /(?:MiB|%|W|MHz|\])$|^N\/A$|^\d{1,2}\.\d$|^GPU-[0-9a-f-]{36}$/i;

/** Enough for hours of samples; what follows says nothing new of the machine. */
const MOST_ROWS = 10_000;

/**
 * Rows below a header that has one of `keys`. Values with a unit in the header ("memory.total [MiB]") keep it; nvidia-smi
 * quotes nothing, so blanks and commas of the field `free` are told by the number of cells.
 */
function rowsOf(text: string, keys: string[], free: string): Row[] {
  let fields: string[] | null = null;
  let units: (string | undefined)[] = [];
  const rows: Row[] = [];
  const lines = linesOf(text);
  for (const [at, line] of lines.entries()) {
    const cells = line.split(',').map(cell => cell.trim());
    const names = cells.map(cell => cell.replace(/\s*\[[^\]]*\]$/, '').toLowerCase());
    if (names.some(name => keys.includes(name)) && names.every(name => /^[a-z][\w.]*$/.test(name))) {
      fields = names;
      units = cells.map(cell => /\[([^\]]*)\]$/.exec(cell)?.[1]);
      continue;
    }
    if (fields === null || cells.length < fields.length || (fields.length === 1 && cells[0] === '')) continue;
    if (rows.length === MOST_ROWS) break;
    const row = gather(cells, fields.length, fields.indexOf(free));
    // No line end: the last cell of the last line may be cut.
    const last = row?.at(-1) ?? '';
    if (row && at === lines.length - 1 && !ENDED.test(last)) row[row.length - 1] = '';
    if (row) rows.push(rowOf(fields, units, row));
  }
  return rows;
}

/** `nounits` leaves the unit to the header. */
function rowOf(fields: string[], units: (string | undefined)[], cells: string[]): Row {
  return field => {
    const at = fields.indexOf(field);
    const cell = cells[at];
    if (cell === undefined) return null;
    return units[at] && /^\d+$/.test(cell) ? `${cell} ${units[at]}` : cell;
  };
}

function gather(cells: string[], width: number, at: number): string[] | null {
  const surplus = cells.length - width;
  if (surplus === 0) return cells;
  if (at < 0) return null;
  return [...cells.slice(0, at), cells.slice(at, at + surplus + 1).join(', '), ...cells.slice(at + surplus + 1)];
}
