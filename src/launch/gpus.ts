import type {Gpu, Host} from '../contract/host.js';
import type {Decision} from '../contract/launch.js';
import {Failure} from '../failure.js';

/** GPUs for one container, in the form that this engine takes. */
export type GpuGrant =
  | {form: 'none'}
  | {form: 'cdi'; devices: string[]}
  | {form: 'request'; ids: string[]}
  | {form: 'runtime'; ids: string[]};

/** `--gpus`: `all`, `none`, `auto`, a count, or a comma list of indexes and UUIDs. */
export function grantGpus(
  host: Host,
  wanted: string,
): {grant: GpuGrant; count: number; ids: string[]; decision: Decision} {
  const gpus = host.gpus ?? [];
  const chosen = choose(gpus, wanted);
  if (chosen.length === 0) {
    const why = gpus.length > 0 && /^(?:none|0+)$/.test(wanted) ? 'asked for' : noGpuReason(host);
    return {grant: {form: 'none'}, count: 0, ids: [], decision: {setting: 'gpus', value: 'none', why}};
  }
  const grant = grantOf(host, chosen);
  const how = {
    cdi: 'the engine lists them as CDI devices',
    request: 'as a device request with explicit ids, so that a restart gives the same ones',
    runtime: 'through the nvidia runtime: this engine has neither CDI devices nor a hook',
    none: '',
  }[grant.form];
  const why = `${chosen.map(gpu => gpu.name ?? 'unknown GPU').join(', ')}; ${how}`;
  const ids = chosen.map(idOf);
  return {grant, count: chosen.length, ids, decision: {setting: 'gpus', value: ids.join(','), why}};
}

/** How many GPUs the wish comes to, before an engine is asked. */
export const countGpus = (host: Host, wanted: string): number => choose(host.gpus ?? [], wanted).length;

export function noGpuReason(host: Host): string {
  if (host.gpus === null) return 'nothing tells whether this machine has an NVIDIA GPU';
  if (host.gpus.length > 0) return 'no GPU answers: each one is lost or in error';
  return host.driver.status === 'absent' || host.driver.status === 'unknown'
    ? 'this machine has no NVIDIA GPU'
    : `no GPU can be used: the driver is ${host.driver.status}`;
}

function choose(gpus: readonly Gpu[], wanted: string): Gpu[] {
  if (wanted === 'none') return [];
  const usable = gpus.filter(gpu => gpu.state !== 'lost' && gpu.state !== 'error');
  if (wanted === 'all') return usable;
  if (wanted === 'auto') return leastUsed(usable).slice(0, 1);
  const count = /^\d+$/.test(wanted) ? Number(wanted) : null;
  if (count !== null) return counted(usable, count);
  return [...new Set(wanted.split(',').map(id => named(gpus, id.trim())))];
}

/** Most free memory first; GPUs whose memory is unknown last. */
const leastUsed = (gpus: readonly Gpu[]): Gpu[] =>
  [...gpus].sort((a, b) => freeMiB(b) - freeMiB(a) || (a.index ?? 0) - (b.index ?? 0));

const freeMiB = ({memoryMiB, usedMiB}: Gpu): number => (memoryMiB === null ? -1 : memoryMiB - (usedMiB ?? 0));

function counted(usable: readonly Gpu[], count: number): Gpu[] {
  if (count <= usable.length) return leastUsed(usable).slice(0, count);
  throw new Failure({
    code: 'gpu_not_found',
    message: `${count} GPUs were asked for, ${usable.length} can be used`,
    cause: usable.length === 0 ? 'no usable NVIDIA GPU was found' : `usable: ${usable.map(idOf).join(', ')}`,
    fix: 'gpudock host shows the GPUs; ask for fewer, or --gpus all',
  });
}

function named(gpus: readonly Gpu[], id: string): Gpu {
  const gpu = gpus.find(({index, uuid}) =>
    /^\d+$/.test(id) ? index === Number(id) : uuid?.toLowerCase() === id.toLowerCase(),
  );
  if (gpu !== undefined) return gpu;
  throw new Failure({
    code: 'gpu_not_found',
    message: `there is no GPU ${id}`,
    cause: gpus.length === 0 ? 'no NVIDIA GPU was found' : `there are: ${gpus.map(idOf).join(', ')}`,
    fix: 'gpudock host shows the GPUs with their indexes and UUIDs',
  });
}

/** A UUID names the same GPU after a reboot; an index may not. */
const idOf = ({uuid, index}: Gpu): string => uuid ?? String(index ?? 0);

function grantOf({engine}: Host, gpus: readonly Gpu[]): GpuGrant {
  const devices = gpus.map(gpu => cdiName(engine.cdiDevices ?? [], gpu));
  if (devices.every(device => device !== null)) return {form: 'cdi', devices};
  const ids = gpus.map(idOf);
  const needsRuntime = engine.gpuAccess.hook === false && engine.gpuAccess.runtime === true;
  return {form: needsRuntime ? 'runtime' : 'request', ids};
}

const cdiName = (listed: readonly string[], {uuid, index}: Gpu): string | null =>
  listed.find(device => uuid !== null && device === `nvidia.com/gpu=${uuid}`) ??
  listed.find(device => index !== null && device === `nvidia.com/gpu=${index}`) ??
  null;
