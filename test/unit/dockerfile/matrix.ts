import type {Base} from '../../../src/dockerfile/base.js';
import {type BuildPlan, planBuild, planResolution} from '../../../src/dockerfile/plan.js';
import type {BuildQuestion, PackageSource} from '../../../src/dockerfile/question.js';
import type {Lock} from '../../../src/environment/lock.js';
import {readTemplates} from '../../../src/flow/templates.js';
import {LOCK} from '../environment/locked.js';
import {project, requirement} from '../environment/memory.js';

const templates = readTemplates();
const PYTORCH = 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9';

/** Every kind of base with every source of packages that it can have; the images are the ones that the lab has. */
const BASES: readonly [string, Base, PackageSource][] = [
  ['python', made('python', 'python:3.12-slim'), 'index'],
  ['python CPU', {...made('python', 'python:3.12-slim'), gpu: false}, 'index-cpu'],
  ['framework', {...made('framework', `${PYTORCH}-runtime`), builder: `${PYTORCH}-devel`}, 'index'],
  ['custom', made('custom', 'registry.example/ours:1'), 'index'],
  ['cuda', made('cuda', 'nvidia/cuda:12.8.1-base-ubuntu22.04'), 'index'],
  ['bootstrap', made('bootstrap', 'gpudock/bootstrap:trixie'), 'index'],
  ['distribution', made('bootstrap', 'gpudock/bootstrap:trixie'), 'distribution'],
];

function made(kind: Base['kind'], image: string): Base {
  return {kind, image, builder: image, framework: 'pytorch', gpu: true, python: '3.12', why: 'it fits'};
}

const HASHED = `numpy==2.1.0 --hash=sha256:${'0'.repeat(64)}\n`;
const numpy = requirement({from: 'requirements.txt:1'});
const INPUTS = {
  nothing: project(),
  'gpudock.yaml': project({requirements: [requirement({specifier: '>=2'})], apt: ['ffmpeg']}),
  requirements: project({
    kind: 'requirements',
    files: [
      {path: 'requirements.txt', text: '-r more/base.txt\nnumpy\n'},
      {path: 'more/base.txt', text: 'a @ git+ssh://git@h.example/a.git\n'},
    ],
    requirements: [numpy],
  }),
  hashed: project({
    kind: 'requirements',
    files: [{path: 'requirements.txt', text: HASHED}],
    requirements: [numpy, requirement({name: 'pandas'})],
  }),
  pyproject: project({
    kind: 'pyproject',
    files: [{path: 'pyproject.toml', text: '[project]\ndependencies = ["numpy"]\n'}],
    requirements: [requirement({from: 'pyproject.toml'})],
  }),
  'uv.lock': project({
    kind: 'uv',
    files: [
      {path: 'pyproject.toml', text: '[project]\ndependencies = ["numpy"]\n'},
      {path: 'uv.lock', text: ''},
    ],
    requirements: [requirement({from: 'uv.lock'})],
  }),
  'poetry.lock': project({
    kind: 'poetry',
    files: [{path: 'poetry.lock.txt', text: HASHED}],
    requirements: [requirement({from: 'poetry.lock.txt'})],
  }),
} as const;

const question = (from: BuildQuestion['project'], base: Base, packages: PackageSource): BuildQuestion => ({
  project: from,
  base,
  packages,
  gpu: base.gpu,
  templates,
  architectures: ['8.6', '9.0'],
  gpuNames: [],
  secrets: ['netrc', 'token'],
});

const CONDA = project({
  kind: 'micromamba',
  files: [{path: 'environment.yml', text: 'dependencies: [ffmpeg, numpy]\n'}],
  requirements: [requirement({from: 'environment.yml'}), requirement({name: 'six'})],
});

