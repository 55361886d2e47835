import type {Host} from '../contract/host.js';
import type {Match} from '../contract/verdict.js';
import {type Build, builds} from '../matrix/builds.js';
import {minorOf} from '../matrix/dotted.js';
import {type ImageFacts, undescribedImage} from '../matrix/image-facts.js';
import {judge} from './judge.js';
import {newer} from './merit.js';
import type {Question} from './situation.js';
import {fits, type Specification} from './wish.js';

/** PyTorch's wheels bring CUDA along, and are made for several; those of the matrix named so are the published ones. */
const PUBLISHED = /^torch-\d+\.\d+\.\d+-cu\d+$/;

/**
 * Where no image runs: the newest PyTorch whose wheels do, in a plain image with Python. Null where there is none, or
 * where another framework is asked for: the matrix has no wheels of others.
 */
export function wheelsFor(host: Host, specs: readonly Specification[], question: Question): Match['wheels'] {
  const candidates = [...builds().values()]
    .filter(({id}) => PUBLISHED.test(id))
    .filter(build => specs.length > 0 && specs.every(spec => fits(asImage(build), spec)))
    .sort((a, b) => newer(a.version, b.version) || newer(a.cuda, b.cuda));
  for (const build of candidates) {
    const {verdict, rules} = judge(host, asImage(build), question);
    if (verdict !== 'runs') continue;
    const [reason] = rules.filter(({id, outcome}) => id === 'driver-floor' && outcome !== 'skip');
    return {
      requirement: `torch==${build.version}`,
      build: `cu${minorOf(build.cuda)?.replace('.', '') ?? ''}`,
      cuda: build.cuda,
      reason: reason?.reason ?? '',
    };
  }
  return null;
}

/** A plain image with the wheel in it. */
const asImage = ({id, framework, version, cuda, cudnn, code}: Build): ImageFacts =>
  undescribedImage(id, {
    described: true,
    framework,
    version,
    gpu: true,
    cuda: [cuda],
    cudnn: cudnn ?? null,
    platforms: ['amd64'],
    code: [code],
    requires: {texts: [], complete: true, arch: null},
    cudaCompat: false,
    evidence: 'derived',
  });
