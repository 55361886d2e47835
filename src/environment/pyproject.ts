import {parse} from 'smol-toml';
import * as z from 'zod';
import {Failure} from '../failure.js';
import {parseRequirement, type Requirement} from './requirement.js';

const Document = z.object({
  project: z
    .object({
      'requires-python': z.string().optional(),
      dependencies: z.array(z.string()).optional(),
      dynamic: z.array(z.string()).optional(),
    })
    .optional(),
  tool: z
    .object({poetry: z.object({dependencies: z.record(z.string(), z.unknown()).optional()}).optional()})
    .optional(),
});

/**
 * Where a pyproject.toml names its packages. `poetry`: in tables that only poetry's lock makes plain · `dynamic`: its build
 * finds them out, from files of the project · `nowhere`: it holds settings of tools.
 */
export type NamedIn = 'project' | 'poetry' | 'dynamic' | 'nowhere';

export interface Pyproject {
  requirements: Requirement[];
  python: string | null;
  namedIn: NamedIn;
}

/** The parts of a pyproject.toml (PEP 621) that an environment is made from. Throws `invalid_pyproject`. */
export function parsePyproject(text: string, file: string): Pyproject {
  const document = Document.safeParse(toml(text, file));
  if (!document.success) throw invalid(file, z.prettifyError(document.error));
  const {project = {}} = document.data;
  const requirements = (project.dependencies ?? []).map(dependency => {
    const requirement = parseRequirement(dependency, file);
    if (requirement === null) throw invalid(file, `"${dependency}" is not a PEP 508 requirement`);
    return requirement;
  });
  const namedIn = placeOf(document.data);
  const poetry = namedIn === 'poetry' ? poetryNames(document.data.tool?.poetry?.dependencies ?? {}, file) : [];
  return {requirements: [...requirements, ...poetry], python: project['requires-python'] ?? null, namedIn};
}

/** Poetry's own way to say versions is left to its lock. */
const poetryNames = (table: Readonly<Record<string, unknown>>, file: string): Requirement[] =>
  Object.entries(table).flatMap(([name, stated]) => {
    const plain = name !== 'python' && typeof stated === 'string' ? parseRequirement(name, file) : null;
    return plain === null ? [] : [plain];
  });

function placeOf({project, tool}: z.infer<typeof Document>): NamedIn {
  if (project?.dynamic?.includes('dependencies')) return 'dynamic';
  if (project !== undefined && (project.dependencies !== undefined || tool?.poetry?.dependencies === undefined))
    return 'project';
  return tool?.poetry?.dependencies === undefined ? 'nowhere' : 'poetry';
}

function toml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
}

const invalid = (file: string, cause: string): Failure =>
  new Failure({code: 'invalid_pyproject', message: `${file} cannot be read`, cause, fix: `correct ${file}`});
