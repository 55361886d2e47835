import type {GpuReading, SourceReading} from '../reading.js';
import {cellText, cellVersion, linesOf, wholeLinesOf} from '../text.js';
import {BUS_ID, uuidOf} from './smi-cells.js';

/** `/proc/driver/nvidia/version`: the module that is loaded, and whether it is the open one. */
export function parseProcVersion(text: string): SourceReading {
  for (const line of linesOf(text)) {
    const at = line.indexOf('NVRM version:');
    if (at < 0) continue;
    const rest = line.slice(at);
    const version = cellVersion(/\s(\d{2,4}\.\d{1,4}(?:\.\d{1,4})?)(?=\s|$)/.exec(rest)?.[1]);
    if (version) return {driver: {version, flavor: /Open Kernel Module/i.test(rest) ? 'open' : 'proprietary'}};
  }
  return {};
}

/** `/sys/module/nvidia/version`: a number alone. */
export function parseModuleVersion(text: string): SourceReading {
  const version = cellVersion(text);
  return version ? {driver: {version}} : {};
}

/** As drivers before 2010 print it: `01.00.0`. */
const BUS_ID_OF_OLD = /^[0-9a-f]{2}\.[0-9a-f]{2}\.[0-7]$/i;

/**
 * `/proc/driver/nvidia/gpus/<bus id>/information`, one or several. Its "Device Minor" is no index: minors and indices
 * may differ.
 */
export function parseProcGpus(text: string): SourceReading {
  const gpus: GpuReading[] = [];
  for (const line of wholeLinesOf(text)) {
    const [, key, value = ''] = /\b(Model|GPU UUID|Bus Location):\s*(.*)$/.exec(line) ?? [];
    if (key === 'Model') gpus.push({name: cellText(value), state: 'unknown'});
    const gpu = gpus.at(-1);
    if (!gpu) continue;
    if (key === 'GPU UUID') gpu.uuid ??= uuidOf(value);
    if (key === 'Bus Location') gpu.busId ??= (BUS_ID.exec(value) ?? BUS_ID_OF_OLD.exec(value.trim()))?.[0] ?? null;
  }
  return gpus.length > 0 ? {gpus} : {};
}
