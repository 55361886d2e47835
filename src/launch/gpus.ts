import type {Gpu, Host} from '../contract/host.js';
import type {Decision} from '../contract/launch.js';
import {EXIT, Failure} from '../failure.js';
import {byUse, type Claims, type GpuUnit, unitsOf} from './gpu-units.js';
import {isNameless, noGpuReason, silentDriver} from './without-gpus.js';

/** GPUs for one container, in the form that this engine takes. */
export type GpuGrant =
  | {form: 'none'}
  | {form: 'cdi'; devices: string[]}
  | {form: 'request'; ids: string[]}
  | {form: 'runtime'; ids: string[]};

/** What a choice of GPUs rests on beside the host. */
export interface GpuNeeds {
  claims: Claims;
  /** Free memory that each GPU must have; null: each will do. */
  memoryMiB: number | null;
}

const NO_NEEDS: GpuNeeds = {claims: new Map(), memoryMiB: null};

export interface GrantedGpus {
  grant: GpuGrant;
  count: number;
  /** UUIDs, or indexes where there is none. */
  ids: string[];
  decision: Decision;
}

/** `--gpus`: `all`, `none`, `auto`, a count, or a comma list of indexes and UUIDs, which `device=` may begin. */
export function grantGpus(host: Host, wanted: string, needs: GpuNeeds = NO_NEEDS): GrantedGpus {
  const chosen = choose(host, wanted, needs);
  if (chosen.length === 0) {
    const why = (host.gpus ?? []).length > 0 && wanted === 'none' ? 'asked for' : noGpuReason(host);
    return {grant: {form: 'none'}, count: 0, ids: [], decision: {setting: 'gpus', value: 'none', why}};
  }
  const grant = grantOf(host, chosen);
  const how = {
    cdi: 'the engine lists them as CDI devices',
    request: 'as a device request with explicit ids, so that a restart gives the same ones',
    runtime: 'through the nvidia runtime: this engine has neither CDI devices nor a hook',
    none: '',
  }[grant.form];
  const ids = chosen.map(({id}) => id);
  const shared = ids.filter(id => needs.claims.has(id));
  const why = [
    chosen.map(({name}) => name).join(', '),
    how,
    ...(shared.length === 0 ? [] : [`shared with other containers of gpudock: ${shared.join(', ')}`]),
  ].join('; ');
  return {grant, count: chosen.length, ids, decision: {setting: 'gpus', value: ids.join(','), why}};
}

/** How many GPUs the wish comes to, before an engine is asked. */
export const countGpus = (host: Host, wanted: string): number => choose(host, wanted, NO_NEEDS).length;

function choose(host: Host, wanted: string, {claims, memoryMiB}: GpuNeeds): GpuUnit[] {
  if (wanted === 'none') return [];
  const gpus = host.gpus ?? [];
  if (/^0+$/.test(wanted)) throw unclear();
  const answering = gpus
    .filter(gpu => gpu.state !== 'lost' && gpu.state !== 'error' && !isNameless(gpu, gpus))
    .flatMap(unitsOf);
  const usable = answering.filter(({freeMiB}) => memoryMiB === null || (freeMiB ?? 0) >= memoryMiB);
  if (answering.length > 0 && usable.length === 0) throw tooFull(answering, memoryMiB ?? 0);
  const leastUsed = [...usable].sort(byUse(claims));
  if (wanted === 'all') {
    const whole = usable.filter(({slice}) => !slice);
    // A CUDA program sees one slice: the others are somebody else's.
    return whole.length > 0 ? whole : leastUsed.slice(0, 1);
  }
  if (wanted === 'auto') return leastUsed.slice(0, 1);
  if (/^\d+$/.test(wanted)) return counted(host, leastUsed, Number(wanted));
  const units = wanted
    .replace(/^device=/, '')
    .split(',')
    .map(id => named(host, id.trim()));
  return [...new Map(units.map(unit => [unit.id, unit])).values()];
}

/** A count of nothing to one, the first index to another: a silent run on the CPU would be the worst reading. */
const unclear = (): Failure =>
  new Failure({
    code: 'gpus_unclear',
    message: '--gpus 0 can mean no GPU, and the first one',
    cause: 'one number is a count; indexes stand in a list, or after device=',
    fix: 'no GPU: --gpus none; the first one: --gpus device=0',
    exit: EXIT.usage,
  });

