import {backend, INSTALL, type Install, installer} from './install.js';
import type {DockerfileQuestion} from './question.js';
import {commentOf, type Wanted} from './wanted.js';

/** Packages of more than some megabytes that many projects name: with all that they need, worth a layer of their own. */
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
  ...['transformers', 'datasets', 'opencv-.*', 'jupyterlab', 'notebook', 'ipykernel', 'jedi', 'debugpy'],
  ...['ipython', 'pygments', 'pyzmq', 'tornado', 'gunicorn', 'uvicorn', 'pip', 'setuptools', 'wheel'],
];

/** What is not large: a folder that is laid over the environment. */
const SMALL = '/opt/small';

/**
 * All versions are chosen at once; then each layer stays as it is while the file that names its packages does: BuildKit
 * compares that file, not the step that wrote it. They are filled side by side, each on the stage that nothing changes:
 * BuildKit 0.13 to 0.15.1 reads all files below a step that has secrets, once for each state (moby/buildkit 3c87ba1bd).
 */
export function layeredInstalls({
  own,
  found,
  ...question
}: DockerfileQuestion & {own: readonly string[]; found: Wanted}): Install[] {
  const {named, files, list} = found;
  const compile = `/opt/uv/bin/uv pip compile${backend(question)} --quiet --no-header --annotation-style=line --emit-build-options`;
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
      run: `${[
        'mkdir /resolved && cd /resolved',
        `${from(words)}${compile} --output-file packages.txt ${sources}`,
        'touch large.txt small.txt',
      ].join(' \\\n    && ')} \\
    # what a large package needs is in its layer, all else is in the project's own
    && awk '${PART}' packages.txt`,
    },
    {
      ...INSTALL,
      stage: 'large',
      comment: 'what is large, or the same for many projects',
      parent: 'builder',
      made: ['large.txt'],
      run: `${install} -r /build/large.txt`,
    },
    {
      ...INSTALL,
      stage: 'packages',
      comment,
      parent: 'builder',
      made: ['small.txt'],
      into: SMALL,
      run: `mkdir ${SMALL} && ${install} --prefix ${SMALL} -r /build/small.txt`,
    },
  ];
}

/**
 * An awk program that names each package in the file of its layer, and an option of uv in the file of each. uv says behind a
 * package which others asked for it: one that a large one asked for is of its layer, so that a small one more changes nothing
 * there.
 */
export const PART = [
  '/^-/ { print > "large.txt"; print > "small.txt"; next }',
  '{ split($0, half, / +# via /); name = $1; sub(/[=@].*/, "", name); order[++count] = name;',
  '  line[name] = half[1]; askers[name] = ", " half[2] ", ";',
  `  if (name ~ /^(${LARGE.join('|')})$/) large[name] }`,
  'END { do { more = 0;',
  '  for (name in line) if (!(name in large)) for (asker in large)',
  '    if (index(askers[name], ", " asker ", ")) { large[name]; more = 1; break } } while (more);',
  '  for (at = 1; at <= count; at++) print line[order[at]] > (order[at] in large ? "large.txt" : "small.txt") }',
].join(' \\\n         ');
