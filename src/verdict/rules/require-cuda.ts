import type {RuleOutcome} from '../../contract/verdict.js';
import {atLeast, minorOf} from '../../matrix/dotted.js';
import type {Requirements} from '../../matrix/image-facts.js';
import {requireTextsOf} from '../../matrix/require-text.js';
import {outcomesOf, type Rule, toKnow, withoutGpus} from '../outcome.js';
import {evaluateForBrands, type RequirementAnswer} from '../requirement.js';
import type {JudgedGpu, Situation} from '../situation.js';

const {pass, warn, fail, unknown, skip} = outcomesOf('require-cuda');
const SOURCE = 'libnvidia-container: src/cli/dsl.c';
/** Where the brand of a GPU is not known, every one that a requirement names is tried. */
const ALL_BRANDS = ['GeForce', 'Tesla', 'Nvidia', 'Quadro', 'QuadroRTX', 'NvidiaRTX', 'Titan', 'GRID', 'Unknown'];

/** Is the image's own condition on the host met, and does this way of starting containers enforce it? */
export const requireCuda: Rule = situation => {
  const without = withoutGpus(situation);
  if (without) return [skip(without)];
  const {requires, requireDisabled} = situation.image;
  if (requireDisabled) return [skip('the image switches its own requirement off (NVIDIA_DISABLE_REQUIRE)')];
  if (!requires) return [unknown('whether the image sets NVIDIA_REQUIRE_CUDA is not known')];
  if (requires.texts.length === 0) return [pass('the image sets no requirement')];
  if (!situation.gpus)
    return [unknown('the GPUs of this machine are not known', {fix: toKnow('run nvidia-smi -L', situation)})];
  return situation.gpus.map(gpu => ({...onGpu(gpu, situation, requires), gpu: gpu.label}));
};

function onGpu(gpu: JudgedGpu, situation: Situation, requires: Requirements): RuleOutcome {
  const {driverCuda, host} = situation;
  if (!driverCuda || !host.driver.version) return unknown('the driver and its CUDA are not known');
  const nvml = {cuda: minorOf(driverCuda), driver: host.driver.version, arch: gpu.computeCapability};
  const answers = requires.texts.map(text => answerOf(text, gpu, nvml));
  const first = shown(requires.texts);
  if (answers.every(answer => answer === 'met')) return pass(`its requirement is met: ${first}`, {source: SOURCE});
  if (!requires.complete || isOfOtherCpu(requires, situation))
    return unknown(`of its requirement only "${first}" is known, which is not met`);
  if (answers.includes('unknown')) return unknown(`whether ${first} is met depends on the brand that NVML reports`);
  const {inheritedFrom} = requires;
  if (inheritedFrom && requireTextsOf(inheritedFrom).some(text => answerOf(text, gpu, nvml) !== 'unmet'))
    return unknown(
      `whether its requirement is met depends on which of the images of CUDA ${inheritedFrom} it was built from`,
    );
  return unmet(first, situation);
}

type Answer = RequirementAnswer | 'unknown';

/** Hundreds of images carry the same few texts, and a judged GPU is one of one machine. */
const remembered = new WeakMap<JudgedGpu, Map<string, Answer>>();

function answerOf(text: string, gpu: JudgedGpu, nvml: Parameters<typeof evaluateForBrands>[1]): Answer {
  const own = remembered.get(gpu) ?? new Map<string, Answer>();
  remembered.set(gpu, own);
  const known = own.get(text);
  if (known !== undefined) return known;
  const answer = evaluateForBrands(text, nvml, gpu.brands.length > 0 ? gpu.brands : ALL_BRANDS);
  own.set(text, answer);
  return answer;
}

/** Images for arm64 leave out the driver branches that those for amd64 allow. */
const isOfOtherCpu = ({arch}: Requirements, {cpu}: Situation): boolean => arch === 'amd64' && cpu === 'arm64';

function unmet(first: string, situation: Situation): RuleOutcome {
  const enforced = isEnforced(situation);
  const details = {
    source: SOURCE,
    fix: 'a newer driver, or an image with an older CUDA; NVIDIA_DISABLE_REQUIRE=1 skips the check, which gpudock never sets',
  };
  if (enforced === true) return fail(`its requirement is not met: ${first}; this engine will refuse it`, details);
  if (enforced === false) return warn(`its requirement is not met: ${first}; this engine does not check it`, details);
  return unknown(`its requirement is not met: ${first}; whether the engine checks it is not known`, details);
}

/**
 * The legacy hook checks it (`--gpus` before Docker 29.2), and so does the nvidia runtime before toolkit 1.18, which
 * turned to CDI; CDI devices and Podman never do; null where the way is not known (container-toolkit 1.18 changelog,
 * moby PR 50228).
 */
export function isEnforced({host, question, tegra}: Situation): boolean | null {
  const {kind, version, gpuAccess, cdiDevices} = host.engine;
  if (question.synthetic) return null;
  if (kind === 'podman') return false;
  if (kind !== 'docker' || tegra) return null;
  if ((cdiDevices?.length ?? 0) > 0) return false;
  if (gpuAccess.hook === true) return atLeast(version, '29.2') === false ? true : null;
  const toCdi = atLeast(host.toolkit.version, '1.18');
  return gpuAccess.hook === false && gpuAccess.runtime === true && toCdi !== null ? !toCdi : null;
}

/** Characters of a clause; real ones have a few dozen. */
const MOST_SHOWN = 120;

/** The first clause of each text, as the toolkit's own message shows it. */
function shown(texts: readonly string[]): string {
  return texts
    .map(text => {
      const [clause = '', ...others] = text.split(' ').filter(clause => clause !== '');
      const first = clause.length > MOST_SHOWN ? `${clause.slice(0, MOST_SHOWN)}…` : clause;
      return others.length > 0 ? `${first} (or one of ${others.length} other conditions)` : first;
    })
    .join(' and ');
}
