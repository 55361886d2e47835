import type {Requirement} from '../environment/requirement.js';
import type {Target} from './target.js';

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

/**
 * Debian packages for the target and the requirements, where no Python index answers. Versions are the distribution's: a
 * package that it lacks fails the build by name.
 */
export const distributionPackages = (requirements: readonly Requirement[], target: Target): string[] => [
  ...OWN[target],
  ...requirements.map(({name}) => DEBIAN_NAMES[name] ?? `python3-${name}`),
];
