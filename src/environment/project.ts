import {basename, resolve} from 'node:path';
import {Failure} from '../failure.js';
import {lineOfCredentials} from './credentials.js';
import {merged, readLayers} from './layers.js';
import {type Packages, type ProjectFile, readPackages, unusable} from './package-files.js';
import {type Files, readText, usableFolder} from './project-folder.js';
import {parseRequirement, type Requirement} from './requirement.js';
import type {Settings} from './settings.js';

/** What a project folder says about the environment it needs. */
export interface Project extends Packages {
  /** Absolute path. */
  dir: string;
  /** Lower case, fit for an image name. */
  name: string;
  /** The owner of the folder on this machine. */
  owner: {uid: number; gid: number};
  settings: Settings;
  /** Packages of the base image's distribution, from apt.txt and gpudock.yaml. */
  apt: string[];
}

/** Reads a project folder. Throws a Failure for a folder or file that cannot be used. */
export async function readProject(world: Files, folder: string): Promise<Project> {
  const dir = resolve(world.cwd, folder);
  const owner = await usableFolder(world, dir);
  const settings = merged(await readLayers(world, await readText(world, dir, 'gpudock.yaml')));
  const wanted = await readPackages(world, dir);
  const extra = (settings.packages ?? []).map(text => required(text, 'gpudock.yaml'));
  refuseCredentials([...wanted.files, {path: 'gpudock.yaml', text: (settings.packages ?? []).join('\n')}]);
  const local = [...wanted.requirements, ...extra].find(({url}) => url?.startsWith('file:'));
  if (local !== undefined) throw unusable({text: `${local.name} @ ${local.url}`, from: local.from}, true);
  return {
    dir,
    owner,
    settings,
    name: settings.name ?? slug(basename(dir)),
    ...wanted,
    notes: [...wanted.notes, ...(wanted.kind === 'none' && extra.length === 0 ? await unnamed(world, dir) : [])],
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

/** What a person should know who has named no packages. */
async function unnamed(world: Files, dir: string): Promise<string[]> {
  for (const path of ['setup.py', 'setup.cfg'])
    if ((await readText(world, dir, path)) !== null)
      return [`${path} is not read: what it asks for belongs into requirements.txt, or dependencies of pyproject.toml`];
  return ['no requirements.txt, pyproject.toml or environment.yml names packages: none but the tools are installed'];
}

function required(text: string, from: string): Requirement {
  const requirement = parseRequirement(text, from);
  if (requirement === null) throw unusable({text, from}, false);
  return requirement;
}

/** What names the packages is copied into the build, and stays in its cache. */
function refuseCredentials(files: readonly ProjectFile[]): void {
  for (const {path, text} of files) {
    const line = lineOfCredentials(text);
    if (line === null) continue;
    const place = path === 'gpudock.yaml' ? path : `${path}:${line}`;
    throw new Failure({
      code: 'credentials_in_file',
      message: `${place} holds a password or a token in an address`,
      cause: 'what names the packages is copied into the build, and would stay in its cache',
      fix: "take it out, and lend it: --secret id=netrc,src=$HOME/.netrc; an index's address may also stand in pip's own settings, which a build is lent",
    });
  }
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
