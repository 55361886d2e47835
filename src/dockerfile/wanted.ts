import type {Project} from '../environment/project.js';
import type {Requirement} from '../environment/requirement.js';
import type {DockerfileQuestion} from './question.js';

export interface Wanted {
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

/** A requirement as a shell word. */
export const quoted = (requirement: Requirement): string => `'${pep508(requirement)}'`;

/** The requirement as PEP 508 text. Its parts were validated when it was read; quotes cannot occur in the first three. */
const pep508 = ({name, extras, specifier, url, marker}: Requirement): string =>
  [
    name,
    extras.length > 0 ? `[${extras.join(',')}]` : '',
    url === null ? specifier : ` @ ${url}`,
    marker === null ? '' : ` ; ${marker.replaceAll("'", '"')}`,
  ].join('');

export const HASHED = /\s--hash[=\s]/;

/** Where the project's packages are named, for a person. */
export const commentOf = (files: Project['files'], exported: string): string =>
  `the project's packages (${(exported === '' ? files[0] : files.at(-1))?.path ?? 'named in its files'})`;
