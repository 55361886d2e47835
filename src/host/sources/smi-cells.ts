import type {Gpu} from '../../contract/host.js';
import type {GpuReading} from '../reading.js';
import {cellInteger, cellText} from '../text.js';

/** What nvidia-smi prints as MIG mode; `N/A` is a GPU that has none. */
export const MIG_MODES: Record<string, Gpu['mig']['mode']> = {
  enabled: 'enabled',
  disabled: 'disabled',
  'n/a': 'unsupported',
  '[n/a]': 'unsupported',
};

/** `11172MiB`, `11172 MiB`, and `2687 MB` as branches before R331 print mebibytes; null for anything else. */
export function memoryOf(cell: string | undefined): number | null {
  const match = /^(\d{1,9}) ?(?:MiB|MB)$/.exec(cell?.trim() ?? '');
  return match ? Number(match[1]) : null;
}

/** A PCI bus id as the tools print it, with or without its domain. */
export const BUS_ID = /\b(?:[0-9A-Fa-f]{4,8}:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]\b/;

/** "1B0610DE" or "0x1B0610DE" → "10de:1b06". */
export function pciIdOf(cell: string | null | undefined): string | null {
  const match = /^(?:0x)?([0-9a-f]{4})([0-9a-f]{4})$/i.exec(cell?.trim() ?? '');
  return match ? `${match[2]}:${match[1]}`.toLowerCase() : null;
}

/** What stands in place of a value when a GPU no longer answers. */
export function stateOf(text: string): 'lost' | 'error' | null {
  if (/GPU is lost/i.test(text)) return 'lost';
  return /^(?:ERR!|\[?Unknown Error\]?|\[?GPU requires reset\]?)$/i.test(text.trim()) ? 'error' : null;
}

const LAST_COLUMN = /\s(?:On|Off|N\/A|ERR!|WDDM|TCC|MCDM)\s*$/;

/** The first row of a GPU in the table: `index name persistence | bus id display | ECC`. */
export function gpuRow(cells: string[]): GpuReading | null {
  const [first = '', second = ''] = cells;
  const head = /^\s*(\d{1,3})\.?\s+(\S.*)$/.exec(first);
  const busId = BUS_ID.exec(second)?.[0] ?? null;
  if (!head || cells.length < 3 || (busId === null && !/^\s*N\/A\b/.test(second))) return null;
  const printed = (head[2] ?? '').replace(LAST_COLUMN, '').trim();
  const name = cellText(printed);
  return {
    index: cellInteger(head[1]),
    busId,
    name,
    nameCut: name?.endsWith('...') ?? false,
    state: stateOf(printed) ?? 'ok',
  };
}

const UUID = /^GPU-[0-9a-zx*]{8}(?:-[0-9a-zx*]{4}){3}-[0-9a-zx*]{12}$/i;

/** A GPU's UUID, whole (it may be masked); null for one that was cut. */
export function uuidOf(cell: string | null | undefined): string | null {
  return UUID.exec(cell?.trim() ?? '')?.[0] ?? null;
}
