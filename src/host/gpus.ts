import type {Gpu, MigDevice} from '../contract/host.js';
import type {GpuReading} from './reading.js';

/** What one source says of the GPUs. */
export interface GpuSource {
  source: string;
  gpus: readonly GpuReading[];
}

interface Merged {
  gpu: GpuReading;
  sources: string[];
}

/** No machine has more; a text that names more is not a report. */
const MOST_GPUS = 256;

/**
 * Every GPU that any source names, once: the same one by bus id, then by UUID, then by index, then by its place among as
 * many. Sources come in their order of trust: an earlier one's word stands.
 */
export function mergeGpus(sources: readonly GpuSource[]): Gpu[] {
  const merged: Merged[] = [];
  for (const {source, gpus: named} of sources) {
    const gpus = eachOnce(named).slice(0, MOST_GPUS);
    const partners = partnersOf(gpus, merged);
    if (gpus.every(isNameless) && !partners[0]) continue;
    gpus.forEach((gpu, at) => {
      const partner = partners[at];
      if (partner) {
        partner.gpu = join(partner.gpu, gpu);
        partner.sources.push(source);
      } else merged.push({gpu: {...gpu}, sources: [source]});
    });
  }
  return merged.map(finished).sort(byIndex);
}

/** A listing that repeats a place on the bus names one GPU all the same. */
function eachOnce(gpus: readonly GpuReading[]): GpuReading[] {
  const places = new Map<unknown, GpuReading>();
  for (const gpu of gpus) {
    const place = busKey(gpu.busId) ?? gpu;
    const known = places.get(place);
    places.set(place, known ? join(known, gpu) : gpu);
  }
  return [...places.values()];
}

/** For each GPU of a source the one already known, never the same for two. */
function partnersOf(gpus: readonly GpuReading[], known: readonly Merged[]): (Merged | undefined)[] {
  const taken = new Set<Merged>();
  const partners = gpus.map((gpu): Merged | undefined => {
    const free = known.filter(one => !taken.has(one) && !contradict(one.gpu, gpu));
    const partner =
      free.find(one => same(busKey(one.gpu.busId), busKey(gpu.busId))) ??
      free.find(one => same(one.gpu.uuid, gpu.uuid)) ??
      free.find(one => same(one.gpu.index, gpu.index));
    if (partner) taken.add(partner);
    return partner;
  });
  return gpus.every(isPlaceless) && gpus.length === known.length ? [...known] : partners;
}

const isPlaceless = (gpu: GpuReading): boolean => !gpu.busId && !gpu.uuid && gpu.index == null;

/** A process list that does not say whose it is: of use only where its GPU is known. */
const isNameless = (gpu: GpuReading): boolean => isPlaceless(gpu) && !gpu.name;

const same = <T>(a: T | null | undefined, b: T | null | undefined): boolean => a != null && a === b;

/** Two bus ids that differ are two GPUs, whatever else agrees (UUIDs may be masked). */
function contradict(a: GpuReading, b: GpuReading): boolean {
  return a.busId != null && b.busId != null && busKey(a.busId) !== busKey(b.busId);
}

/** "00000000:0A:00.0", "0000:0a:00.0" and "0a:00.0" are one place. */
export function busKey(busId: string | null | undefined): string | null {
  if (!busId) return null;
  const parts = busId.toLowerCase().split(':');
  const domain = parts.length > 2 ? (parts[0] ?? '').replace(/^0+/, '') : '';
  return [domain || '0', ...parts.slice(-2)].join(':');
}

function join(first: GpuReading, second: GpuReading): GpuReading {
  const known = Object.fromEntries(Object.entries(first).filter(([, value]) => value != null));
  const cut = first.nameCut && second.name && !second.nameCut;
  return {
    ...second,
    ...known,
    ...(cut ? {name: second.name, nameCut: false} : {}),
    state: worst(first.state, second.state),
    migDevices: joinMig(first.migDevices ?? [], second.migDevices ?? []),
  };
}

const GRAVITY = ['unknown', 'ok', 'error', 'lost'] as const;

/** A source that a sick GPU still answers does not make it well. */
function worst(a: GpuReading['state'], b: GpuReading['state']): Gpu['state'] {
  const index = Math.max(GRAVITY.indexOf(a ?? 'unknown'), GRAVITY.indexOf(b ?? 'unknown'));
  return GRAVITY[index] ?? 'unknown';
}

/** `-L` has UUIDs and profiles, the reports have instance numbers and memory; both list devices in one order. */
function joinMig(first: MigDevice[], second: MigDevice[]): MigDevice[] {
  if (first.length !== second.length) return first.length > 0 ? first : second;
  return first.map((device, at) => ({
    uuid: device.uuid ?? second[at]?.uuid ?? null,
    profile: device.profile ?? second[at]?.profile ?? null,
    gi: device.gi ?? second[at]?.gi ?? null,
    ci: device.ci ?? second[at]?.ci ?? null,
    memoryMiB: device.memoryMiB ?? second[at]?.memoryMiB ?? null,
  }));
}

function finished({gpu, sources}: Merged): Gpu {
  return {
    index: gpu.index ?? null,
    uuid: gpu.uuid ?? null,
    busId: gpu.busId ?? null,
    pciId: gpu.pciId ?? null,
    name: gpu.name ?? null,
    architecture: gpu.architecture ?? null,
    computeCapability: gpu.computeCapability ?? null,
    memoryMiB: gpu.memoryMiB ?? null,
    usedMiB: gpu.usedMiB ?? null,
    utilization: gpu.utilization ?? null,
    state: gpu.state ?? 'unknown',
    mig: {mode: gpu.migMode ?? null, devices: gpu.migDevices ?? []},
    processes: gpu.processes ?? null,
    sources: [...new Set(sources)],
  };
}

const byIndex = (a: Gpu, b: Gpu): number => (a.index ?? Number.MAX_SAFE_INTEGER) - (b.index ?? Number.MAX_SAFE_INTEGER);
