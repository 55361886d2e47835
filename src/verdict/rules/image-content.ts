import type {RuleOutcome} from '../../contract/verdict.js';
import {architectureOf} from '../../matrix/architecture.js';
import {atLeast, majorOf} from '../../matrix/dotted.js';
import {outcomesOf, type Rule, withoutGpu} from '../outcome.js';
import type {JudgedGpu, Situation} from '../situation.js';

const {pass, fail, unknown, skip} = outcomesOf('image-content');

/** Do the libraries inside fit the framework and the GPU? */
export const imageContent: Rule = situation => {
  const {image, gpus} = situation;
  if (!image.described) return [notDescribed(situation)];
  if (image.contradiction) return [unknown(`it is not the image that the matrix knows: ${image.contradiction}`)];
  const without = withoutGpu(situation);
  if (without) return [skip(without)];
  if (image.broken) return [fail(`known not to work on a GPU: ${image.broken}`)];
  const refused = gpus?.find(gpu => !cudnnServes(gpu, image.cudnn));
  if (refused) {
    return [
      fail(`cuDNN ${image.cudnn} no longer serves ${refused.architecture ?? refused.label}`, {gpu: refused.label}),
    ];
  }
  return [pass('nothing is known against what is inside')];
};

function notDescribed({image}: Situation): RuleOutcome {
  if (image.missing) return unknown(`there is no such tag: ${image.missing}`);
  const {status, detail} = image.availability ?? {};
  if (status === 'missing') return unknown(`there is no such image: ${detail}`, {fix: 'gpudock match'});
  const unread = detail ? `could not be read: ${detail}` : 'was not read';
  return unknown(`no row of the matrix describes this image, and its own config ${unread}`, {
    fix: detail ? 'gpudock check again once its registry answers, or pull it' : 'gpudock check without --offline',
  });
}

/** cuDNN 9 needs compute capability 5.0; cuDNN 8.9 no longer serves Kepler (compat-matrix/images, audit of 2026-11). */
function cudnnServes(gpu: JudgedGpu, cudnn: string | null): boolean {
  if (atLeast(gpu.computeCapability, '5.0') !== false) return true;
  const refuses = (majorOf(cudnn) ?? 0) >= 9 || atLeast(cudnn, '8.9') === true;
  return !(refuses && architectureOf(gpu.computeCapability) !== null);
}