function counted(host: Host, leastUsed: readonly GpuUnit[], count: number): GpuUnit[] {
  if (count > 1 && leastUsed[0]?.slice === true) throw oneSlice();
  if (count <= leastUsed.length) return leastUsed.slice(0, count);
  throw silentDriver(host) ?? tooFew(leastUsed, count);
}

const tooFew = (usable: readonly GpuUnit[], count: number): Failure =>
  new Failure({
    code: 'gpu_not_found',
    message: `${count} GPUs were asked for, ${usable.length} can be used`,
    cause: usable.length === 0 ? 'no usable NVIDIA GPU was found' : `usable: ${usable.map(({id}) => id).join(', ')}`,
    fix: 'gpudock host shows the GPUs; ask for fewer, or --gpus all',
  });

function named(host: Host, id: string): GpuUnit {
  const wanted = id.toLowerCase();
  const gpus = host.gpus ?? [];
  for (const gpu of gpus) {
    const unit = /^\d+$/.test(id)
      ? gpu.index === Number(id)
        ? onlyUnit(gpu)
        : undefined
      : (unitsOf(gpu).find(each => each.id.toLowerCase() === wanted) ??
        (gpu.uuid?.toLowerCase() === wanted ? onlyUnit(gpu) : undefined));
    if (unit === undefined) continue;
    if (gpu.state === 'lost' || gpu.state === 'error') throw lost(id);
    return unit;
  }
  throw silentDriver(host) ?? noSuch(id, gpus.flatMap(unitsOf));
}

const noSuch = (id: string, known: readonly GpuUnit[]): Failure =>
  new Failure({
    code: 'gpu_not_found',
    message: `there is no GPU ${id}`,
    cause: known.length === 0 ? 'no NVIDIA GPU was found' : `there are: ${known.map(unit => unit.id).join(', ')}`,
    fix: 'gpudock host shows the GPUs with their indexes and UUIDs',
  });

/** A GPU that is named whole, in MIG mode: its one slice, if it has one; a program sees no more than one slice. */
function onlyUnit(gpu: Gpu): GpuUnit | undefined {
  const [first, second] = unitsOf(gpu);
  if (second !== undefined) throw oneSlice();
  return first;
}

const tooFull = (units: readonly GpuUnit[], memoryMiB: number): Failure =>
  new Failure({
    code: 'gpu_memory_taken',
    message: `no GPU has ${memoryMiB} MiB of free memory`,
    cause: units.map(({id, freeMiB}) => `${id}: ${freeMiB === null ? 'not known' : `${freeMiB} MiB free`}`).join(', '),
    fix: 'gpudock top shows who holds them; ask for less with --gpu-memory',
  });

const lost = (id: string): Failure =>
  new Failure({
    code: 'gpu_lost',
    message: `GPU ${id} does not answer`,
    cause: 'the driver has lost it, or reports an error',
    fix: 'gpudock doctor; choose another one with --gpus',
  });

const oneSlice = (): Failure =>
  new Failure({
    code: 'one_mig_slice',
    message: 'a container gets one MIG slice',
    cause: 'a CUDA program sees only the first slice that it is given (MIG user guide)',
    fix: 'name one by its UUID: nvidia-smi -L, then --gpus MIG-…',
  });

function grantOf({engine}: Host, units: readonly GpuUnit[]): GpuGrant {
  const devices = units.map(unit => cdiName(engine.cdiDevices ?? [], unit));
  if (devices.every(device => device !== null)) return {form: 'cdi', devices};
  const ids = units.map(({id}) => id);
  const needsRuntime = engine.gpuAccess.hook === false && engine.gpuAccess.runtime === true;
  return {form: needsRuntime ? 'runtime' : 'request', ids};
}

const cdiName = (listed: readonly string[], {id, index}: GpuUnit): string | null =>
  listed.find(device => device === `nvidia.com/gpu=${id}`) ??
  listed.find(device => index !== null && device === `nvidia.com/gpu=${index}`) ??
  null;
