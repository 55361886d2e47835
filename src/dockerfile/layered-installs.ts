import {backend, INSTALL, type Install, installer} from './install.js';
import type {DockerfileQuestion} from './question.js';
import {commentOf, type Wanted} from './wanted.js';

/** Packages of more than some megabytes that many projects name: worth a layer that others do not touch. */
const LARGE = [
  ...['numpy', 'pandas', 'scipy', 'scikit-learn', 'scikit-image', 'matplotlib', 'fonttools', 'pillow', 'pyarrow'],
  ...['polars.*', 'numba', 'llvmlite', 'sympy', 'xgboost', 'lightgbm', 'catboost', 'spacy', 'plotly', 'bokeh'],
  ...[
    'torch',
    'torchvision',
    'torchaudio',
    'triton',
    'nvidia-.*',
    'tensorflow.*',
    'keras',
    'jax',
    'jaxlib',
    'jax-cuda.*',
  ],
  ...['transformers', 'tokenizers', 'datasets', 'opencv-.*', 'jupyterlab', 'notebook', 'babel', 'jedi', 'debugpy'],
  ...['ipython', 'pygments', 'pyzmq', 'tornado', 'pip', 'setuptools', 'wheel'],
];

/** What is not large, by first letter: a package that is added changes one of these layers, and no step waits for another. */
const SHARES = ['a-f', 'g-l', 'm-p', 'q-z'];

/** A folder that is laid over the environment. */
const SHARE = '/opt/share';

/**
 * All versions are chosen at once; then each layer stays as it is while the file that names its packages does: BuildKit
 * compares that file, not the step that wrote it. (Podman compares what is copied, and nothing that is mounted.)
 */
export function layeredInstalls({
  own,
  found,
  ...question
}: DockerfileQuestion & {own: readonly string[]; found: Wanted}): Install[] {
  const {named, files, list} = found;
  const compile = `/opt/uv/bin/uv pip compile${backend(question)} --quiet --no-header --no-annotate --emit-build-options`;
  const from = (words: readonly string[]): string => (words.length === 0 ? '' : `printf '%s\\n' ${words.join(' ')} | `);
  const words = [...own.map(name => `'${name}'`), ...named];
  const sources = [...(list === null ? [] : [list]), ...(words.length === 0 ? [] : ['-'])].join(' ');
  const comment = commentOf(files, '');
  const install = `${installer(question, false)} --no-deps`;
  return [
    {
      ...INSTALL,
      stage: 'resolved',
      comment: `which versions fit one another: ${comment}`,
      files: files.map(({path}) => path),
      into: null,
      run: [
        'mkdir /resolved && cd /resolved',
        own.length === 0 ? ': > own.txt' : `${from(own.map(name => `'${name}'`))}${compile} --output-file own.txt -`,
        `${from(words)}${compile} --output-file packages.txt ${sources}`,
        `touch large.txt ${SHARES.map(share => `${share}.txt`).join(' ')}`,
        `awk -F== '${SPLIT}' own.txt packages.txt`,
      ].join(' \\\n    && '),
    },
    {
      ...INSTALL,
      stage: 'large',
      comment: 'what is large, or the same for many projects',
      parent: 'builder',
      made: ['large.txt'],
      run: `${install} -r /build/large.txt`,
    },
    ...SHARES.map(share => ({
      ...INSTALL,
      stage: `packages-${share}`,
      comment: `those from ${share.replace('-', ' to ')}`,
      parent: 'large',
      made: [`${share}.txt`],
      into: SHARE,
      // They install side by side: together no more downloads at once than one step has (see the template).
      run: `mkdir ${SHARE} && UV_CONCURRENT_DOWNLOADS=4 ${install} --prefix ${SHARE} -r /build/${share}.txt`,
    })),
  ];
}

/** An awk program that names each package in the file of its layer, and an option of uv in the file of each. */
const SPLIT = [
  `BEGIN { split("large ${SHARES.join(' ')}", layers) }`,
  'FILENAME == ARGV[1] { own[$1]; next }',
  '/^-/ { for (i in layers) print > (layers[i] ".txt"); next }',
  `{ layer = $1 in own || $1 ~ /^(${LARGE.join('|')})$/ ? "large"${SHARES.slice(0, -1)
    .map(share => ` : $1 ~ /^[${share}]/ ? "${share}"`)
    .join('')} : "${SHARES.at(-1)}";`,
  'print > (layer ".txt") }',
].join(' \\\n         ');
