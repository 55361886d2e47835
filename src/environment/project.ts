import {basename, dirname, join, normalize, resolve} from 'node:path';
import {Failure} from '../failure.js';
import type {World} from '../world/world.js';
import {merged, readLayers} from './layers.js';
import {usableFolder} from './project-folder.js';
import {parseRequirement, type Requirement} from './requirement.js';
import {parseRequirementsFile} from './requirements-file.js';
import type {Settings} from './settings.js';

/** A file of the project that the image is made from. */
export interface ProjectFile {
  /** Relative to the project folder, with forward slashes. */
  path: string;
  text: string;
}

/** What a project folder says about the environment it needs. */
export interface Project {
  /** Absolute path. */
  dir: string;
  /** Lower case, fit for an image name. */
  name: string;
  /** The owner of the folder on this machine. */
  owner: {uid: number; gid: number};
  settings: Settings;
  /** Where the Python packages are named; `none` when the project names none. */
  kind: 'requirements' | 'pyproject' | 'uv' | 'poetry' | 'conda' | 'none';
  /** Files that the installer reads, the first one first. */
  files: ProjectFile[];
  requirements: Requirement[];
  /** A version or specifier of Python, as stated. */
  python: string | null;
  /** Packages of the base image's distribution, from apt.txt and gpudock.yaml. */
  apt: string[];
  /** What a person should know about how the files were read. */
  notes: string[];
}

type Files = Pick<World, 'env' | 'read' | 'stat' | 'cwd'>;

/** Reads a project folder. Throws a Failure for a folder or file that cannot be used. */
export async function readProject(world: Files, folder: string): Promise<Project> {
  const dir = resolve(world.cwd, folder);
  const owner = await usableFolder(world, dir);
  const settings = merged(await readLayers(world, await readText(world, dir, 'gpudock.yaml')));
  const wanted = await readPackages(world, dir);
  const extra = (settings.packages ?? []).map(text => required(text, 'gpudock.yaml'));
  return {
    dir,
    owner,
    settings,
    name: settings.name ?? slug(basename(dir)),
    ...wanted,
    requirements: [...wanted.requirements, ...extra],
    python: settings.python ?? wanted.python,
    apt: aptPackages([...(await aptLines(world, dir)), ...(settings.apt ?? [])]),
  };
}

/** A name that both Docker and a person accept. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '') || 'project';

type Packages = Pick<Project, 'kind' | 'files' | 'requirements' | 'python' | 'notes'>;

/** The first of the three kinds of file that is there; the others are named in a note. */
async function readPackages(world: Files, dir: string): Promise<Packages> {
  const present: {path: string; text: string}[] = [];
  for (const path of ['requirements.txt', 'pyproject.toml', 'environment.yml', 'environment.yaml']) {
    const text = await readText(world, dir, path);
    if (text !== null) present.push({path, text});
  }
  const [first, ...rest] = present;
  if (first === undefined) return {kind: 'none', files: [], requirements: [], python: null, notes: []};
  const packages = await readPackageFile(world, dir, first);
  const ignored = rest.map(file => `${file.path} was not read: ${first.path} comes first`);
  return {...packages, notes: [...packages.notes, ...ignored]};
}

async function readPackageFile(world: Files, dir: string, file: ProjectFile): Promise<Packages> {
  if (file.path === 'requirements.txt') return readRequirements(world, dir, file);
  if (file.path === 'pyproject.toml') return readPyproject(world, dir, file);
  const {parseCondaFile} = await import('./conda-file.js');
  const {leftOut, ...conda} = parseCondaFile(file.text, file.path);
  const notes = [
    `${file.path} is installed from PyPI under PyPI's names`,
    ...(leftOut.length === 0 ? [] : [`not installed, the image brings its own: ${leftOut.join(', ')}`]),
  ];
  return {kind: 'conda', files: [], notes, ...conda};
}

/** What poetry.lock says, as pip reads it. */
const POETRY_REQUIREMENTS = 'poetry.lock.txt';

