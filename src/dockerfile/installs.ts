import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import {atLeast} from '../matrix/dotted.js';
import type {DockerfileQuestion} from './render.js';

/** One step that puts packages into the virtual environment; a layer of the image. */
export interface Install {
  /** Name of the stage that it makes. */
  stage: string;
  comment: string;
  files: readonly string[];
  /** The stage that it goes on from; null: the one before. */
  parent: string | null;
  /** Files that the stage `resolved` wrote. */
  made: readonly string[];
  /** Whether it may use the caller's own secrets and ssh agent. */
  private: boolean;
  /** Whether it changes the environment; else it only finds something out. */
  installs: boolean;
  run: string;
}

/** The file of the build context that holds the packages of a lock. */
export const LOCKED = {hashed: 'gpudock.hashed.txt', named: 'gpudock.named.txt'} as const;

/** The steps in the order of how seldom they change. `own`: packages of the target. */
export function installs(question: DockerfileQuestion, own: readonly string[], overBase: boolean): Install[] {
  if (question.locked !== null) return lockedInstalls(question, overBase);
  const found = wanted(question, overBase);
  if (found.list === null && found.named.length === 0)
    return own.length === 0 ? [] : [toolsInstall(question, own, overBase)];
  const optioned = found.exported !== '' || question.project.files.some(({text}) => OPTIONS.test(text));
  return overBase || optioned
    ? listedInstalls(question, own, overBase, found)
    : layeredInstalls({...question, own, found});
}

/** Options of a requirements file that would have to be repeated, or that ask for a hash of everything. */
const OPTIONS = /^[ \t]*-(?!r\b|c\b|-requirement\b|-constraint\b|-no-binary\b|-only-binary\b)|\s--hash[=\s]/m;

const installer = (question: DockerfileQuestion, overBase: boolean): string =>
  overBase
    ? 'python -m pip install -c /opt/constraints.txt'
    : `/opt/uv/bin/uv pip install --compile-bytecode${backend(question)}`;

const toolsInstall = (question: DockerfileQuestion, own: readonly string[], overBase: boolean): Install => ({
  ...INSTALL,
  stage: 'tools',
  comment: `${own.join(', ')}: changes less often than the packages`,
  private: false,
  run: [installer(question, overBase), ...own].join(' '),
});

/** One step for the target's own packages, one for the project's, as the installer finds them. */
function listedInstalls(
  question: DockerfileQuestion,
  own: readonly string[],
  overBase: boolean,
  {named, files, list, exported}: Wanted,
): Install[] {
  const step = (stage: string, comment: string, words: readonly string[], paths: readonly string[] = []): Install => ({
    ...INSTALL,
    stage,
    comment,
    files: paths,
    run: [installer(question, overBase), ...words].join(' '),
  });
  const before = own.length === 0 ? [] : [toolsInstall(question, own, overBase)];
  const comment = commentOf(files, exported);
  const paths = files.map(({path}) => path);
  // One package with a hash makes pip ask for the hash of every one: those without stand in a step of their own.
  if (list !== null && (exported !== '' || files.some(({text}) => HASHED.test(text))))
    return [
      ...before,
      preceded(exported, step('packages', comment, [`-r ${list}`], paths)),
      ...(named.length === 0 ? [] : [step('unhashed', 'packages that no hash is known of', named)]),
    ];
  return [...before, step('packages', comment, [...own, ...(list === null ? [] : [`-r ${list}`]), ...named], paths)];
}

const commentOf = (files: Project['files'], exported: string): string =>
  `the project's packages (${(exported === '' ? files[0] : files.at(-1))?.path ?? 'named in its files'})`;

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
  ...['ipython', 'pygments', 'pyzmq', 'tornado', 'setuptools'],
];

/**
 * All versions are chosen at once; then what is large, and what the target brings, is a layer that stays as it is when
 * another package is added: BuildKit compares the file that names it, not the step that wrote it.
 */
