import type {RuleOutcome} from '../../contract/verdict.js';
import {architectureOf, firstToolkitFor} from '../../matrix/architecture.js';
import {atLeast, compareVersions, majorOf, minorOf} from '../../matrix/dotted.js';
import type {CompiledCode, KnownFailure} from '../../matrix/image-facts.js';
import {driverFix} from '../newer-driver.js';
import {outcomesOf, type Rule, toKnow, withoutGpus} from '../outcome.js';
import {type JudgedGpu, type Situation, usedCuda} from '../situation.js';
import {documentedSupport} from './documented-support.js';
import {isNewerThanToolkit, librariesFail, OLD_LIBRARIES, toolkitBefore} from './older-toolkit.js';

const {pass, warn, fail, unknown, skip} = outcomesOf('gpu-architecture');

/** Is there code in the image for this GPU: machine code of its major, or PTX that the driver can compile? */
export const gpuArchitecture: Rule = situation => {
  const without = withoutGpus(situation);
  if (without) return [skip(without)];
  if (!situation.gpus)
    return [unknown('the GPUs of this machine are not known', {fix: toKnow('run nvidia-smi -L', situation)})];
  return situation.gpus.map(gpu => ({...onGpu(gpu, situation), gpu: gpu.label}));
};

function onGpu(gpu: JudgedGpu, situation: Situation): RuleOutcome {
  const {computeCapability: cc} = gpu;
  if (!cc) {
    return unknown(`the compute capability of ${gpu.label} is not known`, {
      fix: situation.question.synthetic
        ? 'name the GPU as nvidia-smi -L does, for example "RTX 4090" or "Tesla T4"'
        : 'nvidia-smi --query-gpu=name,compute_cap --format=csv',
    });
  }
  const {code} = situation.image;
  const ofEach = code.map(one => named(one, code.length > 1, inCode(one, cc, situation)));
  const [worst] = ofEach.sort(byGravity);
  if (!worst) return documentedSupport(cc, situation);
  return belowDocumented(cc, situation, worst) ?? worst;
}

/** Code is there, but its publisher does not stand for it: nobody tells whether all that is inside serves that GPU. */
function belowDocumented(cc: string, {image}: Situation, {outcome, reason, source}: RuleOutcome): RuleOutcome | null {
  const lowest = image.minComputeCapability;
  if ((outcome !== 'pass' && outcome !== 'warn') || atLeast(cc, lowest) !== false) return null;
  return unknown(`${reason}; but its publisher names compute capability ${lowest} as the lowest`, {source});
}

const named = ({program}: CompiledCode, several: boolean, outcome: RuleOutcome): RuleOutcome =>
  several ? {...outcome, reason: `${program}: ${outcome.reason}`} : outcome;

/** An image is as good as the program in it that serves the GPU least. */
const GRAVITY: readonly RuleOutcome['outcome'][] = ['fail', 'unknown', 'warn', 'pass', 'skip'];
const byGravity = (a: RuleOutcome, b: RuleOutcome): number => GRAVITY.indexOf(a.outcome) - GRAVITY.indexOf(b.outcome);

function inCode(code: CompiledCode, cc: string, situation: Situation): RuleOutcome {
  const basis = basisOf(code);
  const details = {source: code.source};
  const {tegra, driverCuda} = situation;
  if (isKnownToFail(code.fails, cc, driverCuda)) {
    const where = `on ${capability(cc)} with a driver for CUDA ${driverCuda}`;
    return fail(`${code.program} is known to fail ${where}, though it has code for it`, details);
  }
  const targets = (forArm64(situation) ? code.sassArm64 : null) ?? code.sass;
  const sass = targets.find(target => runsOn(target, cc, tegra));
  if (sass) return partOnlyPtx(code, cc, situation) ?? withCode(sass, cc, situation, basis, details);
  if (forArm64(situation) && code.sassArm64 === null) {
    return unknown(
      `no machine code for ${capability(cc)} is in the image for amd64, and what is in that for arm64 is not known`,
      details,
    );
  }
  if (toolkitBefore(cc, usedCuda(situation)) === 'major' && code.ptx?.length !== 0) {
    return withOldLibraries(`no machine code for ${capability(cc)} is in the image`, cc, situation);
  }
  if (code.ptx === null) {
    return unknown(
      `no machine code for ${capability(cc)} is in the image, and whether it carries PTX is not known${basis}`,
      details,
    );
  }
  const ptx = code.ptx.findLast(target => compilesFor(target, cc));
  const list = targets.map(target => `sm_${plain(target)}`).join(' ');
  if (!ptx) return fail(`the image has code for ${list} only, none for ${capability(cc)}${basis}`, details);
  return onlyPtx(ptx, code, cc, situation);
}

/** Code of a lower minor runs, also where the toolkit came before the GPU; what is compiled at run time may not. */
function withCode(
  sass: string,
  cc: string,
  situation: Situation,
  basis: string,
  details: {source: string},
): RuleOutcome {
  const cuda = usedCuda(situation);
  const has = `sm_${plain(sass)} code for ${capability(cc)} is in the image`;
  if (toolkitBefore(cc, cuda) === 'major') return withOldLibraries(has, cc, situation);
  if (!isNewerThanToolkit(cc, cuda)) return pass(`${has}${basis}`, details);
  return warn(
    `${has}; CUDA ${cuda} came before that GPU, so what compiles at run time may not know it${basis}`,
    details,
  );
}

