import {dirname, join, normalize} from 'node:path';
import {Failure} from '../failure.js';
import {refuseOutdated} from './outdated-lock.js';
import {type Files, readText} from './project-folder.js';
import type {Requirement} from './requirement.js';
import {parseRequirementsFile} from './requirements-file.js';

/** A file of the project that the image is made from. */
export interface ProjectFile {
  /** Relative to the project folder, with forward slashes. */
  path: string;
  text: string;
}

/** What the files that name packages say. */
export interface Packages {
  /**
   * Where the Python packages are named; `conda`: in a file of conda, in names that PyPI has too; `micromamba`: in one
   * that only conda's channels can serve; `none` when the project names none.
   */
  kind: 'requirements' | 'pyproject' | 'uv' | 'poetry' | 'conda' | 'micromamba' | 'none';
  /** Files that the installer reads, the first one first. */
  files: ProjectFile[];
  requirements: Requirement[];
  /** What files of constraints say: versions of packages that may not be wanted at all. */
  constraints: Requirement[];
  /** A version or specifier of Python, as stated. */
  python: string | null;
  /** What a person should know about how the files were read. */
  notes: string[];
}

const NOTHING: Packages = {kind: 'none', files: [], requirements: [], constraints: [], python: null, notes: []};

/** The first of the three kinds of file that names packages; the others are named in a note. */
export async function readPackages(world: Files, dir: string): Promise<Packages> {
  let first: {path: string; packages: Packages} | null = null;
  const ignored: string[] = [];
  for (const path of ['requirements.txt', 'pyproject.toml', 'environment.yml', 'environment.yaml']) {
    const text = await readText(world, dir, path);
    if (text === null) continue;
    if (first !== null) ignored.push(`${path} was not read: ${first.path} comes first`);
    else {
      const packages = await readPackageFile(world, dir, {path, text});
      if (packages !== null) first = {path, packages};
    }
  }
  if (first === null) return NOTHING;
  return {...first.packages, notes: [...first.packages.notes, ...ignored]};
}

/** Null: the file names none. */
async function readPackageFile(world: Files, dir: string, file: ProjectFile): Promise<Packages | null> {
  if (file.path === 'requirements.txt') return readRequirements(world, dir, file);
  if (file.path === 'pyproject.toml') return readPyproject(world, dir, file);
  const {parseCondaFile} = await import('./conda-file.js');
  const {leftOut, programs, conda, pip, requirements, python} = parseCondaFile(file.text, file.path);
  const section = {path: `${file.path}.pip.txt`, text: `${pip.join('\n')}\n`};
  const named = pip.length === 0 ? NOTHING : await readRequirements(world, dir, section);
  const stated = {...named, requirements: [...requirements, ...named.requirements], python};
  if (programs.length > 0) {
    const notes = [`${file.path} is installed by micromamba: conda alone brings ${programs.slice(0, 5).join(', ')}`];
    return {...stated, kind: 'micromamba', files: [{path: file.path, text: conda}, ...named.files], notes};
  }
  const notes = [
    `${file.path} is installed from PyPI under PyPI's names`,
    ...(leftOut.length === 0 ? [] : [`not installed, the image brings its own: ${leftOut.join(', ')}`]),
  ];
  return {...stated, kind: 'conda', notes};
}

/** What poetry.lock says, as pip reads it. */
const POETRY_REQUIREMENTS = 'poetry.lock.txt';

