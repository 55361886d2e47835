import {describe, expect, test} from '@jest/globals';
import {DockerfileParser} from 'dockerfile-ast';
import fc from 'fast-check';
import type {Base} from '../../../src/dockerfile/base.js';
import {distributionPackages, mayHave} from '../../../src/dockerfile/distribution.js';
import {planBuild} from '../../../src/dockerfile/plan.js';
import type {BuildQuestion} from '../../../src/dockerfile/question.js';
import {readProject} from '../../../src/environment/project.js';
import {parseRequirement} from '../../../src/environment/requirement.js';
import {isFailure} from '../../../src/failure.js';
import {readTemplates} from '../../../src/flow/templates.js';
import {LABEL} from '../../../src/labels.js';
import {memory, project, requirement} from '../environment/memory.js';

const templates = readTemplates();
const base = (change: Partial<Base> = {}): Base => ({
  kind: 'python',
  image: 'python:3.12-slim',
  builder: 'python:3.12-slim',
  framework: null,
  gpu: false,
  python: '3.12',
  why: 'it fits',
  ...change,
});
const FRAMEWORK = base({
  kind: 'framework',
  image: 'pytorch/pytorch:2-runtime',
  builder: 'pytorch/pytorch:2-devel',
  framework: 'pytorch',
});
const BOOTSTRAP = base({kind: 'bootstrap', image: 'gpudock/bootstrap:trixie', builder: 'gpudock/bootstrap:trixie'});
const plan = (change: Partial<BuildQuestion> = {}) =>
  planBuild({
    project: project(),
    base: base(),
    packages: 'index',
    gpu: false,
    templates,
    architectures: [],
    gpuNames: [],
    secrets: [],
    ...change,
  });
const instructions = (dockerfile: string): string[] =>
  DockerfileParser.parse(dockerfile)
    .getInstructions()
    .map(instruction => instruction.getKeyword());

const PYTHON_SHAPE = [
  ...['FROM', 'RUN'],
  ...['FROM', 'RUN', 'COPY', 'ENV'],
  ...['FROM', 'RUN'],
  ...['FROM', 'ARG', 'RUN'],
  ...['FROM', 'ARG', 'RUN'],
  ...['FROM', 'RUN', 'RUN', 'COPY', 'COPY', 'ENV', 'RUN'],
  'WORKDIR',
  'USER',
  'EXPOSE',
  'ENTRYPOINT',
  'CMD',
];
const withPackages = project({requirements: [requirement()]});

describe.each<[string, Partial<BuildQuestion>, string[]]>([
  ['python', {project: withPackages}, ['large', 'packages']],
  ['python, CPU', {packages: 'index-cpu'}, ['tools']],
  ['framework', {base: FRAMEWORK, project: withPackages}, ['packages']],
  ['bootstrap', {base: BOOTSTRAP}, ['tools']],
  ['distribution', {base: BOOTSTRAP, packages: 'distribution', project: withPackages}, ['builder']],
])('the Dockerfile on %s', (_, change, copied) => {
  const {dockerfile} = plan(change);
  const parsed = DockerfileParser.parse(dockerfile);

  test('compiles in stages of its own and runs only what they made', () => {
    const stages = parsed.getFROMs().map(from => [from.getImage(), from.getBuildStage()]);
    expect(stages).toContainEqual([(change.base ?? base()).builder, 'builder']);
    expect(stages.at(-1)).toEqual([(change.base ?? base()).image, null]);
    const last = parsed.getFROMs().at(-1)?.getRange()?.start.line ?? 0;
    const copies = parsed.getCOPYs().filter(copy => (copy.getRange()?.start.line ?? 0) > last);
    expect(copies.map(copy => copy.getFromFlag()?.getValue())).toEqual(copied);
  });

  test('starts in exec form, under an init, as no root', () => {
    expect(parsed.getENTRYPOINTs().map(entry => JSON.parse(entry.getArgumentsContent() ?? ''))).toEqual([
      ['tini', '-g', '--'],
    ]);
    expect(parsed.getCMDs().map(cmd => JSON.parse(cmd.getArgumentsContent() ?? '')[0])).toEqual(['python']);
    const users = parsed.getInstructions().filter(instruction => instruction.getKeyword() === 'USER');
    expect(users.at(-1)?.getArgumentsContent()).toBe('1000:1000');
  });

  test('keeps indexes and certificates out of variables', () => {
    const variables = parsed.getENVs().flatMap(env => env.getProperties().map(property => property.getName()));
    expect(variables.length).toBeGreaterThan(0);
    expect(variables.filter(name => /INDEX|PROXY|CERT|TOKEN|SECRET|PASSWORD/i.test(name))).toEqual([]);
    expect(parsed.getARGs().filter(arg => arg.getProperty()?.getName() !== 'GPUDOCK_LISTS')).toEqual([]);
  });
});