/** With the lock of uv or of poetry beside it, exactly what that names. */
async function readPyproject(world: Files, dir: string, file: ProjectFile): Promise<Packages> {
  const {parsePyproject} = await import('./pyproject.js');
  const {poetry, ...stated} = parsePyproject(file.text, file.path);
  const plain: Packages = {kind: 'pyproject', files: [file], notes: [], ...stated};
  const [uv, poetryLock] = await Promise.all(['uv.lock', 'poetry.lock'].map(path => readText(world, dir, path)));
  const {parsePoetryLock, parseUvLock} = await import('./tool-locks.js');
  if (uv !== null && uv !== undefined) {
    const versions = parseUvLock(uv, 'uv.lock');
    const requirements = stated.requirements.map(requirement => {
      const version = requirement.url === null ? versions.get(requirement.name) : undefined;
      return version === undefined ? requirement : {...requirement, specifier: `==${version}`, from: 'uv.lock'};
    });
    return {...plain, kind: 'uv', files: [file, {path: 'uv.lock', text: uv}], requirements};
  }
  if (poetryLock === null || poetryLock === undefined)
    return {...plain, notes: poetry ? [`poetry's own tables are not read without poetry.lock: poetry lock`] : []};
  const {text, requirements} = parsePoetryLock(poetryLock, 'poetry.lock');
  const from = POETRY_REQUIREMENTS;
  return {
    ...plain,
    kind: 'poetry',
    files: [{path: from, text}],
    requirements: requirements.map(requirement => ({...requirement, from})),
  };
}

/** Follows `-r` and `-c` within the project folder. */
async function readRequirements(world: Files, dir: string, first: ProjectFile): Promise<Packages> {
  const packages: Packages = {kind: 'requirements', files: [], requirements: [], python: null, notes: []};
  const queue = [first];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    packages.files.push(file);
    const content = parseRequirementsFile(file.text, file.path);
    const [bad] = [...content.unreadable, ...content.local];
    if (bad !== undefined) throw unusable(bad, content.local.includes(bad));
    packages.requirements.push(...content.requirements);
    for (const named of [...content.includes, ...content.constraints]) {
      const path = insideProject(named, file.path);
      if ([...packages.files, ...queue].some(known => known.path === path)) continue;
      const text = await readText(world, dir, path);
      if (text === null) throw missingInclude(path, file.path);
      queue.push({path, text});
    }
  }
  return packages;
}

const unusable = ({text, from}: {text: string; from: string}, local: boolean): Failure =>
  new Failure({
    code: 'requirement_unreadable',
    message: `${from}: "${text}" cannot be installed`,
    cause: local
      ? "it needs the project's own files while the image is built; the image holds packages, the project is mounted"
      : 'it is not a requirement that pip knows',
    fix: local ? `remove the line: /workspace is on PYTHONPATH in the container` : `correct ${from}`,
  });

function insideProject(named: string, from: string): string {
  const path = normalize(join(dirname(from), named));
  if (path.startsWith('..') || path.startsWith('/') || !/^[\w.@+/-]+$/.test(path))
    throw new Failure({
      code: 'requirement_unreadable',
      message: `${from} names ${named}, which is outside the project or has an unusual name`,
      fix: 'keep requirement files inside the project folder',
    });
  return path;
}

const missingInclude = (path: string, from: string): Failure =>
  new Failure({
    code: 'requirement_unreadable',
    message: `${from} names ${path}, which does not exist`,
    fix: `create ${path} or remove the line from ${from}`,
  });

function required(text: string, from: string): Requirement {
  const requirement = parseRequirement(text, from);
  if (requirement === null) throw unusable({text, from}, false);
  return requirement;
}

async function aptLines(world: Files, dir: string): Promise<string[]> {
  const text = await readText(world, dir, 'apt.txt');
  return (text ?? '')
    .split(/\r\n|\n/)
    .map(line => line.replace(/#.*$/, '').trim())
    .filter(Boolean);
}

/**
 * Debian policy 5.6.7: lower case letters, digits, `+`, `-`, `.`; a version may follow `=`. None ends in `-`: apt-get
 * would remove that package.
 */
function aptPackages(lines: string[]): string[] {
  for (const line of lines)
    if (!/^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9]+)?(?:=[A-Za-z0-9.+:~-]+)?$/.test(line))
      throw new Failure({
        code: 'apt_package_unreadable',
        message: `"${line}" is not the name of a Debian package`,
        fix: 'correct apt.txt, or apt: in gpudock.yaml: one package a line',
      });
  return [...new Set(lines)].sort();
}

async function readText(world: Files, dir: string, path: string): Promise<string | null> {
  const file = await world.read(join(dir, path), 1024 * 1024);
  if (file.status === 'not-found') return null;
  if (file.status !== 'ok')
    throw new Failure({
      code: 'file_unreadable',
      message: `${join(dir, path)} cannot be read`,
      fix: `ls -l ${join(dir, path)}; give yourself the right to read it`,
    });
  return Buffer.from(file.value)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}
