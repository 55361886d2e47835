import type {Gpu, Host} from '../contract/host.js';
import {Failure} from '../failure.js';
import {unitsOf} from './gpu-units.js';

/**
 * Why work that would take GPUs gets none. Throws where there is a GPU, or may be one: `gpus_unknown` where one was asked
 * for and nothing tells, or nvidia-smi hangs; `gpu_unusable` where none of those that are there can be handed out.
 */
export function reasonForCpu(host: Host, asked: boolean): string {
  const hangs = silentDriver(host);
  if (hangs !== null) throw hangs;
  const reason = noGpuReason(host);
  if (host.gpus === null && asked) throw untold(reason);
  if (host.gpus !== null && host.gpus.length > 0) throw unusable(reason);
  return reason;
}

export function noGpuReason(host: Host): string {
  const {gpus, driver} = host;
  if (gpus === null) return 'nothing tells whether this machine has an NVIDIA GPU';
  const answering = gpus.filter(({state}) => state !== 'lost' && state !== 'error');
  if (gpus.length > 0 && answering.length === 0) return 'no GPU answers: each one is lost or in error';
  if (answering.some(gpu => !isNameless(gpu, gpus) && unitsOf(gpu).length === 0))
    return 'no GPU can be handed out: MIG mode is on, and nobody has made an instance';
  if (gpus.length > 0) return 'the GPUs cannot be told apart: nothing tells their UUIDs or indexes';
  return driver.status === 'absent' || driver.status === 'unknown'
    ? 'this machine has no NVIDIA GPU'
    : `no GPU can be used: the driver is ${driver.status}`;
}

/** Of several, one without UUID and index could be another than the one that is meant. */
export const isNameless = ({uuid, index}: Gpu, gpus: readonly Gpu[]): boolean =>
  gpus.length > 1 && uuid === null && index === null;

/** nvidia-smi is there and does not answer: what it would have said is not known. null: it answered, or is not there. */
export function silentDriver({findings}: Pick<Host, 'findings'>): Failure | null {
  const silent = findings.find(({id}) => id === 'nvidia_smi_timeout');
  return silent === undefined ? null : untold('nvidia-smi does not answer', silent);
}

const untold = (
  message: string,
  {cause, fix}: {cause: string; fix: string} = {
    cause: 'a GPU was asked for, and the CPU in its place would go unnoticed',
    fix: 'gpudock doctor',
  },
): Failure => new Failure({code: 'gpus_unknown', message, cause, fix: `${fix}; on the CPU: --gpus none`});

const unusable = (message: string): Failure =>
  new Failure({
    code: 'gpu_unusable',
    message,
    cause: 'the CPU in its place would go unnoticed',
    fix: 'gpudock doctor; on the CPU: --gpus none',
  });
