import {Eta} from 'eta/core';
import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Base} from './base.js';
import {distributionPackages} from './distribution.js';
import type {PackageSource} from './plan.js';

interface Step {
  comment: string;
  files: readonly string[];
  run: string;
}

export interface DockerfileQuestion {
  project: Project;
  base: Base;
  packages: PackageSource;
  /** Requirements that stand in no file of the build context. */
  requirements: readonly Requirement[];
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
        ...project.apt,
      ]),
      aptRun: sorted([...python, 'tini', 'ca-certificates', ...fromDistribution, ...project.apt]),
      installs: packages === 'distribution' ? [] : installs(question, overBase),
      start: START,
    })
    .replace(/\n{3,}/g, '\n\n');
}

function installs({project, packages, requirements}: DockerfileQuestion, overBase: boolean): Step[] {
  const install = overBase
    ? 'python -m pip install -c /opt/constraints.txt'
    : `/opt/uv/bin/uv pip install --compile-bytecode${packages === 'index-cpu' ? ' --torch-backend=cpu' : ''}`;
  const jupyter = {
    comment: 'JupyterLab, which changes less often than the packages',
    files: [],
    run: `${install} jupyterlab`,
  };
  // pip reads no pyproject.toml of a project that is not there: its requirements are named one by one.
  const unread = overBase && project.kind === 'pyproject';
  const files = unread ? [] : project.files;
  const [first] = files;
  const named = (unread ? project.requirements : requirements).map(requirement => `'${pep508(requirement)}'`);
  if (first === undefined && named.length === 0) return [jupyter];
  const from = first === undefined ? [] : [`-r /build/${first.path}`];
  return [
    jupyter,
    {
      comment: `the project's packages (${first?.path ?? 'named in its files'})`,
      files: files.map(file => file.path),
      run: [install, 'jupyterlab', ...from, ...named].join(' '),
    },
  ];
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
