import type {GpuProcess, MigDevice} from '../../contract/host.js';
import type {GpuReading, SourceReading} from '../reading.js';
import {cellInteger, cellText, cellVersion} from '../text.js';
import {MIG_MODES, memoryOf, pciIdOf, stateOf, uuidOf} from './smi-cells.js';
import {child, type Element, elements, reportOf, words} from './smi-report.js';

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
