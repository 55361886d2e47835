import type {Finding, Host} from '../contract/host.js';
import type {Answer, Trouble} from './reading.js';
import {EXPLAINED} from './troubles.js';

type Raised = Trouble & {source: string};

/** What the sources prove, worst first. */
export function findingsOf(answers: readonly Answer[], host: Host): Finding[] {
  const spoken = said(answers);
  const raised = [...spoken, ...sickGpus(host, spoken), ...deniedEngine(answers)];
  const first = raised.filter((trouble, at) => raised.findIndex(({id}) => id === trouble.id) === at);
  return [...first.flatMap(explained), ...missingPrograms(answers, host), ...silentPrograms(answers)].sort(bySeverity);
}

const said = (answers: readonly Answer[]): Raised[] =>
  answers.flatMap(({source, says}) => (says.troubles ?? []).map(trouble => ({...trouble, source})));

function explained({id, detail, source}: Raised): Finding[] {
  const known = EXPLAINED[id];
  if (!known) return [];
  return [{id, severity: known.severity, cause: `${known.cause} (${detail})`, fix: known.fix, source}];
}

/** Failures that say by themselves why a GPU is in error. */
const OF_ONE_GPU = ['gpu_handle_unknown_error', 'gpu_unsupported_by_driver', 'insufficient_permissions'];

function sickGpus({gpus}: Host, spoken: readonly Raised[]): Raised[] {
  const told = spoken.some(({id}) => OF_ONE_GPU.includes(id));
  return (gpus ?? []).flatMap(gpu => {
    if (gpu.state !== 'lost' && (gpu.state !== 'error' || told)) return [];
    const id = gpu.state === 'lost' ? 'gpu_lost' : 'gpu_error_state';
    return [{id, detail: gpu.busId ?? `GPU ${gpu.index ?? '?'}`, source: gpu.sources[0] ?? 'nvidia-smi'}];
  });
}

const deniedEngine = (answers: readonly Answer[]): Raised[] =>
  answers
    .filter(({source, status}) => source === 'engine API' && status === 'denied')
    .map(({source}) => ({id: 'docker_permission_denied', detail: 'permission denied', source}));

const GRAVITY = {error: 0, warning: 1, info: 2};
const bySeverity = (a: Finding, b: Finding): number => GRAVITY[a.severity] - GRAVITY[b.severity];

/** nvidia-smi is missed where a GPU or a driver is, and not where the whole driver is absent; nvcc never is. */
function missingPrograms(answers: readonly Answer[], host: Host): Finding[] {
  const gpu = (host.gpus?.length ?? 0) > 0 || host.driver.version !== null;
  const smi = answers.filter(({source, status}) => source.startsWith('nvidia-smi') && status !== 'not-recorded');
  const said = (group: readonly Answer[]): Trouble | undefined =>
    group.flatMap(({says}) => says.troubles ?? []).find(({id}) => id === 'command_not_found');
  const absent = host.driver.status !== 'absent' && smi.length > 0 && smi.every(({status}) => status === 'not-found');
  const spoken = said(smi);
  const findings: Finding[] = [];
  if (spoken || (absent && gpu)) findings.push(missing('nvidia-smi', gpu ? 'error' : 'warning', spoken));
  const nvcc = said(answers.filter(answer => answer.source.startsWith('nvcc')));
  if (nvcc) findings.push(missing('nvcc', 'info', nvcc));
  return findings.slice(0, 1);
}

function missing(program: string, severity: Finding['severity'], said: Trouble | undefined): Finding {
  const nvcc = program === 'nvcc';
  return {
    id: 'command_not_found',
    severity,
    cause: `${program} is not installed or not on the PATH${said ? ` (${said.detail})` : ''}`,
    fix: nvcc
      ? 'nothing to do: containers bring their own CUDA toolkit'
      : "install the driver's utilities (Debian, Ubuntu: nvidia-utils-BRANCH; under WSL2 add /usr/lib/wsl/lib to PATH)",
    source: program,
  };
}

/** A program that does not come back is itself a symptom. */
function silentPrograms(answers: readonly Answer[]): Finding[] {
  const silent = answers.filter(({source, status}) => status === 'timeout' && source.startsWith('nvidia-smi'));
  const [first] = silent;
  if (!first) return [];
  return [
    {
      id: 'nvidia_smi_timeout',
      severity: 'error',
      cause: `nvidia-smi did not answer in time (${silent.map(({source}) => source).join('; ')}): a GPU hangs, or the driver starts slowly`,
      fix: 'sudo dmesg | grep -i xid; where the driver only starts slowly: sudo nvidia-smi -pm 1',
      source: first.source,
    },
  ];
}
