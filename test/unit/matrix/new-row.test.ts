import {describe, expect, test} from '@jest/globals';
import type {RepositoryRow} from '../../../src/matrix/image-row.js';
import {rowOf} from '../../../src/matrix/new-row.js';
import {ImageRowSchema} from '../../../src/matrix/schemas.js';

const repository = (
  name: string,
  frameworks: string[],
  publisher: RepositoryRow['publisher'] = 'official',
): RepositoryRow => ({repository: name, file: 'any', publisher, frameworks});
const TORCH = repository('docker.io/pytorch/pytorch', ['pytorch']);
const CUDA = repository('docker.io/nvidia/cuda', ['cuda']);
const NGC = repository('nvcr.io/nvidia/pytorch', ['pytorch'], 'ngc');

const found = (tag: string, env: string[], of = TORCH) =>
  rowOf(
    {
      tag,
      digest: `sha256:${'0'.repeat(64)}`,
      platforms: ['amd64', 'arm64'],
      config: {architecture: 'amd64', os: 'linux', env, labels: {}},
    },
    of,
  );

describe('a tag that the matrix lacks', () => {
  test('is a row of what its name and its config say', () => {
    const env = ['CUDA_VERSION=12.8.1', 'PYTORCH_VERSION=2.99.0', 'NVIDIA_REQUIRE_CUDA=cuda>=12.8'];
    const finding = found('2.99.0-cuda12.8-cudnn9-runtime', env);
    expect(finding).toMatchObject({
      row: {version: '2.99.0', cuda: '12.8.1', variant: 'runtime', require: '=cuda>=12.8', gpu: true},
    });
    expect(ImageRowSchema.safeParse('row' in finding ? finding.row : null).success).toBe(true);
  });

  test('of a known build carries its list; of an unknown one none', () => {
    const env = ['CUDA_VERSION=12.8.1', 'PYTORCH_VERSION=2.9.0'];
    expect(found('2.9.0-cuda12.8-cudnn9-other', env)).toMatchObject({row: {build: 'torch-2.9.0-cu128'}});
    expect(found('2.99.0-cuda12.8-cudnn9-other', ['CUDA_VERSION=12.8.1'])).not.toHaveProperty('row.build');
  });

  test('of NGC is named by its month, which is no version', () => {
    expect(found('26.01-py3', ['CUDA_VERSION=13.1.0', 'PYTORCH_VERSION=2.10.0a0+x'], NGC)).toMatchObject({
      row: {version: '2.10.0a0+x'},
    });
    expect(found('26.01-py3', ['CUDA_VERSION=13.1.0'], NGC)).not.toHaveProperty('row.version');
  });

  test.each<[string, string[], RepositoryRow, RegExp]>([
    ['2.99.0-cuda12.8-cudnn9-runtime', ['CUDA_VERSION=12.6.1'], TORCH, /tag says CUDA 12.8, its config 12.6.1/],
    ['12.9.9-base-ubuntu24.04', ['CUDA_VERSION=11.8.0'], CUDA, /tag says CUDA 12.9.9, its config 11.8.0/],
    [
      '2.99.0-cuda12.8-x',
      ['CUDA_VERSION=12.8.1', 'PYTORCH_VERSION=2.90.0'],
      TORCH,
      /tag says 2.99.0, its config 2.90.0/,
    ],
    ['2.99.0-cuda99.0-x', ['CUDA_VERSION=99.0.1'], TORCH, /newer than this matrix/],
    ['2.99.0-x', ['CUDA_VERSION=3.2'], TORCH, /never was in a container/],
    ['2.99.0-x', ['NVIDIA_VISIBLE_DEVICES=all'], TORCH, /its CUDA is not known/],
    [
      '2.99.0-cuda12.8-x',
      ['NVIDIA_REQUIRE_CUDA=cuda>=12.8', 'NVIDIA_REQUIRE_ARCH=arch>=7.0'],
      TORCH,
      /several conditions/,
    ],
    ['1.0', [], repository('docker.io/a/b', ['pytorch', 'tensorflow']), /which framework/],
  ])('%s with %j is held back', (tag, env, of, why) => {
    expect(found(tag, env, of)).toEqual({held: expect.stringMatching(why)});
  });

  test('of a toolkit that agrees with its name is a row', () => {
    expect(found('12.8.9-base-ubuntu24.04', ['CUDA_VERSION=12.8.9'], CUDA)).toMatchObject({
      row: {cuda: '12.8.9', os: 'ubuntu24.04', variant: 'base'},
    });
  });
});
