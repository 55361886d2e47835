import {Eta} from 'eta/core';
import type {Project} from '../environment/project.js';
import type {Base} from './base.js';
import {DISTRIBUTION_LAB, distributionPackages, versionsCheck} from './distribution.js';
import {ENVIRONMENT, type Install} from './install.js';
import {installs} from './installs.js';
import type {DockerfileQuestion, Templates} from './question.js';
import {type Resolution, resolution} from './resolve.js';
import {targetFacts} from './target.js';

/** The Dockerfile's text. Pure: same question, same bytes. */
export function renderDockerfile(templates: Templates, question: DockerfileQuestion): string {
  const {project, base, packages, locked} = question;
  const way = wayOf(question);
  const target = targetFacts(question.target, question.application);
  const steps = packages === 'distribution' ? [] : installs(question, target.packages, way.overBase);
  const resolve = resolveStep(question, target.packages, way.overBase);
  const eta = new Eta({autoEscape: false, autoTrim: false});
  for (const [name, text] of Object.entries(templates)) eta.loadTemplate(`@${name}`, text);
  return eta
    .render('@Dockerfile', {
      ...way,
      ...aptPackages(question, target.compilers, way.ownPython),
      title: `${project.name}: ${target.title} with ${contents(project)}`,
      command: commandLine(question),
      builder: base.builder,
      image: target.compilers ? base.builder : base.image,
      locked: locked !== null,
      aptMirror: question.aptMirror,
      pytorchMirror: question.pytorchMirror,
      micromamba: question.micromamba,
      cuda: base.gpu ? question.cuda : null,
      buildArgs: question.buildArgs.map(text => text.slice(0, text.indexOf('='))).sort(),
      installs: steps,
      copies: copies(steps),
      checkedWith:
        packages === 'conda' || packages === 'distribution' ? null : way.overBase ? CONTRADICTIONS : '/opt/uv',
      resolve,
      readers: resolve === null ? steps : [resolve],
      architectures: base.gpu ? [...new Set(question.architectures)].sort().join(';') : '',
      secrets: question.secrets.map(secretMount),
      ssh: needsSsh(project),
      last: [...checks(question, way.overBase, steps.length > 0), OWN_MODULES],
      staleKey: hasStaleKey(base.builder) || hasStaleKey(base.image),
      source: target.source,
      // An environment over the distribution's Python has no pages of JupyterLab, and it looks for them nowhere else.
      lab: packages === 'distribution' && question.target === 'notebook' ? DISTRIBUTION_LAB : null,
      port: target.port,
      start: target.start,
    })
    .replace(/\n{3,}/g, '\n\n')
    .trimStart();
}

/** What the image gets of the stages: the environment as the last one left it, and what is laid over it. */
function copies(steps: readonly Install[]): {stage: string; from: string}[] {
  const whole = steps.findLast(({into}) => into === ENVIRONMENT);
  const shares = steps.flatMap(({stage, into}) => (into === null || into === ENVIRONMENT ? [] : [{stage, from: into}]));
  return [{stage: whole?.stage ?? 'builder', from: ENVIRONMENT}, ...shares];
}

/** What `pip check` says of the base alone. */
const CONTRADICTIONS = '/opt/contradictions.txt';

/** After the environment's own packages Python looks into the project itself, also in its src layout: none of them is hidden. */
const OWN_MODULES = `python -c 'import sysconfig; open(sysconfig.get_path("purelib") + "/workspace.pth", "w").write("/workspace\\n/workspace/src\\n")'`;

/** What is asked of the image, each a command; the versions that it has are kept in it. */
function checks({project, base, packages}: DockerfileQuestion, overBase: boolean, installs: boolean): string[] {
  const uv = '/opt/uv/bin/uv --no-cache pip';
  const gpu = gpuBuildCheck(base);
  if (packages === 'distribution') return [versionsCheck(project.requirements)].filter(check => check !== null);
  if (packages === 'conda')
    return [
      CONDA_CHECK,
      ...(gpu === null ? [] : [`python -c '${gpu}'`]),
      'python -m pip list --format=freeze > /opt/venv/packages.txt',
    ];
  return [
    ...(installs ? [overBase ? `! python -m pip check | grep -vxFf ${CONTRADICTIONS}` : `${uv} check`] : []),
    ...(gpu === null ? [] : [`python -c '${gpu}'`]),
    `${overBase ? 'python -m pip' : uv} freeze > /opt/venv/packages.txt`,
  ];
}

/**
 * What contradicts what pip has brought. conda's own packages do not all say to pip under which name they are there; its
 * solver has seen to them.
 */
