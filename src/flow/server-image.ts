import type {Host} from '../contract/host.js';
import {Failure} from '../failure.js';
import {imagesOf, type Matrix} from '../matrix/matrix.js';
import {match} from '../verdict/match.js';

/** The newest image of a model server that runs on this host. Throws `no_server_image` where the matrix has none. */
export function serverImage(matrix: Matrix, host: Host, repository: string, gpus: string): string {
  const forGpu = gpus !== 'none' && (host.gpus?.length ?? 0) > 0;
  const images = imagesOf(matrix, row => row.repository === repository).filter(
    image => image.variant !== 'devel' && (forGpu ? image.gpu !== false : image.gpu !== true),
  );
  const {candidates} = match(host, images, {synthetic: false, gpus: forGpu ? 'all' : 'none'}, 1);
  const [best] = candidates;
  if (best?.verdict === 'runs') return best.image;
  throw new Failure({
    code: 'no_server_image',
    message: `no image of ${repository} is known to run here`,
    cause:
      best === undefined ? `none is for ${forGpu ? 'a GPU' : 'the CPU'}` : `gpudock check ${best.image} says why not`,
    fix: 'name one: --image IMAGE',
  });
}
