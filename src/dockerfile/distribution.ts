import type {Requirement} from '../environment/requirement.js';

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

/** JupyterLab 4 is packaged since Debian 13 (packages.debian.org, `jupyterlab`). */
const JUPYTER = ['jupyterlab', 'python3-ipykernel'];

/**
 * Debian packages for Jupyter and the requirements, where no Python index answers. Versions are the distribution's: a
 * package that it lacks fails the build by name.
 */
export const distributionPackages = (requirements: readonly Requirement[]): string[] => [
  ...JUPYTER,
  ...requirements.map(({name}) => DEBIAN_NAMES[name] ?? `python3-${name}`),
];
