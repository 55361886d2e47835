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

/**
 * All versions are chosen at once; then what is large, and what the target brings, is a layer that stays as it is when
 * another package is added: BuildKit compares the file that names it, not the step that wrote it.
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
  const large = `awk -F== 'FILENAME == ARGV[1] { own[$1] = 1; next } NF == 2 && (own[$1] || $1 ~ /^(${LARGE.join('|')})$/)'`;
  const comment = commentOf(files, '');
  const step = (stage: string, comment: string): Install => ({
    ...INSTALL,
    stage,
    comment,
    made: [`${stage}.txt`],
    run: `${installer(question, false)} --no-deps -r /build/${stage}.txt`,
  });
  return [
    {
      ...INSTALL,
      stage: 'resolved',
      comment: `which versions fit one another: ${comment}`,
      files: files.map(({path}) => path),
      installs: false,
      run: [
        'mkdir /resolved && cd /resolved',
        own.length === 0 ? ': > own.txt' : `${from(own.map(name => `'${name}'`))}${compile} --output-file own.txt -`,
        `${from(words)}${compile} --output-file packages.txt ${sources}`,
        `${large} own.txt packages.txt > large.txt`,
      ].join(' \\\n    && '),
    },
    {...step('large', 'what is large, or the same for many projects'), parent: 'builder'},
    {...step('packages', comment), adds: true},
  ];
}
