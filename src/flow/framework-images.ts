import type {Host} from '../contract/host.js';
import type {FrameworkImage} from '../dockerfile/base.js';
import type {FrameworkWish} from '../environment/framework.js';
import {imagesOf, type Matrix} from '../matrix/matrix.js';
import {match} from '../verdict/match.js';
import {parseSpecification} from '../verdict/specification.js';
import {isWished, mayHold} from '../verdict/wish.js';

/** Images of the wished framework that run on this host, best first; for no GPU only images made for the CPU. */
export function frameworkImages(
  matrix: Matrix,
  host: Host,
  wish: FrameworkWish | null,
  gpus: number,
): FrameworkImage[] {
  if (wish === null) return [];
  const spec = parseSpecification(`${wish.name}${wish.specifier}`);
  // What an image has does not stand for a named build of it: pip would take that one from its own index.
  if (spec.build !== undefined) return [];
  const wanted = {specs: [spec], publisher: null, variant: null, python: null, jupyter: false};
  const images = imagesOf(matrix, repository => mayHold(repository, wanted))
    .filter(image => isWished(image, wanted))
    .filter(image => image.variant !== 'devel' && image.gpu === gpus > 0);
  const {candidates} = match(host, images, {synthetic: false, gpus: gpus > 0 ? 'all' : 'none'}, CANDIDATES);
  return candidates
    .filter(({verdict}) => verdict === 'runs')
    .map(candidate => ({
      image: candidate.image,
      builder: null,
      python: candidate.python,
      gpu: gpus > 0,
      why: [
        `${wish.from} wants ${wish.name}${wish.specifier}`,
        `${candidate.framework} ${candidate.version}${candidate.cuda === null ? '' : ` with CUDA ${candidate.cuda}`} runs here`,
      ].join('; '),
    }));
}

/** The registry is asked for one after the other: two are enough to tell a missing tag from a silent registry. */
const CANDIDATES = 2;
