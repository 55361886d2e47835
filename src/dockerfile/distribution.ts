import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {Target} from './target.js';
import {quoted} from './wanted.js';

/** Debian names that are not `python3-` and the PyPI name (packages.debian.org). */
const DEBIAN_NAMES: Readonly<Record<string, string>> = {
  'scikit-learn': 'python3-sklearn',
  'scikit-image': 'python3-skimage',
  beautifulsoup4: 'python3-bs4',
  'opencv-python': 'python3-opencv',
  'opencv-python-headless': 'python3-opencv',
  pillow: 'python3-pil',
  pyyaml: 'python3-yaml',
  'python-dateutil': 'python3-dateutil',
};

/** What each target needs. JupyterLab 4 is packaged since Debian 13 (packages.debian.org, `jupyterlab`). */
const OWN: Readonly<Record<Target, readonly string[]>> = {
  notebook: ['jupyterlab', 'python3-ipykernel'],
  serve: ['gunicorn', 'python3-gunicorn', 'python3-uvicorn'],
  job: [],
  dev: [],
};

/** Where Debian's JupyterLab keeps its pages. */
export const DISTRIBUTION_LAB = '/usr/share/jupyter/lab';

/** A line of a requirements file that names a package by its place alone. */
const PLACED = /^[ \t]*(?:(?:git|hg|svn|bzr)\+|https?:)/m;

/** Whether the distribution may have what a project names: nothing that lies elsewhere. */
export const mayHave = ({requirements, files}: Pick<Project, 'requirements' | 'files'>): boolean =>
  requirements.every(({url}) => url === null) && !files.some(({text}) => PLACED.test(text));

/**
 * Debian packages for the target and the requirements, where no Python index answers. A package that the distribution lacks
 * fails the build by name.
 */
export const distributionPackages = (requirements: readonly Requirement[], target: Target): string[] => [
  ...OWN[target],
  ...requirements.map(({name}) => DEBIAN_NAMES[name] ?? `python3-${name}`),
  ...(requirements.some(isBounded) ? ['python3-packaging'] : []),
];

/** How the check of its versions begins its refusal. */
export const OTHER_VERSIONS = 'gpudock: the distribution has other versions than the project asks for';

/** Python that refuses what is not as the project asks for it; null: it asks for no version. */
export function versionsCheck(requirements: readonly Requirement[]): string | null {
  const bounded = requirements.filter(isBounded).map(requirement => quoted({...requirement, extras: []}));
  return bounded.length === 0 ? null : `python -c '${VERSIONS_CHECK}' ${bounded.join(' ')}`;
}

const isBounded = ({specifier}: Requirement): boolean => specifier !== '';

const VERSIONS_CHECK = [
  'import sys; from importlib.metadata import distributions',
  'from packaging.requirements import Requirement; from packaging.utils import canonicalize_name',
  'there = {canonicalize_name(one.name): one.version for one in distributions()}',
  'asked = [one for one in map(Requirement, sys.argv[1:]) if one.marker is None or one.marker.evaluate()]',
  'fits = lambda one: one.name in there and one.specifier.contains(there[one.name], prereleases=True)',
  'wrong = [f"{one} (it has {there.get(one.name)})" for one in asked if not fits(one)]',
  `wrong and sys.exit("${OTHER_VERSIONS}: " + ", ".join(wrong))`,
].join('; \\\n        ');
