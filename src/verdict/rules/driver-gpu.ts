import type {RuleOutcome} from '../../contract/verdict.js';
import {architectureOf} from '../../matrix/architecture.js';
import {atLeast, majorOf} from '../../matrix/dotted.js';
import {outcomesOf, type Rule, toKnow, withoutGpus} from '../outcome.js';
import type {JudgedGpu, Situation} from '../situation.js';

const {pass, fail, unknown, skip} = outcomesOf('driver-gpu');
const SOURCE = 'compat-matrix/architectures.json';

/** Does this driver branch serve this GPU, or is it too old for it, or has it dropped it? */
export const driverGpu: Rule = situation => {
  const without = withoutGpus(situation);
  if (without) return [skip(without)];
  if (!situation.gpus)
    return [unknown('the GPUs of this machine are not known', {fix: toKnow('run nvidia-smi -L', situation)})];
  return situation.gpus.map(gpu => ({...onGpu(gpu, situation), gpu: gpu.label}));
};

function onGpu(gpu: JudgedGpu, situation: Situation): RuleOutcome {
  const {host, question, branch, tegra} = situation;
  if (gpu.state === 'lost' || gpu.state === 'error')
    return fail(`${gpu.label} does not answer`, {fix: 'gpudock doctor'});
  if (withoutCuda(gpu)) {
    return fail('a vGPU of this type is for desktops: NVIDIA serves CUDA on those of the C and Q series', {
      fix: 'the administrator of this virtual machine can give it another vGPU type',
      source: 'docs.nvidia.com/vgpu: Virtual GPU Software User Guide, "OpenCL and CUDA Application Support"',
    });
  }
  // On a real machine the driver itself named the GPU, so it serves it.
  if (!question.synthetic && host.driver.status === 'ok' && gpu.state === 'ok') {
    return pass(`the driver of this machine runs ${gpu.label}`);
  }
  if (tegra) return pass('the driver of a Jetson is part of its board support package');
  const row = architectureOf(gpu.computeCapability);
  if (!row) return unknown(`which drivers serve ${gpu.label} is not known`);
  if (!branch) return unknown(`driver ${host.driver.version ?? '?'} is of no branch that this matrix lists`);
  const first = majorOf(row.first_driver) ?? 0;
  const named = `${row.architecture} (compute capability ${row.cc})`;
  const modules = wrongModules(gpu, situation);
  if (modules) return modules;
  if (branch.branch < first) {
    return fail(`${named} came with driver branch ${first}; this one is ${branch.branch}`, {
      fix: `a driver of branch ${first} or newer`,
      source: SOURCE,
    });
  }
  if (row.last_branch !== null && branch.branch > row.last_branch) {
    return fail(`driver branch ${row.last_branch} was the last for ${named}; this one is ${branch.branch}`, {
      fix: `a driver of branch ${row.last_branch}`,
      source: SOURCE,
    });
  }
  return pass(`driver branch ${branch.branch} serves ${named}`, {source: SOURCE});
}

/** Of Maxwell cards the type that takes the whole GPU (8Q) is the only one with CUDA. */
const withoutCuda = ({vgpu, computeCapability}: JudgedGpu): boolean =>
  vgpu !== null && (/[ab]$/.test(vgpu) || (majorOf(computeCapability) === 5 && vgpu !== '8q'));

/**
 * The open kernel modules serve Turing and newer, and Blackwell is served by them alone (NVIDIA/open-gpu-kernel-modules,
 * README.md and issue #862). Null: nothing is known against the ones of this machine.
 */
function wrongModules({computeCapability}: JudgedGpu, {host}: Situation): RuleOutcome | null {
  const source = 'NVIDIA/open-gpu-kernel-modules: README.md';
  if (host.driver.flavor === 'open' && atLeast(computeCapability, '7.5') === false) {
    const fix = 'the driver with the proprietary kernel modules';
    return fail('the open kernel modules serve Turing (7.5) and newer GPUs only', {fix, source});
  }
  if (host.driver.flavor === 'proprietary' && atLeast(computeCapability, '10.0') === true) {
    const fix = 'the driver with the open kernel modules';
    return fail('Blackwell GPUs are served by the open kernel modules only', {fix, source});
  }
  return null;
}
