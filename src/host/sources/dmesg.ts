import type {GpuReading, SourceReading, Trouble} from '../reading.js';
import {linesOf} from '../text.js';
import {BUS_ID} from './smi-cells.js';

/** Xid numbers: NVIDIA's "Xid Errors" catalogue (79 off the bus; 48, 94, 95 uncorrectable memory errors). */
const WORDS: [RegExp, string][] = [
  [/NVRM: API mismatch/, 'driver_library_mismatch'],
  [/NVRM: Xid [^:]{0,10}\([^)]{1,40}\): 79\b|fallen off the bus/, 'gpu_lost'],
  [/NVRM: Xid [^:]{0,10}\([^)]{1,40}\): (?:48|94|95)\b/, 'gpu_ecc_error'],
  [/request_free_mem_region\b.{0,60}-34\b/, 'kernel_address_space_conflict'],
];

/** The kernel's log, of which only the driver's own lines (`NVRM:`) count. Wrapped messages are read as one. */
export function parseDmesg(text: string): SourceReading {
  const lines = linesOf(text).filter(line => line.includes('NVRM:'));
  const troubles = new Map<string, Trouble>();
  for (const line of lines) {
    const id = WORDS.find(([words]) => words.test(line))?.[1];
    if (id && !troubles.has(id)) troubles.set(id, {id, detail: line.trim().slice(0, 200)});
  }
  const refused = refusedGpus(lines);
  if (refused.length > 0) {
    const detail = `the driver does not support ${refused.map(gpu => gpu.pciId ?? gpu.busId).join(', ')}`;
    troubles.set('gpu_unsupported_by_driver', {id: 'gpu_unsupported_by_driver', detail});
  }
  return {troubles: [...troubles.values()], gpus: refused.length > 0 ? refused : null};
}

const REFUSED = /is not supported by|requires use of the NVIDIA open kernel modules/;

/** "The NVIDIA GPU 0000:04:00.0 (PCI ID: 10de:20b0) / installed in this system is not supported by the / …" */
function refusedGpus(lines: string[]): GpuReading[] {
  return lines.flatMap((line, at) => {
    const busId = BUS_ID.exec(/NVRM: The NVIDIA GPU (\S{7,20})/.exec(line)?.[1] ?? '')?.[0];
    if (!busId) return [];
    // The message wraps where it will; the next GPU's own message is not part of it.
    const next =
      lines
        .slice(at, at + 4)
        .join(' ')
        .split('NVRM: The NVIDIA GPU')[1] ?? '';
    if (!REFUSED.test(next)) return [];
    const pciId = /\(PCI ID: (10de:[0-9a-f]{4})\)/i.exec(next)?.[1]?.toLowerCase() ?? null;
    return [{busId, pciId, state: 'error' as const}];
  });
}