const CONDA_CHECK = [
  "python -c 'import re, subprocess, sys; from importlib.metadata import distributions",
  'ours = {re.sub("[-_.]+", "-", one.name).lower() for one in distributions() if (one.read_text("INSTALLER") or "").strip() == "pip"}',
  'said = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True).stdout.splitlines()',
  'wrong = [line for line in said if {line.split(" ")[0], *line.split(" ")[-2:-1]} & ours]',
  'wrong and sys.exit("\\n".join(wrong))\'',
].join('; \\\n        ');

/** How packages get onto a base: over what is there, or into an environment of their own. */
function wayOf({base, packages}: DockerfileQuestion) {
  const bare = base.kind === 'bootstrap';
  const overBase = base.kind === 'framework' || base.kind === 'custom' || packages === 'distribution';
  const none = packages === 'distribution';
  if (packages === 'conda')
    return {overBase: false, ownPython: false, root: base.kind === 'custom', venv: 'conda', installer: 'conda'};
  return {
    overBase,
    ownPython: bare || base.kind === 'cuda',
    root: overBase && !bare,
    venv: overBase ? 'over-base' : 'own',
    installer: none ? 'none' : overBase ? 'pip' : 'uv',
  };
}

function resolveStep(question: DockerfileQuestion, own: readonly string[], overBase: boolean): Resolution | null {
  if (question.resolve === null) return null;
  return question.packages === 'distribution' ? NOTHING : resolution(question, own, overBase, question.resolve);
}

const NOTHING = {stage: 'resolved', files: [], made: [], private: false, run: 'true'};

function commandLine({target, locked}: DockerfileQuestion): string {
  return `gpudock dockerfile${target === 'notebook' ? '' : ` --target ${target}`}${locked === null ? '' : ' --locked'}`;
}

/** What the compiling stage and the image get of the distribution: as locked, else by name. */
function aptPackages(
  {project, packages, target, locked}: DockerfileQuestion,
  compilers: boolean,
  ownPython: boolean,
): {aptBuild: string[]; aptRun: string[]} {
  if (locked !== null) return {aptBuild: locked.apt.builder, aptRun: locked.apt.image};
  const python = ownPython ? ['python3'] : [];
  const fromDistribution = packages === 'distribution' ? distributionPackages(project.requirements, target) : [];
  const builder = [
    ...python,
    ...(ownPython ? ['python3-dev', 'python3-venv', 'ca-certificates'] : []),
    'build-essential',
    'git',
    ...(needsSsh(project) ? ['openssh-client'] : []),
    ...project.apt,
  ];
  const image = [...python, 'tini', 'ca-certificates', ...fromDistribution, ...project.apt];
  return {aptBuild: sorted(builder), aptRun: sorted(compilers ? [...builder, ...image] : image)};
}

/**
 * Images of CUDA up to 11.6 may hold the repository key that NVIDIA withdrew in spring 2022 (NVIDIA/nvidia-docker#1631,
 * #1632). The boundary is inferred: 11.7 is the first CUDA released afterwards. Where it is drawn too high, nothing is
 * lost but sources that no package is taken from.
 */
const hasStaleKey = (image: string): boolean => {
  const [, major, minor] = /(?:cuda[:-]|cuda)(\d{1,2})\.(\d)/.exec(image) ?? [];
  return major !== undefined && (Number(major) < 11 || (Number(major) === 11 && Number(minor) <= 6));
};

/** `git+ssh://` requirements are fetched with the caller's ssh agent. */
export const needsSsh = ({files, requirements}: Pick<Project, 'files' | 'requirements'>): boolean =>
  files.some(({text}) => text.includes('git+ssh://')) ||
  requirements.some(({url}) => url?.startsWith('git+ssh://') === true);

/** A secret lies where BuildKit puts it; one called netrc where pip, uv and git look for it. */
const secretMount = (id: string): string => (id === 'netrc' ? 'id=netrc,target=/root/.netrc' : `id=${id}`);

/** Python that fails where wheels brought a CPU build of the framework although a GPU was asked for; null: nothing to ask. */
function gpuBuildCheck({framework, gpu, kind}: Base): string | null {
  if (framework === null || !gpu || kind === 'framework') return null;
  const refusal = `sys.exit("gpudock: this is a CPU build of ${framework}, and a GPU was asked for")`;
  const built = {
    pytorch: 'import torch; torch.version.cuda or torch.version.hip',
    tensorflow: 'import tensorflow as tf; tf.test.is_built_with_cuda()',
    jax: 'from importlib.metadata import distributions; any(d.name.startswith("jax-cuda") for d in distributions())',
  }[framework];
  return `import sys; ${built} or ${refusal}`;
}

const contents = ({requirements}: Project): string =>
  requirements.length === 0
    ? 'no further packages'
    : requirements
        .slice(0, 4)
        .map(({name}) => name)
        .join(', ') + (requirements.length > 4 ? ' …' : '');

const sorted = (packages: readonly string[]): string[] => [...new Set(packages)].sort();