test.each<[string, Partial<BuildQuestion>, string, boolean]>([
  ['the CPU build is taken where no GPU is used', {packages: 'index-cpu'}, '--torch-backend=cpu', true],
  ['else not', {}, '--torch-backend=cpu', false],
  ['over a framework its version is pinned', {base: FRAMEWORK}, '-c /opt/constraints.txt', true],
  ['the distribution needs no index', {base: BOOTSTRAP, packages: 'distribution'}, 'pip install', false],
])('%s', (_, change, text, there) => {
  expect(plan(change).dockerfile.includes(text)).toBe(there);
});

test('requirements keep their parts', () => {
  const markers = parseRequirement("jax[cuda12]>=0.4 ; python_version < '3.13'", 'gpudock.yaml');
  const {dockerfile} = plan({project: project({requirements: markers === null ? [] : [markers]})});
  expect(dockerfile).toContain(`'jax[cuda12]>=0.4 ; python_version < "3.13"'`);
});

test('the distribution has its own names', () => {
  const names = ['numpy', 'scikit-learn', 'pyyaml'].map(name => requirement({name}));
  expect(distributionPackages(names, 'notebook')).toEqual([
    'jupyterlab',
    'python3-ipykernel',
    'python3-numpy',
    'python3-sklearn',
    'python3-yaml',
  ]);
});

test.each<[string, Parameters<typeof mayHave>[0], boolean]>([
  ['names', {requirements: [requirement({specifier: '<3'})], files: [{path: 'r', text: '-r b.txt\nnumpy<3\n'}]}, true],
  ['a repository', {requirements: [requirement({url: 'git+https://h.example/a'})], files: []}, false],
  [
    'a place without a name',
    {requirements: [], files: [{path: 'r', text: 'numpy\n git+https://h.example/a\n'}]},
    false,
  ],
])('whether the distribution may have %s: %#', (_, asked, expected) => {
  expect(mayHave(asked)).toBe(expected);
});

test('what the distribution has is held against every version that is asked for', () => {
  const requirements = [requirement(), requirement({name: 'pandas', specifier: '<3', extras: ['sql']})];
  const {dockerfile} = plan({base: BOOTSTRAP, packages: 'distribution', project: project({requirements})});
  expect(dockerfile).toMatch(/^RUN python -c '[^']*' 'pandas<3' /m);
  expect(dockerfile).toContain('python3-packaging');
  expect(plan({base: BOOTSTRAP, packages: 'distribution'}).dockerfile).not.toContain('packaging');
});

describe('a build plan', () => {
  const files = [{path: 'requirements.txt', text: 'numpy\n'}];
  const question = {
    project: project({files, kind: 'requirements', requirements: [requirement({from: 'requirements.txt:1'})]}),
  };

  test('is the same for the same question, and another for another', () => {
    expect(plan(question)).toEqual(plan(structuredClone(question)));
    const other = {project: {...question.project, files: [{path: 'requirements.txt', text: 'numpy \n'}]}};
    expect(plan(other).tag).not.toBe(plan(question).tag);
    expect(plan({...question, gpu: true}).labels[LABEL.inputs]).not.toBe(plan(question).labels[LABEL.inputs]);
  });

  test('names each requirement once: by its file, or by itself', () => {
    const {dockerfile, tag, context, labels} = plan(question);
    expect(dockerfile).toContain('--output-file packages.txt /build/requirements.txt -');
    expect(dockerfile).not.toContain("'numpy'");
    expect(context).toEqual(files);
    expect(tag).toMatch(/^gpudock\/digits:[0-9a-f]{12}$/);
    expect(labels[LABEL.project]).toBe('/home/ada/digits');
  });
});

test('no text of a project adds an instruction', async () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "a'b",
      'a\nRUN id',
      'a\\',
      'a <<EOF',
      '$(id)',
      'numpy ; a <<EOF',
      'x @ https://h.example/a',
      '<%= 1 %>',
      'a#b',
      'git',
      "numpy ; python_version < '3'",
    ),
  );
  let built = 0;
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (packageText, aptText) => {
      const settings = JSON.stringify({packages: [packageText], apt: [aptText]});
      try {
        const read = await readProject(memory({'/home/ada/x/gpudock.yaml': settings}), 'x');
        expect(instructions(plan({project: read}).dockerfile)).toEqual(PYTHON_SHAPE);
        built += 1;
      } catch (error) {
        if (!isFailure(error)) throw error;
      }
    }),
    {numRuns: 500},
  );
  expect(built).toBeGreaterThan(0);
});

