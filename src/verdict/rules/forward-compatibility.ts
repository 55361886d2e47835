import type {RuleOutcome} from '../../contract/verdict.js';
import {lowestDriver} from '../../matrix/cuda-release.js';
import {forwardCompatible} from '../../matrix/forward-compat.js';
import {outcomesOf} from '../outcome.js';
import type {JudgedGpu, Situation} from '../situation.js';

const {warn, fail, unknown} = outcomesOf('driver-floor');
const SOURCE = 'compat-matrix/forward-compat.json';

/** The last way for a driver below its major's floor: cuda-compat in the image, a data-centre GPU, a branch in the table. */
export function forwardCompatibility(cuda: string, situation: Situation, problem: string): RuleOutcome {
  const {image, gpus, branch, wsl} = situation;
  const older = situation.driverCuda ? `, or an image with CUDA ${situation.driverCuda}` : '';
  const fix = `a driver >= ${lowestDriver(cuda, situation)}${older}`;
  const refused = gpus?.find(gpu => gpu.class !== null && gpu.class !== 'data-centre');
  if (image.cudaCompat === false || refused || wsl) return fail(problem, {fix, source: SOURCE});
  if (!gpus || gpus.some(gpu => gpu.class === null)) {
    return unknown(`${problem}; whether forward compatibility serves the GPU is not known`, {fix, source: SOURCE});
  }
  const fits = branch ? packageFits(cuda, branch.branch, situation, gpus) : null;
  if (fits === false) return fail(`${problem}, also for the cuda-compat libraries`, {fix, source: SOURCE});
  if (fits === null || image.cudaCompat === null) {
    return unknown(`${problem}; whether the image's cuda-compat libraries fit this driver is not known`, {
      fix,
      source: SOURCE,
    });
  }
  return warn(`${problem}, but the image carries cuda-compat, which works on this data-centre GPU and branch`, {
    source: SOURCE,
  });
}

/**
 * By NVIDIA's table; for branches it no longer speaks of, by the image's own list, which equals the one inside the
 * compat library (compat-matrix/require-cuda.json).
 */
function packageFits(cuda: string, branch: number, {image}: Situation, gpus: readonly JudgedGpu[]): boolean | null {
  const table = forwardCompatible(cuda, branch);
  if (table !== null || !image.requires?.complete || image.requires.texts.length === 0) return table;
  const clauses = image.requires.texts.flatMap(text => text.toLowerCase().split(' '));
  if (!clauses.some(clause => clause.startsWith('brand='))) return null;
  return gpus.every(gpu =>
    gpu.brands.every(brand => clauses.includes(`brand=${brand.toLowerCase()},driver>=${branch},driver<${branch + 1}`)),
  );
}
