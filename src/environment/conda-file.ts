import {parse, stringify} from 'yaml';
import * as z from 'zod';
import {Failure} from '../failure.js';
import {isBrought, isOwn, isProgram, pypiName} from './conda-names.js';
import {parseRequirement, type Requirement} from './requirement.js';

/** A channel by name or address. One with a password or a token would stay in the build's cache. */
const Channel = z
  .string()
  .regex(
    /^(?:https?:\/\/)?(?!.*\/t\/)[A-Za-z0-9][\w.:/-]*$/,
    'a channel is a name or https://HOST/PATH, without a password or a token',
  );

const CondaFile = z.object({
  channels: z.array(Channel).optional(),
  dependencies: z.array(z.union([z.string(), z.object({pip: z.array(z.string())})])).optional(),
});

/** What a conda environment.yml asks for. */
export interface CondaEnvironment {
  /** conda's packages, in PyPI's names. */
  requirements: Requirement[];
  /** The lines of its pip section, as pip has them. */
  pip: string[];
  /** The file without that section, for conda alone. */
  conda: string;
  python: string | null;
  /** conda packages that have no PyPI counterpart and no place in an image that brings its own CUDA. */
  leftOut: string[];
  /** Packages that conda's channels alone have: with one of them nothing can come from PyPI. */
  programs: string[];
}

/** Reads an environment.yml. Throws `invalid_conda_file`. */
export function parseCondaFile(text: string, file: string): CondaEnvironment {
  const document = CondaFile.safeParse(yaml(text, file));
  if (!document.success) throw invalid(file, z.prettifyError(document.error));
  const {channels, dependencies = []} = document.data;
  const specs = dependencies.filter(dependency => typeof dependency === 'string');
  const pip = dependencies.flatMap(dependency => (typeof dependency === 'string' ? [] : dependency.pip));
  const broken = pip.find(line => /[\r\n\0]/.test(line));
  if (broken !== undefined) throw invalid(file, `${JSON.stringify(broken)} is more than one line`);
  const conda = pip.length === 0 ? text : stringify({channels, dependencies: specs});
  const result: CondaEnvironment = {requirements: [], pip, conda, python: null, leftOut: [], programs: []};
  for (const spec of specs) readConda(spec, file, result);
  return result;
}

/** `channel::name=1.2=build`, `name>=1.2`, `name 1.2.*` (conda's MatchSpec, the part that environment files use). */
function readConda(spec: string, file: string, into: CondaEnvironment): void {
  const match = /^(?:([^:\s]+)::)?([A-Za-z0-9._-]+)\s*([=<>!~].*|(?<=\s)\d.*)?$/.exec(spec.trim());
  if (match === null) throw invalid(file, `"${spec}" is not a conda package`);
  const [, channel = null, name = '', version = ''] = match;
  const specifier = pypiSpecifier(/^\d/.test(version) ? `==${version.split(/\s/, 1)[0]}` : version.replace(/\s+/g, ''));
  if (name === 'python') into.python = specifier === '' ? null : specifier;
  else if (isBrought(name)) into.leftOut.push(name);
  else {
    const requirement = isProgram(name) ? null : parseRequirement(`${pypiName(name)}${specifier}`, file);
    if (requirement === null && !isProgram(name)) throw invalid(file, `"${spec}" is not a conda package`);
    if (requirement === null || isOwn(channel)) into.programs.push(name);
    if (requirement !== null) into.requirements.push(requirement);
  }
}

/** conda's `=1.2`, `=1.2*` and `=1.2.*` mean `1.2.*`; `==1.2.3` and `=1.2.3=build` mean exactly that version. */
function pypiSpecifier(version: string): string {
  const [, equals = '', number = '', star = '', build] = /^(==?)([\w.]*\w)(\.?\*)?(=[\w*.]+)?$/.exec(version) ?? [];
  if (number === '') return version;
  const exact = star === '' && (equals === '==' || build !== undefined);
  return exact ? `==${number}` : `==${number}.*`;
}

function yaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(file, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

const invalid = (file: string, cause: string): Failure =>
  new Failure({code: 'invalid_conda_file', message: `${file} cannot be read`, cause, fix: `correct ${file}`});