function layeredInstalls({
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
    step('packages', comment),
  ];
}

const INSTALL = {parent: null, files: [], made: [], private: true, installs: true} as const;

export const HASHED = /\s--hash[=\s]/;

/** CUDA versions that PyTorch's own index has wheels for, newest first (download.pytorch.org/whl). */
const WHEELS = ['13.0', '12.9', '12.8', '12.6', '12.4', '12.1', '11.8'];

/** uv's option for the build of PyTorch: for the CPU, or for the newest CUDA that the base's is at least. */
export function backend({packages, base}: Pick<DockerfileQuestion, 'packages' | 'base'>): string {
  if (packages === 'index-cpu') return ' --torch-backend=cpu';
  if (base.kind !== 'cuda' || base.framework !== 'pytorch' || !base.gpu) return '';
  const [, cuda = ''] = /cuda:(\d+\.\d+)/.exec(base.image) ?? [];
  const wheels = WHEELS.find(version => atLeast(cuda, version));
  return wheels === undefined ? '' : ` --torch-backend=cu${wheels.replace('.', '')}`;
}

/** Exactly the packages of the lock: nothing is resolved, and nothing without its hash but what comes from a repository. */
function lockedInstalls({locked, packages, base}: DockerfileQuestion, overBase: boolean): Install[] {
  const install = overBase
    ? 'python -m pip install --no-deps'
    : `/opt/uv/bin/uv pip install --compile-bytecode --no-deps${backend({packages, base})}`;
  const step = (stage: string, comment: string, words: string, file: string): Install => ({
    ...INSTALL,
    stage,
    comment,
    files: [file],
    run: `${install} ${words} -r /build/${file}`,
  });
  return [
    ...(locked?.python.some(({hashes}) => hashes.length > 0)
      ? [step('packages', 'the packages of gpudock.lock', '--require-hashes', LOCKED.hashed)]
      : []),
    ...(locked?.python.some(({hashes}) => hashes.length === 0)
      ? [step('repositories', 'those that come from repositories, by commit', '', LOCKED.named)]
      : []),
  ];
}

const preceded = (command: string, install: Install): Install => ({...install, run: `${command}${install.run}`});

interface Wanted {
  /** Requirements, each a shell word. */
  named: string[];
  files: Project['files'];
  /** The file that an installer reads; null: none. */
  list: string | null;
  /** What makes that file, with its `&&`. */
  exported: string;
}

/**
 * pip reads no pyproject.toml of a project that is not there: its requirements are named one by one. Of a uv.lock uv itself
 * says what it means for this Python.
 */
export function wanted(
  {project, requirements}: Pick<DockerfileQuestion, 'project' | 'requirements'>,
  overBase: boolean,
): Wanted {
  const {kind, files} = project;
  if (overBase && (kind === 'pyproject' || kind === 'uv'))
    return {named: project.requirements.map(quoted), files: [], list: null, exported: ''};
  const named = requirements.map(quoted);
  const [first] = files;
  if (kind === 'uv') return {named, files, list: EXPORTED, exported: `${EXPORT} && `};
  // Files that are named by others come after them.
  return {named, files, list: first === undefined ? null : `/build/${first.path}`, exported: ''};
}

const EXPORTED = '/tmp/uv.lock.txt';
const EXPORT = `/opt/uv/bin/uv export --project /build --frozen --no-dev --no-emit-project --quiet --output-file ${EXPORTED}`;

const quoted = (requirement: Requirement): string => `'${pep508(requirement)}'`;

/** The requirement as PEP 508 text. Its parts were validated when it was read; quotes cannot occur in the first three. */
const pep508 = ({name, extras, specifier, url, marker}: Requirement): string =>
  [
    name,
    extras.length > 0 ? `[${extras.join(',')}]` : '',
    url === null ? specifier : ` @ ${url}`,
    marker === null ? '' : ` ; ${marker.replaceAll("'", '"')}`,
  ].join('');
