import type {MigDevice} from '../../contract/host.js';
import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellText, linesOf} from '../text.js';
import {stateOf, uuidOf} from './smi-cells.js';

/** `nvidia-smi -L`: the only output that names MIG devices by UUID and profile. */
export function parseSmiList(text: string): SourceReading {
  const gpus: GpuReading[] = [];
  for (const line of linesOf(text)) {
    const gpu = gpuOf(line);
    // A second sample of the same machine.
    if (gpu && gpus.some(known => known.index === gpu.index)) break;
    if (gpu) gpus.push(gpu);
    const device = migDeviceOf(line);
    const parent = gpus.at(-1);
    if (!device || !parent) continue;
    parent.migMode = 'enabled';
    parent.migDevices = [...(parent.migDevices ?? []), device];
  }
  return gpus.length > 0 ? {gpus} : {};
}

/** `GPU 0: NAME (UUID: GPU-…)`; branches before R319 print a serial number there. */
function gpuOf(line: string): GpuReading | null {
  const [, index, rest = ''] = /^\s*GPU (\d{1,3}): (.*)$/.exec(line) ?? [];
  if (index === undefined) return null;
  const [name = '', identity] = rest.split(/ \((?:UUID|S\/N): /);
  // What stands there without an identity behind it is a message, or was cut.
  const named = identity !== undefined;
  return {
    index: cellInteger(index),
    name: named ? cellText(name) : null,
    uuid: rest.includes(' (UUID: ') ? uuidOf(identity?.replace(/\).*$/, '')) : null,
    state: stateOf(name) ?? (named ? 'ok' : 'unknown'),
  };
}

/** Up to R470 a device's UUID holds its instance numbers: `MIG-GPU-…/GI/CI`. */
function migDeviceOf(line: string): MigDevice | null {
  const [, profile, uuid] = /^\s+MIG (\S{1,40})\s+Device\s+\d{1,3}: \(UUID: (MIG-[^)\s]{1,200})\)/.exec(line) ?? [];
  if (profile === undefined || uuid === undefined) return null;
  const ids = /^MIG-GPU-[^/]+\/(\d{1,3})\/(\d{1,3})$/.exec(uuid);
  return {uuid, profile, gi: cellInteger(ids?.[1]), ci: cellInteger(ids?.[2]), memoryMiB: null};
}