test('pip is given the requirements of a pyproject.toml one by one, uv the file', () => {
  const withFile = project({
    kind: 'pyproject',
    files: [{path: 'pyproject.toml', text: '[project]\ndependencies = ["numpy>=2"]\n'}],
    requirements: [requirement({name: 'numpy', specifier: '>=2', from: 'pyproject.toml'})],
  });
  expect(plan({project: withFile, base: FRAMEWORK}).dockerfile).toMatch(
    /pip install -c \S+ jupyterlab 'numpy>=2' \\$/m,
  );
  expect(plan({project: withFile}).dockerfile).toMatch(
    /'jupyterlab' \| \S+uv pip compile .* --output-file packages.txt \/build\/pyproject.toml - \\$/m,
  );
});

test.each<[string, Partial<BuildQuestion>, RegExp, boolean]>([
  [
    'extensions are compiled for the GPUs there are',
    {base: base({gpu: true}), architectures: ['9.0', '8.6', '9.0']},
    /TORCH_CUDA_ARCH_LIST="8.6;9.0"/,
    true,
  ],
  ['for the CPU for none', {architectures: ['8.6']}, /TORCH_CUDA_ARCH_LIST/, false],
  [
    'a CPU build where a GPU was asked for fails',
    {base: base({gpu: true, framework: 'pytorch'})},
    /torch.version.cuda/,
    true,
  ],
  ['a CPU build for the CPU does not', {base: base({framework: 'pytorch'})}, /torch.version.cuda/, false],
  [
    'netrc lies where pip looks',
    {secrets: ['netrc'], project: withPackages},
    /type=secret,id=netrc,target=\/root\/.netrc/,
    true,
  ],
  [
    'an old CUDA image has a withdrawn key',
    {base: base({kind: 'custom', image: 'nvidia/cuda:11.3.1-runtime-ubuntu20.04'})},
    /rm -f \/etc\/apt\/sources.list.d\/cuda/,
    true,
  ],
  [
    'a newer one has not',
    {base: base({kind: 'custom', image: 'nvidia/cuda:12.8.1-base-ubuntu22.04'})},
    /sources.list.d/,
    false,
  ],
  ['no agent is asked for without need', {project: withPackages}, /type=ssh/, false],
])('%s', (_, change, text, there) => {
  expect(text.test(plan(change).dockerfile)).toBe(there);
});

test('a mirror and build arguments are named, and neither address nor value stands in the file', () => {
  const {dockerfile, labels} = plan({aptMirror: true, buildArgs: ['MAX_JOBS=4711'], project: withPackages});
  expect(dockerfile.match(/--mount=type=secret,id=mirror/g)).toHaveLength(2);
  expect(dockerfile).toMatch(/^ARG MAX_JOBS$/m);
  expect(dockerfile).not.toContain('4711');
  expect(labels[LABEL.inputs]).not.toBe(plan({project: withPackages}).labels[LABEL.inputs]);
});

test('git+ssh requirements get the agent and a client', () => {
  const files = [{path: 'requirements.txt', text: 'a @ git+ssh://git@h.example/a.git\n'}];
  const {dockerfile, ssh} = plan({project: project({files, kind: 'requirements'})});
  expect(ssh).toBe(true);
  expect(dockerfile).toMatch(/--mount=type=ssh/);
  expect(dockerfile).toMatch(/openssh-client/);
});

test('a hashed file is installed alone: pip would ask for a hash of everything beside it', () => {
  const files = [{path: 'requirements.txt', text: `numpy==2.1.0 --hash=sha256:${'0'.repeat(64)}\n`}];
  const {dockerfile} = plan({project: project({files, kind: 'requirements', requirements: [requirement()]})});
  expect(dockerfile).toMatch(/uv pip install --compile-bytecode -r \/build\/requirements.txt \\$/m);
  expect(dockerfile).toMatch(/uv pip install --compile-bytecode 'numpy' \\$/m);
});

test.each<[string, string, boolean]>([
  ['plain requirements', 'numpy\nsix\n', true],
  ['one that is compiled here', 'numpy\npsutil\n--no-binary=psutil\n', true],
  ['constraints', '-c c.txt\nnumpy\n', true],
  ['an index of its own, which may hold a password', '--extra-index-url https://h.example/simple\nnumpy\n', false],
  ['hashes', `numpy==2.1.0 --hash=sha256:${'0'.repeat(64)}\n`, false],
])('with %s large packages are a layer of their own: %#', (_, text, layered) => {
  const files = [{path: 'requirements.txt', text}];
  const {dockerfile} = plan({
    project: project({files, kind: 'requirements', requirements: [requirement({from: 'requirements.txt:1'})]}),
  });
  expect(/^FROM builder AS large$/m.test(dockerfile)).toBe(layered);
});