/** Null: nothing is known of such a part, or this driver compiles it. */
function partOnlyPtx(code: CompiledCode, cc: string, situation: Situation): RuleOutcome | null {
  const cuda = usedCuda(situation);
  const {driverCuda} = situation;
  if (code.ptxOnlyFrom === null || atLeast(cc, code.ptxOnlyFrom) !== true) return null;
  if ((compareVersions(driverCuda, minorOf(cuda)) ?? 0) >= 0) return null;
  return unknown(
    `a part of ${code.program} has only PTX for ${capability(cc)}, which a driver with CUDA ${driverCuda} cannot compile (error 222); whether what is run there needs it is not known`,
    {source: code.source, fix: driverFix(cuda ?? '', situation)},
  );
}

function withOldLibraries(has: string, cc: string, situation: Situation): RuleOutcome {
  return fail(`${has}, and ${librariesFail(usedCuda(situation))}`, {
    source: OLD_LIBRARIES,
    fix: `an image with CUDA >= ${firstToolkitFor(cc)}`,
  });
}

/** The driver compiles PTX only if its own CUDA is at least the toolkit's that made it (error 222 else). */
function onlyPtx(ptx: string, code: CompiledCode, cc: string, situation: Situation): RuleOutcome {
  const basis = basisOf(code);
  const details = {source: code.source};
  const cuda = usedCuda(situation);
  const order = compareVersions(situation.driverCuda, minorOf(cuda));
  const only = `the image has only PTX (compute_${plain(ptx)}) for ${capability(cc)}`;
  if (isRefused(code, cc, situation)) {
    const below = code.ptxRefusedBelow === null ? '' : ` with a driver below CUDA ${code.ptxRefusedBelow}`;
    return fail(`${only}, and ${code.program} is known not to run from it there${below}`, details);
  }
  if (order === null) return unknown(`${only}; whether this driver can compile it is not known${basis}`, details);
  if (order < 0) {
    const refuses = `${only}, and a driver with CUDA ${situation.driverCuda} cannot compile PTX of CUDA ${cuda}`;
    return (code.inferred ? unknown : fail)(`${refuses}${basis}`, details);
  }
  if (atLeast(cc, code.ptxUnprovenFrom) === true) {
    return unknown(`${only}; whether ${code.program} runs from it there is not known${basis}`, details);
  }
  if (toolkitBefore(cc, cuda) !== null) {
    return unknown(
      `${only}; whether cuBLAS and cuDNN of CUDA ${cuda}, which came before that GPU, run on it is not known${basis}`,
      details,
    );
  }
  return warn(
    `${only}: core operations run after a slow first start, libraries and run-time compilation may not${basis}`,
    details,
  );
}

const isRefused = ({ptxRefusedFrom, ptxRefusedBelow}: CompiledCode, cc: string, {driverCuda}: Situation): boolean =>
  ptxRefusedFrom !== null &&
  atLeast(cc, ptxRefusedFrom) === true &&
  (ptxRefusedBelow === null || (compareVersions(driverCuda, ptxRefusedBelow) ?? 0) < 0);

const isKnownToFail = (failure: KnownFailure | null, cc: string, driverCuda: string | null): boolean =>
  failure !== null && isWithin(cc, failure.capabilities) && isWithin(driverCuda, failure.drivers);

const isWithin = (value: string | null, [from, below]: readonly [string, string]): boolean =>
  atLeast(value, from) === true && atLeast(value, below) === false;

/** Whether it is another build than the one that was looked into. */
const forArm64 = ({image, cpu}: Situation): boolean =>
  cpu === 'arm64' && ['amd64', 'arm64'].every(platform => image.platforms?.includes(platform) ?? true);

const basisOf = ({inferred}: CompiledCode): string =>
  inferred ? ' (by inference: no build file of this very image was found)' : '';

const plain = (target: string): string => target.replace('.', '');

function capability(cc: string): string {
  const architecture = architectureOf(cc)?.architecture;
  return architecture ? `sm_${plain(cc)} (${architecture})` : `sm_${plain(cc)}`;
}

/**
 * Machine code runs on the same major and an equal or higher minor; `a` code on its own capability alone, `f` code in
 * its family. NVIDIA promises nothing between desktop and Jetson GPUs, so there only the very capability counts
 * (CUDA C++ Programming Guide, binary compatibility).
 */
export function runsOn(target: string, cc: string, tegra: boolean): boolean {
  const {number, suffix} = split(target);
  const order = compareVersions(cc, number);
  if (order === null || majorOf(number) !== majorOf(cc)) return false;
  return suffix === 'a' || tegra ? order === 0 : order >= 0;
}

/** PTX is compiled for its own and every newer capability; `a` PTX for its own alone, `f` PTX in its family. */
function compilesFor(target: string, cc: string): boolean {
  const {number, suffix} = split(target);
  const order = compareVersions(cc, number);
  if (order === null || (suffix === 'f' && majorOf(number) !== majorOf(cc))) return false;
  return suffix === 'a' ? order === 0 : order >= 0;
}

function split(target: string): {number: string; suffix: string} {
  const suffix = /[af]$/.exec(target)?.[0] ?? '';
  return {number: target.slice(0, target.length - suffix.length), suffix};
}
