import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellText, linesOf} from '../text.js';
import {stateOf} from './smi-cells.js';

/** `nvidia-smi -L`: the only output that names MIG devices by UUID and profile. */
export function parseSmiList(text: string): SourceReading {
  const gpus: GpuReading[] = [];
  for (const line of linesOf(text)) {
    const gpu = /^\s*GPU (\d{1,3}): (.*)$/.exec(line);
    if (gpu) {
      // A second sample of the same machine.
      if (gpus.some(known => known.index === cellInteger(gpu[1]))) break;
      // Branches before R319 print a serial number here.
      const [name = '', uuid] = (gpu[2] ?? '').replace(/ \(S\/N: .*$/, '').split(' (UUID: ');
      gpus.push({
        index: cellInteger(gpu[1]),
        name: cellText(name),
        uuid: cellText(uuid?.replace(/\).*$/, '')),
        state: stateOf(name) ?? 'ok',
      });
      continue;
    }
    const device = /^\s+MIG (\S{1,40})\s+Device\s+\d{1,3}: \(UUID: (MIG-[^)\s]{1,200})\)/.exec(line);
    const parent = gpus.at(-1);
    if (!device || !parent) continue;
    parent.migMode = 'enabled';
    const ids = /^MIG-GPU-[^/]+\/(\d{1,3})\/(\d{1,3})$/.exec(device[2] ?? '');
    parent.migDevices = [
      ...(parent.migDevices ?? []),
      {
        uuid: device[2] ?? null,
        profile: device[1] ?? null,
        gi: cellInteger(ids?.[1]),
        ci: cellInteger(ids?.[2]),
        memoryMiB: null,
      },
    ];
  }
  return gpus.length > 0 ? {gpus} : {};
}
