import {satisfies, valid, validRange} from '@renovatebot/pep440';
import {EXIT, Failure} from '../failure.js';
import type {Specification} from './wish.js';

/** Names people use, and the framework whose images hold it. */
const FRAMEWORKS: Record<string, string> = {
  pytorch: 'pytorch',
  torch: 'pytorch',
  tensorflow: 'tensorflow',
  'tensorflow-gpu': 'tensorflow',
  tf: 'tensorflow',
  jax: 'jax',
  jaxlib: 'jax',
  cuda: 'cuda',
  triton: 'triton',
  tritonserver: 'triton',
  vllm: 'vllm',
  sglang: 'sglang',
  tgi: 'tgi',
  'text-generation-inference': 'tgi',
  torchserve: 'torchserve',
  'tensorflow-serving': 'tensorflow-serving',
  'tensorrt-llm': 'tensorrt-llm',
  ollama: 'ollama',
  'llama.cpp': 'llama.cpp',
};
/** Packages that come with a framework's images; their versions are not the framework's. */
const COMPANIONS: Record<string, string> = {
  torchvision: 'pytorch',
  torchaudio: 'pytorch',
  keras: 'tensorflow',
  flax: 'jax',
};

/** Reads what a person typed; a failure names what cannot be read. */
export function parseSpecification(text: string): Specification {
  const [, name = '', range = ''] = /^\s*([A-Za-z][\w.-]*)\s*(.*)$/.exec(text.slice(0, 200)) ?? [];
  const key = name.toLowerCase().replaceAll('_', '-');
  const framework = FRAMEWORKS[key] ?? COMPANIONS[key];
  if (!framework) {
    throw new Failure({
      code: 'framework_unknown',
      message: `the matrix has no images of "${text.slice(0, 60)}"`,
      fix: key === 'python' ? '--python 3.12 for the Python inside' : `one of: ${Object.keys(FRAMEWORKS).join(', ')}`,
      exit: EXIT.usage,
    });
  }
  if (range !== '' && (!validRange(range) || key in COMPANIONS)) {
    throw new Failure({
      code: 'version_range_unreadable',
      message: key in COMPANIONS ? `the matrix has no versions of ${key}` : `"${range}" is no version range`,
      fix: key in COMPANIONS ? `give the version of ${framework} instead` : 'write it as pip does: pytorch>=2.1,<2.6',
      exit: EXIT.usage,
    });
  }
  // The CUDA of an image is known by itself: its version may be told with it or without.
  const [, plain = range, build] = LOCAL.exec(range) ?? [];
  const accepts =
    range === ''
      ? null
      : (version: string) => valid(version) !== null && satisfies(version, plain, {prereleases: true});
  return {framework, accepts, ...(build !== undefined && {build: build.toLowerCase()})};
}

/** `==2.4.1+cu121`, as PyTorch's own index names a wheel. */
const LOCAL = /^(==[^+,]+)\+(cu\d{2,4}|cpu)\s*$/i;
