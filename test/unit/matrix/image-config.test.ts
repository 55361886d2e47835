import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {describedBy} from '../../../src/matrix/image-config.js';
import {type ImageFacts, undescribedImage} from '../../../src/matrix/image-facts.js';
import {unlistedImage} from '../../../src/matrix/matrix.js';
import {judge} from '../../../src/verdict/judge.js';
import {image, machine} from '../verdict/machines.js';

const read = (env: string[], known: ImageFacts = undescribedImage('r.example/app:1'), labels = {}) =>
  describedBy({architecture: 'amd64', os: 'linux', env, labels}, known, ['amd64']);

describe('an image that nobody listed', () => {
  test.each<[string, string[], Partial<ImageFacts>]>([
    [
      'CUDA and its condition',
      ['CUDA_VERSION=12.8.1', 'NVIDIA_REQUIRE_CUDA=cuda>=12.8 brand=tesla,driver>=535'],
      {
        gpu: true,
        cuda: ['12.8.1'],
        requires: {texts: ['cuda>=12.8 brand=tesla,driver>=535'], complete: true, arch: null},
      },
    ],
    ['a build number', ['CUDA_VERSION=13.3.1.008'], {cuda: ['13.3.1']}],
    [
      'an image from before the condition',
      ['CUDA_VERSION=9.0.176'],
      {requires: {texts: ['cuda>=9.0'], complete: true, arch: null}},
    ],
    [
      'several conditions',
      ['NVIDIA_REQUIRE_CUDA=cuda>=12', 'NVIDIA_REQUIRE_DRIVER=driver>=500', 'NVIDIA_REQUIRE_JETPACK=x'],
      {requires: {texts: ['cuda>=12', 'driver>=500'], complete: true, arch: null}},
    ],
    ['a condition that is off', ['NVIDIA_DISABLE_REQUIRE=true'], {requireDisabled: true}],
    ['one that is not', ['NVIDIA_DISABLE_REQUIRE=yes'], {requireDisabled: false}],
    ['a condition without end', [`NVIDIA_REQUIRE_CUDA=${'cuda>=1 '.repeat(20_000)}`], {requires: null}],
    ['no word of a GPU', ['PATH=/bin'], {gpu: null, cuda: [], described: true}],
    ['a framework', ['PYTORCH_VERSION=2.9.0'], {framework: 'pytorch', version: '2.9.0'}],
    ['nonsense', ['CUDA_VERSION=latest', 'PYTORCH_VERSION=$(rm -rf)', '=', ''], {cuda: [], version: null}],
    ['targets for what users compile', ['CUDA_VERSION=12.8.1', 'TORCH_CUDA_ARCH_LIST=8.0 9.0'], {code: []}],
  ])('with %s', (_, env, expected) => {
    expect(read(env)).toMatchObject(expected);
  });

  test('is never said to run on a GPU: for which ones it was compiled is not in its config', () => {
    const line = fc.constantFrom(
      'CUDA_VERSION=12.4.1',
      'NVIDIA_VISIBLE_DEVICES=all',
      'PYTORCH_VERSION=2.6.0',
      'TORCH_CUDA_ARCH_LIST=8.9',
      'NVIDIA_REQUIRE_CUDA=',
      'NV_CUDA_COMPAT_PACKAGE=cuda-compat-12-4',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), env => {
        expect(judge(machine('580.65.06', 'RTX 4090'), read(env)).verdict).not.toBe('runs');
      }),
    );
  });

  test('fails where its CUDA is beyond the driver', () => {
    const verdict = judge(
      machine('470.57.02', 'RTX 3090'),
      read(['CUDA_VERSION=12.8.1', 'NVIDIA_REQUIRE_CUDA=cuda>=12.8']),
    );
    expect(verdict.verdict).toBe('fails');
    expect(verdict.rules).toContainEqual(expect.objectContaining({id: 'driver-floor', outcome: 'fail'}));
  });
});

describe('an image of the matrix', () => {
  const known = image({framework: 'pytorch', version: '2.4.1', cuda: ['12.4.1']});

  test('keeps what its config leaves out', () => {
    const facts = read(['PYTORCH_VERSION=2.4.1', 'CUDA_VERSION=12.4.0'], known);
    expect(facts).toMatchObject({code: known.code, cuda: ['12.4.1'], contradiction: null});
  });

  test.each([['CUDA_VERSION=12.6.1'], ['PYTORCH_VERSION=2.5.0']])('that says %s is another one', line => {
    const facts = read([line], known);
    expect(facts.contradiction).toMatch(/its config says/);
    expect(facts.code).toEqual([]);
    expect(judge(machine('580.65.06', 'RTX 4090'), facts).verdict).toBe('unknown');
  });

  test('of a framework with a CUDA of its own may name another one of its base', () => {
    const facts = read(['CUDA_VERSION=12.3.0'], image({framework: 'tensorflow', cuda: ['12.5.1']}));
    expect(facts).toMatchObject({contradiction: null, cuda: ['12.5.1']});
  });
});

test("NVIDIA's own image says what it was compiled for", () => {
  const ngc = unlistedImage('nvcr.io/nvidia/pytorch:99.01-py3');
  expect(read(['TORCH_CUDA_ARCH_LIST=8.0 9.0 12.0+PTX'], ngc).code[0]).toMatchObject({
    sass: ['8.0', '9.0', '12.0'],
    ptx: ['12.0'],
  });
  expect(read(['TORCH_CUDA_ARCH_LIST=8.0 Hopper'], ngc).code).toEqual([]);
  // It speaks of PyTorch: what kernels a server of its own has it does not say.
  const server = unlistedImage('nvcr.io/nvidia/vllm:99.01-py3');
  const facts = read(['PYTORCH_VERSION=2.9.0', 'TORCH_CUDA_ARCH_LIST=8.0 9.0'], server);
  expect(facts).toMatchObject({framework: 'vllm', code: []});
});

test("Ubuntu's labels name the distribution", () => {
  const labels = {'org.opencontainers.image.ref.name': 'ubuntu', 'org.opencontainers.image.version': '22.04'};
  expect(read([], undefined, labels).os).toBe('ubuntu22.04');
  expect(read([], undefined, {'org.opencontainers.image.version': '22.04'}).os).toBeNull();
});
