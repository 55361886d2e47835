import {parse} from 'smol-toml';
import * as z from 'zod';
import {Failure} from '../failure.js';
import {normalizeName, parseRequirement, type Requirement} from './requirement.js';

const Dependencies = z.array(z.object({name: z.string()})).optional();
const UvPackage = z.object({
  name: z.string(),
  version: z.string().optional(),
  /** `editable`, `virtual`, `directory` and `path` lie on this machine; the project itself is `.` */
  source: z.record(z.string(), z.unknown()).optional(),
  dependencies: Dependencies,
});
const UvLock = z.object({package: z.array(UvPackage).optional()});
type UvPackage = z.infer<typeof UvPackage>;

const LOCAL = ['editable', 'virtual', 'directory', 'path'] as const;

const placeOf = ({source = {}}: UvPackage): unknown => LOCAL.map(key => source[key]).find(place => place !== undefined);

/** A package of this machine that the project needs; null: none. What its development alone needs does not count. */
function neededLocally(packages: readonly UvPackage[]): string | null {
  const needed = new Set(packages.filter(one => placeOf(one) === '.').map(({name}) => name));
  for (const name of needed)
    for (const one of packages)
      if (one.name === name) for (const dependency of one.dependencies ?? []) needed.add(dependency.name);
  const local = packages.find(one => needed.has(one.name) && placeOf(one) !== undefined && placeOf(one) !== '.');
  return local?.name ?? null;
}

/**
 * Versions in a uv.lock, by name; null for a name that it has in several, or without one. uv itself installs from the file:
 * this is for choosing an image.
 */
export function parseUvLock(text: string, file: string): Map<string, string | null> {
  const {package: packages = []} = read(UvLock, text, file);
  const local = neededLocally(packages);
  if (local !== null) throw ofThisMachine(file, local);
  const versions = new Map<string, string | null>();
  for (const {name, version = null} of packages) {
    const key = normalizeName(name);
    versions.set(key, versions.has(key) ? null : version);
  }
  return versions;
}

/** The part of poetry.lock that is installed from (python-poetry.org, lock files of 1.x and 2.x). */
const PoetryLock = z.object({
  package: z
    .array(
      z.object({
        name: z.string(),
        version: z.string(),
        optional: z.boolean().optional(),
        /** 2.x; 1.x says nothing. */
        groups: z.array(z.string()).optional(),
        markers: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
        files: z.array(z.object({hash: z.string().regex(/^sha(?:256|384|512):[0-9a-f]+$/)})).optional(),
        source: z.object({type: z.string(), url: z.string(), resolved_reference: z.string().optional()}).optional(),
      }),
    )
    .optional(),
});
type PoetryPackage = NonNullable<z.infer<typeof PoetryLock>['package']>[number];

export interface PoetryPackages {
  /** pip's requirement lines, with hashes. */
  text: string;
  requirements: Requirement[];
  /** Of every package in it, by name. */
  versions: Map<string, string>;
}

/** The main group of a poetry.lock as requirements; optional packages are left out. Throws `invalid_pyproject`. */
export function parsePoetryLock(text: string, file: string): PoetryPackages {
  const {package: packages = []} = read(PoetryLock, text, file);
  const wanted = packages.filter(({optional, groups = ['main']}) => optional !== true && groups.includes('main'));
  const found = wanted.map(locked => {
    const stated = requirementText(locked, file);
    const requirement = parseRequirement(stated, file);
    if (requirement === null) throw invalid(file, `"${locked.name}" is locked in a way that pip does not know`);
    const hashes = requirement.url === null ? (locked.files ?? []).map(({hash}) => ` --hash=${hash}`) : [];
    return {requirement, line: `${stated}${hashes.join('')}`};
  });
  return {
    text: found.map(({line}) => `${line}\n`).join(''),
    requirements: found.map(({requirement}) => requirement),
    versions: new Map(packages.map(({name, version}) => [normalizeName(name), version])),
  };
}

function requirementText({name, version, markers, source}: PoetryPackage, file: string): string {
  const main = typeof markers === 'string' ? markers : markers?.main;
  const marker = main === undefined ? '' : ` ; ${main}`;
  if (source === undefined || source.type === 'legacy') return `${name}==${version}${marker}`;
  if (source.type === 'git') return `${name} @ git+${source.url}@${source.resolved_reference ?? ''}${marker}`;
  if (source.type === 'url') return `${name} @ ${source.url}${marker}`;
  throw ofThisMachine(file, name);
}

function read<T>(schema: z.ZodType<T>, text: string, file: string): T {
  const document = schema.safeParse(toml(text, file));
  if (!document.success) throw invalid(file, z.prettifyError(document.error).split('\n')[0] ?? '');
  return document.data;
}

function toml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
}

const ofThisMachine = (file: string, name: string): Failure =>
  new Failure({
    code: 'requirement_unreadable',
    message: `${file}: "${name}" cannot be installed`,
    cause: "it is a folder or file of this machine, and the image is made without the project's own files",
    fix: `take "${name}" from a repository or an index, and lock again; or leave it out: in the container Python finds the modules of the project, and of its src folder`,
  });

const invalid = (file: string, cause: string): Failure =>
  new Failure({
    code: 'invalid_lock',
    message: `${file} cannot be read`,
    cause,
    fix: `write it again with its own tool`,
  });
