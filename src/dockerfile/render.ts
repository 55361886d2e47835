import {Eta} from 'eta/core';
import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Base} from './base.js';
import {distributionPackages} from './distribution.js';
import type {PackageSource} from './plan.js';

interface Step {
  comment: string;
  files: readonly string[];
  /** Whether it may use the caller's own secrets and ssh agent. */
  private: boolean;
  run: string;
}

export interface DockerfileQuestion {
  project: Project;
  base: Base;
  packages: PackageSource;
  /** Requirements that stand in no file of the build context. */
  requirements: readonly Requirement[];
  /** Compute capabilities to compile extensions for, e.g. `8.6`; empty: whatever the compiler finds. */
  architectures: readonly string[];
  /** Ids of the secrets that the caller gives to the build. */
  secrets: readonly string[];
}

/** What starts JupyterLab: through the environment's own python, so that kernels see its packages. */
const START = [
  'python',
  '-m',
  'jupyterlab',
  '--ip=0.0.0.0',
  '--port=8888',
  '--no-browser',
  '--ServerApp.root_dir=/workspace',
];

/** The Dockerfile's text. Pure: same question, same bytes. */
export function renderDockerfile(template: string, question: DockerfileQuestion): string {
  const {project, base, packages} = question;
  const bare = base.kind === 'bootstrap';
  const overBase = base.kind === 'framework' || base.kind === 'custom' || packages === 'distribution';
  const python = bare ? ['python3'] : [];
  const fromDistribution = packages === 'distribution' ? distributionPackages(project.requirements) : [];
  const eta = new Eta({autoEscape: false, autoTrim: false});
  return eta
    .renderString(template, {
      title: `${project.name}: a JupyterLab with ${contents(project)}`,
      command: 'gpudock dockerfile',
      builder: base.builder,
      image: base.image,
      root: overBase && !bare,
      installer: overBase ? (packages === 'distribution' ? 'none' : 'pip') : 'uv',
      venv: overBase ? 'over-base' : 'own',
      aptBuild: sorted([
        ...python,
        ...(bare ? ['python3-dev', 'python3-venv', 'ca-certificates'] : []),
        'build-essential',
        'git',
        ...(needsSsh(project) ? ['openssh-client'] : []),
        ...project.apt,
      ]),
      aptRun: sorted([...python, 'tini', 'ca-certificates', ...fromDistribution, ...project.apt]),
      installs: packages === 'distribution' ? [] : installs(question, overBase),
      architectures: base.gpu ? [...new Set(question.architectures)].sort().join(';') : '',
      secrets: question.secrets.map(secretMount),
      ssh: needsSsh(project),
      check: packages === 'distribution' ? null : gpuBuildCheck(base),
      staleKey: hasStaleKey(base.builder) || hasStaleKey(base.image),
      freeze: packages === 'distribution' ? null : overBase ? 'python -m pip freeze' : '/opt/uv/bin/uv pip freeze',
      start: START,
    })
    .replace(/\n{3,}/g, '\n\n');
}

function installs({project, packages, requirements}: DockerfileQuestion, overBase: boolean): Step[] {
  const install = overBase
    ? 'python -m pip install -c /opt/constraints.txt'
    : `/opt/uv/bin/uv pip install --compile-bytecode${packages === 'index-cpu' ? ' --torch-backend=cpu' : ''}`;
  const step = (comment: string, words: readonly string[], files: readonly string[] = []): Step => ({
    comment,
    files,
    private: comment !== JUPYTER,
    run: [install, ...words].join(' '),
  });
  // pip reads no pyproject.toml of a project that is not there: its requirements are named one by one.
  const unread = overBase && project.kind === 'pyproject';
  const files = unread ? [] : project.files;
  const [first] = files;
  const named = (unread ? project.requirements : requirements).map(requirement => `'${pep508(requirement)}'`);
  const jupyter = step(JUPYTER, ['jupyterlab']);
  if (first === undefined && named.length === 0) return [jupyter];
  const comment = `the project's packages (${first?.path ?? 'named in its files'})`;
  const paths = files.map(({path}) => path);
  // One package with a hash makes pip ask for the hash of every one: those without stand in a step of their own.
  if (first !== undefined && files.some(({text}) => /\s--hash[=\s]/.test(text)))
    return [
      jupyter,
      step(comment, [`-r /build/${first.path}`], paths),
      ...(named.length === 0 ? [] : [step('packages that no hash is known of', named)]),
    ];
  return [
    jupyter,
    step(comment, ['jupyterlab', ...(first === undefined ? [] : [`-r /build/${first.path}`]), ...named], paths),
  ];
}

const JUPYTER = 'JupyterLab, which changes less often than the packages';

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

/** The requirement as PEP 508 text. Its parts were validated when it was read; quotes cannot occur in the first three. */
const pep508 = ({name, extras, specifier, url, marker}: Requirement): string =>
  [
    name,
    extras.length > 0 ? `[${extras.join(',')}]` : '',
    url === null ? specifier : ` @ ${url}`,
    marker === null ? '' : ` ; ${marker.replaceAll("'", '"')}`,
  ].join('');

const contents = ({requirements}: Project): string =>
  requirements.length === 0
    ? 'no further packages'
    : requirements
        .slice(0, 4)
        .map(({name}) => name)
        .join(', ') + (requirements.length > 4 ? ' …' : '');

const sorted = (packages: readonly string[]): string[] => [...new Set(packages)].sort();
