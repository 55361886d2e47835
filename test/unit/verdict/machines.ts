import type {Host} from '../../../src/contract/host.js';
import {type ImageFacts, undescribedImage} from '../../../src/matrix/image-facts.js';
import {imaginedHost} from '../../../src/verdict/question.js';

/** A machine of the question, or one that really is there when `real`. */
export function machine(driver: string, gpus: string | readonly string[], change: Partial<Host> = {}): Host {
  const names = typeof gpus === 'string' ? [gpus] : gpus;
  return {...imaginedHost({driver, gpus: names, arch: null, wsl: false}), ...change};
}

/** A GPU image that a modern machine runs, with what the test is about changed. */
export const image = (change: Partial<ImageFacts> = {}): ImageFacts =>
  undescribedImage('test/image:1', {
    repository: 'docker.io/test/image',
    tag: '1',
    described: true,
    framework: 'pytorch',
    version: '2.4.1',
    gpu: true,
    cuda: ['12.4.1'],
    cudnn: '9.1.0',
    os: 'ubuntu22.04',
    platforms: ['amd64'],
    code: [
      {
        program: 'pytorch 2.4.1',
        sass: ['5.0', '6.0', '7.0', '7.5', '8.0', '8.6', '9.0'],
        sassArm64: null,
        ptx: [],
        ptxRefusedFrom: null,
        ptxRefusedBelow: null,
        ptxUnprovenFrom: null,
        ptxOnlyFrom: null,
        fails: null,
        inferred: false,
        source: 'the test',
      },
    ],
    requires: {texts: [], complete: true, arch: null},
    cudaCompat: false,
    ...change,
  });