/** With the lock of uv or of poetry beside it, exactly what that names. */
async function readPyproject(world: Files, dir: string, file: ProjectFile): Promise<Packages | null> {
  const {parsePyproject} = await import('./pyproject.js');
  const {namedIn, ...stated} = parsePyproject(file.text, file.path);
  const plain: Packages = {...NOTHING, kind: 'pyproject', files: [file], ...stated};
  const [uv, poetryLock] = await Promise.all(['uv.lock', 'poetry.lock'].map(path => readText(world, dir, path)));
  const {parsePoetryLock, parseUvLock} = await import('./tool-locks.js');
  if (uv !== null && uv !== undefined) {
    const versions = parseUvLock(uv, 'uv.lock');
    refuseOutdated(stated.requirements, versions, {file: 'uv.lock', command: 'uv lock'});
    const requirements = stated.requirements.map(requirement => {
      const version = requirement.url === null ? (versions.get(requirement.name) ?? null) : null;
      return version === null ? requirement : {...requirement, specifier: `==${version}`, from: 'uv.lock'};
    });
    return {...plain, kind: 'uv', files: [file, {path: 'uv.lock', text: uv}], requirements};
  }
  if (poetryLock === null || poetryLock === undefined) {
    if (namedIn === 'poetry' || namedIn === 'dynamic') throw notPlain(file.path, namedIn);
    return namedIn === 'project' ? plain : null;
  }
  const {text, requirements, versions} = parsePoetryLock(poetryLock, 'poetry.lock');
  refuseOutdated(stated.requirements, versions, {file: 'poetry.lock', command: 'poetry lock'});
  const from = POETRY_REQUIREMENTS;
  return {
    ...plain,
    kind: 'poetry',
    files: [{path: from, text}],
    requirements: requirements.map(requirement => ({...requirement, from})),
  };
}

const notPlain = (path: string, namedIn: 'poetry' | 'dynamic'): Failure =>
  new Failure({
    code: 'requirements_not_plain',
    message: `${path} does not say which packages the project needs`,
    cause:
      namedIn === 'poetry'
        ? "they stand in poetry's own tables, and there is no poetry.lock"
        : "its dependencies are dynamic: the project's own build finds them out, and the image holds packages alone",
    fix: namedIn === 'poetry' ? 'poetry lock' : 'write them into dependencies, or lock them: uv lock',
  });

/** A file of requirements, and where what it names belongs. */
interface Listed {
  file: ProjectFile;
  into: Requirement[];
}

/** Follows `-r` and `-c` within the project folder. */
async function readRequirements(world: Files, dir: string, first: ProjectFile): Promise<Packages> {
  const packages = {...NOTHING, kind: 'requirements' as const, files: [first], requirements: [], constraints: []};
  const queue: Listed[] = [{file: first, into: packages.requirements}];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const {file, into} = next;
    const content = parseRequirementsFile(file.text, file.path);
    const [bad] = [...content.unreadable, ...content.local];
    if (bad !== undefined) throw unusable(bad, content.local.includes(bad));
    into.push(...content.requirements);
    const named = [
      ...content.includes.map(path => ({path, into})),
      ...content.constraints.map(path => ({path, into: packages.constraints})),
    ];
    for (const {path: stated, into} of named) {
      const path = insideProject(stated, file.path);
      if (packages.files.some(known => known.path === path)) continue;
      const text = await readText(world, dir, path);
      if (text === null) throw missingInclude(path, file.path);
      packages.files.push({path, text});
      queue.push({file: {path, text}, into});
    }
  }
  return packages;
}

/** A repository as a working copy beside the environment. */
const EDITABLE = /^(?:-e|--editable)[\s=]*(?:git|hg|svn|bzr)\+/;

export function unusable({text, from}: {text: string; from: string}, local: boolean): Failure {
  if (EDITABLE.test(text))
    return new Failure({
      code: 'requirement_unreadable',
      message: `${from}: "${text}" cannot be installed`,
      cause: 'it asks for a working copy beside the environment, which the image does not hold',
      fix: `write the line without -e in ${from}`,
    });
  return new Failure({
    code: 'requirement_unreadable',
    message: `${from}: "${text}" cannot be installed`,
    cause: local
      ? "it needs the project's own files while the image is built; the image holds packages, the project is mounted"
      : 'it is not a requirement that pip knows',
    fix: local
      ? 'remove the line: in the container Python finds the modules of the project, and of its src folder'
      : `correct ${from}`,
  });
}

function insideProject(named: string, from: string): string {
  const path = normalize(join(dirname(from), named));
  if (path.startsWith('..') || path.startsWith('/') || !/^[\w.@+/][\w.@+/-]*$/.test(path))
    throw new Failure({
      code: 'requirement_unreadable',
      message: `${from} names ${named}, which is outside the project or has an unusual name`,
      fix: 'keep requirement and constraint files inside the project folder; one at an address is downloaded there first',
    });
  return path;
}

const missingInclude = (path: string, from: string): Failure =>
  new Failure({
    code: 'requirement_unreadable',
    message: `${from} names ${path}, which does not exist`,
    fix: `create ${path} or remove the line from ${from}`,
  });
