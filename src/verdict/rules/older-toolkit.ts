import {architectureOf, firstToolkitFor} from '../../matrix/architecture.js';
import {compareVersions, majorOf, minorOf} from '../../matrix/dotted.js';

/** How much older than a GPU the toolkit of an image is: `major` where a whole CUDA major lies between, null where it serves it. */
export function toolkitBefore(cc: string, cuda: string | null): 'major' | 'minor' | null {
  const first = firstToolkitFor(cc);
  if ((compareVersions(minorOf(cuda), first) ?? 0) >= 0) return null;
  return (majorOf(cuda) ?? 0) < (majorOf(first) ?? 0) ? 'major' : 'minor';
}

/** Whether the toolkit came before this very capability, whatever of its major it knows. */
export const isNewerThanToolkit = (cc: string, cuda: string | null): boolean =>
  (compareVersions(minorOf(cuda), architectureOf(cc)?.first_toolkit ?? null) ?? 0) < 0;

/** Seen of CUDA 8 to 10 on GPUs from Turing to Ampere, whether or not the framework's own kernels were compiled there. */
export const OLD_LIBRARIES =
  'pytorch/pytorch PR #21468, tensorflow/tensorflow issue #43718, SunYM2020/UA-CMDet issue #24, matterport/Mask_RCNN issue #2510, NVIDIA/nvidia-docker issue #1106';

export const librariesFail = (cuda: string | null): string =>
  `cuBLAS and cuDNN of CUDA ${cuda}, which came before that GPU, are known to fail on it`;
