import type {RuleOutcome} from '../../contract/verdict.js';
import {architectureOf, capabilities, firstToolkitFor} from '../../matrix/architecture.js';
import {atLeast, compareVersions, majorOf, minorOf} from '../../matrix/dotted.js';
import type {ImageFacts} from '../../matrix/image-facts.js';
import {outcomesOf} from '../outcome.js';
import {type Situation, usedCuda} from '../situation.js';
import {isNewerThanToolkit, librariesFail, OLD_LIBRARIES, toolkitBefore} from './older-toolkit.js';

const {pass, warn, fail, unknown} = outcomesOf('gpu-architecture');
const SOURCE = 'compat-matrix/architectures.json';

/** Images that bring a toolkit and no framework: what runs in them is compiled by or for it. */
const TOOLKITS = new Set(['cuda', 'base']);

/** CUDA 11.0 on an RTX 3090, and one before 11.8 on an RTX 4080. */
const OLD_PTXAS = 'jax-ml/jax issues #6046, #13570';
/** Seen of 7.0 to 8.4 on Ampere and Ada; of the other backends FasterTransformer ran there. */
const OLD_TENSORRT = 'NVIDIA/TensorRT issues #1428, #2332, #2727; fauxpilot/fauxpilot issue #173';

/**
 * Where no compiled list is known: the lowest capability its publisher names, and whether the toolkit inside could
 * compile for the GPU, or for a lower minor of its major, whose code runs on it.
 */
export function documentedSupport(cc: string, situation: Situation): RuleOutcome {
  const {minComputeCapability: lowest, maxComputeCapability: highest, framework} = situation.image;
  const {tegra} = situation;
  const cuda = toolkitFor(cc, situation);
  const bare = TOOLKITS.has(framework ?? '');
  // What a user installed beside a toolkit may have been compiled with another one.
  const dropped = framework === null ? null : droppedBy(cuda, cc);
  if (dropped) return dropped;
  if ((!lowest && !bare) || !cuda) {
    return unknown(`for which GPUs the ${framework ?? 'software'} in this image was compiled is not known`, {
      fix: 'cuobjdump --list-elf on its libraries tells, or torch.cuda.get_arch_list() in a container of it',
    });
  }
  if (atLeast(cc, lowest) === false) {
    return fail(`its publisher names compute capability ${lowest} as the lowest; this GPU has ${cc}`);
  }
  if (highest && (compareVersions(cc, highest) ?? 1) > 0) {
    return unknown(`its publisher names no GPU newer than compute capability ${highest}; this one has ${cc}`);
  }
  if (toolkitBefore(cc, cuda) === 'major') return withOldLibraries(cc, cuda, bare ? unknown : fail);
  if (!bare && tegra) return unknown(`its publisher names compute capability ${lowest} and later, but no Jetson`);
  const compiled = compiledBy(cuda, cc, lowest ?? '0.0', tegra);
  if (!compiled) {
    return unknown(
      `compute capability ${cc} is newer than CUDA ${cuda}, and whether what is inside carries PTX is not known`,
    );
  }
  return served(compiled, cuda, cc, situation.image);
}

/** Null: the toolkit is not known to have dropped that capability. */
function droppedBy(cuda: string | null, cc: string): RuleOutcome | null {
  const last = architectureOf(cc)?.last_toolkit ?? null;
  if ((compareVersions(minorOf(cuda), last) ?? 0) <= 0) return null;
  return fail(`CUDA ${cuda} no longer compiles for compute capability ${cc}; the last one was ${last}`);
}

const withOldLibraries = (cc: string, cuda: string, answer: typeof fail): RuleOutcome =>
  answer(`compute capability ${cc} is newer than CUDA ${cuda}, and ${librariesFail(cuda)}`, {
    source: OLD_LIBRARIES,
    fix: `an image with CUDA >= ${firstToolkitFor(cc)}`,
  });

/** That the toolkit inside compiles for it, and what stands against it all the same. */
function served(
  compiled: string,
  cuda: string,
  cc: string,
  {framework, minComputeCapability}: ImageFacts,
): RuleOutcome {
  const target = compiled === cc ? cc : `${compiled}, which runs on ${cc}`;
  if (TOOLKITS.has(framework ?? '')) {
    return pass(`CUDA ${cuda} compiles for compute capability ${target}`, {source: SOURCE});
  }
  const named = `its publisher names compute capability ${minComputeCapability} and later, and CUDA ${cuda} compiles for ${target} (by inference: no list of this image was found)`;
  if (!isNewerThanToolkit(cc, cuda)) return pass(named);
  if (framework === 'jax') {
    return unknown(`${named}; but JAX compiles on the GPU, and its compiler came before that one`, {
      source: OLD_PTXAS,
      fix: `an image with CUDA >= ${architectureOf(cc)?.first_toolkit}`,
    });
  }
  if (framework !== 'triton') return pass(named);
  return warn(`${named}; but its TensorRT came before that GPU and refuses it, other backends run`, {
    source: OLD_TENSORRT,
    fix: `for TensorRT, an image with CUDA >= ${architectureOf(cc)?.first_toolkit}`,
  });
}

/** Of several toolkits inside, the newest that this driver carries and that still compiles for the GPU. */
function toolkitFor(cc: string, situation: Situation): string | null {
  const {image, driverCuda} = situation;
  const last = architectureOf(cc)?.last_toolkit ?? null;
  const serving = image.cuda.filter(
    cuda => (compareVersions(driverCuda, minorOf(cuda)) ?? -1) >= 0 && (compareVersions(minorOf(cuda), last) ?? 0) <= 0,
  );
  return image.cuda.length > 1 ? (serving.at(-1) ?? usedCuda(situation)) : usedCuda(situation);
}

/** The newest capability whose machine code this toolkit can make and this GPU runs. */
function compiledBy(cuda: string, cc: string, lowest: string, tegra: boolean): string | undefined {
  const serving = capabilities().filter(
    row =>
      majorOf(row.cc) === majorOf(cc) &&
      (tegra ? row.cc === cc : !row.tegra) &&
      (compareVersions(row.cc, cc) ?? 1) <= 0 &&
      (compareVersions(row.cc, lowest) ?? -1) >= 0 &&
      (compareVersions(minorOf(cuda), row.first_toolkit) ?? -1) >= 0,
  );
  return serving.map(row => row.cc).sort((a, b) => compareVersions(b, a) ?? 0)[0];
}
