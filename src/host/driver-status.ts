import type {Host} from '../contract/host.js';
import type {Answer} from './reading.js';

type DriverStatus = Host['driver']['status'];

/** Failures that decide the driver's state by themselves, the gravest first. */
const BY_TROUBLE: [string, DriverStatus][] = [
  ['driver_library_mismatch', 'version-mismatch'],
  ['driver_not_loaded', 'not-loaded'],
  ['insufficient_permissions', 'no-permission'],
  ['gpu_lost', 'gpu-lost'],
];

/** Failures after which the driver's state cannot be told, whatever else is read. */
const UNTOLD = new Set(['nvml_unknown_error', 'wsl_gpu_blocked', 'driver_library_missing']);

const isSmi = (answer: Answer): boolean => answer.source.startsWith('nvidia-smi');

/** The driver's state, and which source it is known from; null where it is not known. */
export interface DriverState {
  status: DriverStatus;
  source: string | null;
}

const UNKNOWN: DriverState = {status: 'unknown', source: null};

/** The driver's state, from what its own tools say; `absent` only where every place it would be in was looked at. */
export function driverState(answers: readonly Answer[], gpus: Host['gpus']): DriverState {
  const troubles = new Map(
    answers.filter(isSmi).flatMap(({source, says}) => (says.troubles ?? []).map(({id}) => [id, source] as const)),
  );
  const lost = gpus?.find(gpu => gpu.state === 'lost');
  if (lost) troubles.set('gpu_lost', troubles.get('gpu_lost') ?? lost.sources[0] ?? 'gpus');
  const named = BY_TROUBLE.find(([id]) => troubles.has(id));
  if (named) return {status: named[1], source: troubles.get(named[0]) ?? null};
  if ([...troubles.keys()].some(id => UNTOLD.has(id))) return UNKNOWN;
  const speaker = troubles.get('no_devices') ?? answers.find(speaksOfDriver)?.source;
  if (speaker !== undefined) return {status: 'ok', source: speaker};
  return isAbsent(answers) ? absentOrUnloaded(answers) : UNKNOWN;
}

/** A running driver answered: nvidia-smi or nvidia-container-cli printed a report, or the module is loaded. */
/** The GPUs that a report lacks may be the ones that are lost. */
const speaksOfDriver = ({source, says}: Answer): boolean =>
  says.partial !== true &&
  (Boolean(says.driver?.version) || (source.startsWith('nvidia-smi') && (says.gpus?.length ?? 0) > 0));

const MODULE = ['/proc/driver/nvidia/version', '/sys/module/nvidia/version'];

function isAbsent(answers: readonly Answer[]): boolean {
  const notFound = (source: string): boolean =>
    answers.some(answer => answer.source === source && answer.status === 'not-found');
  const tools = answers.filter(answer => isSmi(answer) && answer.status !== 'not-recorded');
  return (
    MODULE.every(notFound) &&
    tools.length > 0 &&
    tools.every(({status}) => status === 'not-found') &&
    !answers.some(({says}) => says.driver?.flavor === 'tegra')
  );
}

/** Libraries without a module: installed, but the kernel has not loaded it. */
function absentOrUnloaded(answers: readonly Answer[]): DriverState {
  const libraries = answers.find(({source}) => source === 'driver libraries');
  if (libraries?.status === 'not-found') return {status: 'absent', source: libraries.source};
  return libraries?.status === 'ok' ? {status: 'not-loaded', source: libraries.source} : UNKNOWN;
}
