import type {RuleOutcome} from '../../contract/verdict.js';
import {atLeast} from '../../matrix/dotted.js';
import {outcomesOf, type Rule, toKnow} from '../outcome.js';
import {OF_NODE, type Situation, usedCuda} from '../situation.js';

const {pass, fail, unknown, skip} = outcomesOf('platform');
const SOURCE = 'compat-matrix/images';

/** Does the image exist for this CPU, and on arm64 for this kind of machine (server or Jetson)? */
export const platform: Rule = situation => [onPlatform(situation)];

function onPlatform(situation: Situation): RuleOutcome {
  const {image, question, tegra, cpu, gpus} = situation;
  if (isForJetson(image) && !tegra && gpus?.some(gpu => gpu.class !== null)) {
    return fail('the image is made for Jetson', {fix: 'the image of that name without igpu or l4t', source: SOURCE});
  }
  const wanted = OF_NODE[cpu ?? ''] ?? cpu;
  if (!wanted) {
    return question.synthetic
      ? skip('the CPU was not part of the question')
      : unknown('the CPU of this machine is not known', {fix: toKnow('uname -m', situation)});
  }
  if (!image.platforms) return unknown('for which CPUs the image exists is not known');
  if (!image.platforms.includes(wanted)) {
    return fail(`the image exists for ${image.platforms.join(', ')}, this machine is ${wanted}`, {
      fix: 'an image for this CPU: emulation gives no access to the GPU',
      source: SOURCE,
    });
  }
  return tegra && image.gpu !== false ? onJetson(situation) : pass(`the image exists for ${wanted}`, {source: SOURCE});
}

const isForJetson = ({tag, variant, repository}: Situation['image']): boolean =>
  /igpu|l4t|jetson/.test(`${tag ?? ''} ${variant ?? ''} ${repository ?? ''}`);

/** Server (sbsa) images fit a Jetson only from CUDA 13 and JetPack 7 on; before, images are made for it alone. */
function onJetson(situation: Situation): RuleOutcome {
  if (isForJetson(situation.image)) return pass('the image is made for Jetson');
  const cuda = usedCuda(situation);
  const unified = [atLeast(cuda, '13.0'), atLeast(situation.driverCuda, '13.0')];
  if (unified.every(answer => answer === true))
    return pass('from CUDA 13 on server images fit a Jetson with JetPack 7');
  if (unified.includes(false)) {
    return fail('an arm64 server image does not fit this Jetson', {
      fix: 'an image with l4t or igpu in its name',
      source: 'conda-forge/cuda-feedstock: recipe/doc/recipe_guide.md',
    });
  }
  return unknown('whether this image fits a Jetson is not known');
}