const SECTION = project({
  kind: 'micromamba',
  files: [
    {path: 'environment.yml', text: 'dependencies: [ffmpeg]\n'},
    {path: 'environment.yml.pip.txt', text: 'six\n'},
  ],
  requirements: [requirement({name: 'six', from: 'environment.yml.pip.txt:1'})],
});
const CONDA_LOCK: Lock = {
  ...LOCK,
  packages: 'conda',
  conda: {
    micromamba: {reference: 'mambaorg/micromamba:2', digest: `sha256:${'2'.repeat(64)}`},
    packages: [
      {
        name: 'ffmpeg',
        version: '7.1',
        url: 'https://conda.anaconda.org/conda-forge/linux-64/ffmpeg-7.1-0.conda',
        sha256: '3'.repeat(64),
      },
    ],
  },
};

const SOURCE = {dir: '/home/ada/digits', files: [], digest: '0', size: 0};
const APPLICATION = {server: 'uvicorn', target: 'main:app'} as const;

/** Bases under what conda installs. */
const CONDA_BASES: readonly [[string, Base], ...[string, Base][]] = [
  ['conda', made('python', 'python:3.12-slim')],
  ['conda CPU', {...made('python', 'python:3.12-slim'), gpu: false}],
  ['conda, custom', made('custom', 'registry.example/ours:1')],
];

/** base × input, then base × target, a lock and its resolution, each with its plan. */
const INDEXES: readonly [string, BuildPlan][] = BASES.flatMap(([name, base, packages]) => [
  ...Object.entries(INPUTS).map(([input, from]): [string, BuildPlan] => [
    `${name}, ${input}`,
    planBuild(question(from, base, packages)),
  ]),
  ...(['serve', 'job', 'dev'] as const).map((target): [string, BuildPlan] => [
    `${name}, as ${target}`,
    planBuild({
      ...question(INPUTS.requirements, base, packages),
      target,
      source: target === 'dev' ? null : SOURCE,
      application: APPLICATION,
    }),
  ]),
  [
    `${name}, mirror and build arguments`,
    planBuild({...question(INPUTS.requirements, base, packages), aptMirror: true, buildArgs: ['MAX_JOBS=4']}),
  ],
  [`${name}, locked`, planBuild({...question(INPUTS.requirements, base, packages), locked: LOCK})],
  [`${name}, to be locked`, planResolution(question(INPUTS.hashed, base, packages), null, null)],
  [`${name}, to be locked again`, planResolution(question(INPUTS.pyproject, base, packages), LOCK, ['numpy'])],
]);

const CHANNELS: readonly [string, BuildPlan][] = CONDA_BASES.flatMap(([name, base]) =>
  (['notebook', 'serve', 'job', 'dev'] as const).map((target): [string, BuildPlan] => [
    `${name}, as ${target}`,
    planBuild({
      ...question(CONDA, base, 'conda'),
      target,
      source: target === 'serve' || target === 'job' ? SOURCE : null,
      application: APPLICATION,
      cuda: '12.8',
    }),
  ]),
).concat([
  ['conda, pip section', planBuild(question(SECTION, CONDA_BASES[0][1], 'conda'))],
  ['conda, locked', planBuild({...question(CONDA, CONDA_BASES[0][1], 'conda'), locked: CONDA_LOCK})],
  [
    'conda, locked, a mirror',
    planBuild({...question(CONDA, CONDA_BASES[0][1], 'conda'), locked: CONDA_LOCK, condaMirror: true}),
  ],
  ['conda, to be locked', planResolution(question(SECTION, CONDA_BASES[0][1], 'conda'), CONDA_LOCK, [])],
]);

const MIRRORED: readonly [string, BuildPlan][] = BASES.flatMap(([name, base, packages]) =>
  packages === 'index-cpu' || base.kind === 'cuda'
    ? [
        [
          `${name}, a mirror of PyTorch's index`,
          planBuild({...question(INPUTS.requirements, base, packages), pytorchMirror: true}),
        ],
      ]
    : [],
);

export const MATRIX: readonly [string, BuildPlan][] = [...INDEXES, ...CHANNELS, ...MIRRORED];
