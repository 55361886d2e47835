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
  /** Whether it may use the caller's own secrets and ssh agent. */
  private: boolean;
  run: string;
}

/** The file of the build context that holds the packages of a lock. */
export const LOCKED = {hashed: 'gpudock.hashed.txt', named: 'gpudock.named.txt'} as const;

/** Packages so large that they are a layer of their own, by framework. */
const HEAVY = ['torch', 'torchvision', 'torchaudio', 'tensorflow', 'tensorflow-cpu', 'jax', 'jaxlib'];

/** The steps in the order of how seldom they change: framework, the target's own packages, the project's. */
export function installs(question: DockerfileQuestion, own: readonly string[], overBase: boolean): Install[] {
  if (question.locked !== null) return lockedInstalls(question, overBase);
  const install = overBase
    ? 'python -m pip install -c /opt/constraints.txt'
    : `/opt/uv/bin/uv pip install --compile-bytecode${backend(question)}`;
  const step = (stage: string, comment: string, words: readonly string[], files: readonly string[] = []): Install => ({
    stage,
    comment,
    files,
    private: stage !== 'tools',
    run: [install, ...words].join(' '),
  });
  const {named, files, list, exported} = wanted(question, overBase);
  const framework = overBase ? [] : heavy(question.project);
  const before = [
    ...(framework.length === 0 ? [] : [step('framework', 'the framework, which is large', framework.map(quoted))]),
    ...(own.length === 0 ? [] : [step('tools', `${own.join(', ')}: changes less often than the packages`, own)]),
  ];
  if (list === null && named.length === 0) return before;
  const comment = `the project's packages (${(exported === '' ? files[0] : files.at(-1))?.path ?? 'named in its files'})`;
  const paths = files.map(({path}) => path);
  // One package with a hash makes pip ask for the hash of every one: those without stand in a step of their own.
  if (list !== null && (exported !== '' || files.some(({text}) => HASHED.test(text))))
    return [
      ...before,
      preceded(exported, step('packages', comment, [`-r ${list}`], paths)),
      ...(named.length === 0 ? [] : [step('unhashed', 'packages that no hash is known of', named)]),
    ];
  const words = [...own, ...(list === null ? [] : [`-r ${list}`]), ...named];
  return [...before, step('packages', comment, words, paths)];
}

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
    stage,
    comment,
    files: [file],
    private: true,
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

/** The framework as the project names it; nothing where its files hold options or hashes that say more. */
function heavy({requirements, files}: Project): Requirement[] {
  const optioned = files.some(({text}) => /^\s*-/m.test(text) || HASHED.test(text));
  return optioned ? [] : requirements.filter(({name}) => HEAVY.includes(name));
}

const quoted = (requirement: Requirement): string => `'${pep508(requirement)}'`;

/** The requirement as PEP 508 text. Its parts were validated when it was read; quotes cannot occur in the first three. */
const pep508 = ({name, extras, specifier, url, marker}: Requirement): string =>
  [
    name,
    extras.length > 0 ? `[${extras.join(',')}]` : '',
    url === null ? specifier : ` @ ${url}`,
    marker === null ? '' : ` ; ${marker.replaceAll("'", '"')}`,
  ].join('');
