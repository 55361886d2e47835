import {expect, test} from '@jest/globals';
import {parseCondaFile} from '../../../src/environment/conda-file.js';

const read = (...dependencies: string[]) =>
  parseCondaFile(
    `dependencies:\n${dependencies.map(dependency => `  - ${JSON.stringify(dependency)}\n`).join('')}`,
    'environment.yml',
  );

test.each([
  ['numpy', 'numpy', ''],
  ['pytorch::numpy', 'numpy', ''],
  ['numpy=1.26', 'numpy', '==1.26.*'],
  ['numpy=1.26.*', 'numpy', '==1.26.*'],
  ['numpy=1.26*', 'numpy', '==1.26.*'],
  ['numpy 1.26*', 'numpy', '==1.26.*'],
  ['numpy=1.26.*=py312h1', 'numpy', '==1.26.*'],
  ['numpy==1.26.*', 'numpy', '==1.26.*'],
  ['numpy==1.26.4', 'numpy', '==1.26.4'],
  ['numpy=1.26.4=py312h1', 'numpy', '==1.26.4'],
  ['numpy >=1.26, <2', 'numpy', '>=1.26,<2'],
  ['numpy 1.26.*', 'numpy', '==1.26.*'],
  ['numpy 1.26.4 py312h1', 'numpy', '==1.26.4'],
  ['pytorch-gpu=2.4', 'torch', '==2.4.*'],
  ['matplotlib-base', 'matplotlib', ''],
  ['opencv', 'opencv-python-headless', ''],
  ['librosa', 'librosa', ''],
])('%s is %s %s of PyPI', (dependency, name, specifier) => {
  expect(read(dependency).requirements).toMatchObject([{name, specifier, from: 'environment.yml'}]);
});

test('Python is no package; what the image brings is left out by name', () => {
  expect(read('python=3.11', 'cudatoolkit=11.8', 'pytorch-cuda=12.1', 'libgcc-ng', '_openmp_mutex=4.5', 'pip')).toEqual(
    {
      requirements: [],
      pip: [],
      conda: expect.stringContaining('cudatoolkit=11.8'),
      python: '==3.11.*',
      leftOut: ['cudatoolkit', 'pytorch-cuda', 'libgcc-ng', '_openmp_mutex', 'pip'],
      programs: [],
    },
  );
});

test.each([
  'ffmpeg',
  'conda-forge::gdal=3.9',
  'r-ggplot2',
  'openssl=3.3.1=hb9d3cd8_3',
  'libxml2',
  'cxx-compiler',
  'graphviz',
])('%s is in channels of conda alone', dependency => {
  const name = /^(?:[^:]+::)?([^=]+)/.exec(dependency)?.[1];
  expect(read(dependency, 'numpy')).toMatchObject({programs: [name], requirements: [{name: 'numpy'}]});
});

test('a channel before a name says that conda is to bring it; an image is still chosen by it', () => {
  expect(read('conda-forge::tensorflow=2.15', 'numpy')).toMatchObject({
    programs: ['tensorflow'],
    requirements: [{name: 'tensorflow', specifier: '==2.15.*'}, {name: 'numpy'}],
  });
});

test('the pip section is handed to pip, and is not in what conda reads', () => {
  const text =
    'name: x\nchannels: [conda-forge]\ndependencies:\n  - pip\n  - pip:\n    - torch>=2.4\n    - jax[cuda12]\n';
  expect(parseCondaFile(text, 'e.yml')).toMatchObject({
    requirements: [],
    pip: ['torch>=2.4', 'jax[cuda12]'],
    conda: 'channels:\n  - conda-forge\ndependencies:\n  - pip\n',
  });
});

test.each([
  'dependencies: numpy',
  'dependencies: [1]',
  'dependencies: [{conda: [a]}]',
  'dependencies: ["numpy; $(id)"]',
  'dependencies: [{pip: ["a\\n--index-url https://h.example"]}]',
  'a: [1',
  'channels: ["https://ada:secret@conda.example/main"]',
  'channels: ["https://conda.example/t/to-ken/main"]',
  'channels: ["--flag"]',
])('%s is refused', text => {
  expect(() => parseCondaFile(text, 'e.yml')).toThrow(
    expect.objectContaining({code: 'invalid_conda_file', message: 'e.yml cannot be read', reason: expect.any(String)}),
  );
});
