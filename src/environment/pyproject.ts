import {parse} from 'smol-toml';
import * as z from 'zod';
import {Failure} from '../failure.js';
import {parseRequirement, type Requirement} from './requirement.js';

const Pyproject = z.object({
  project: z
    .object({
      'requires-python': z.string().optional(),
      dependencies: z.array(z.string()).optional(),
    })
    .optional(),
  tool: z.object({poetry: z.object({dependencies: z.unknown().optional()}).optional()}).optional(),
});

/** The parts of a pyproject.toml (PEP 621) that an environment is made from. Throws `invalid_pyproject`. */
export function parsePyproject(
  text: string,
  file: string,
): {requirements: Requirement[]; python: string | null; poetry: boolean} {
  const document = Pyproject.safeParse(toml(text, file));
  if (!document.success) throw invalid(file, z.prettifyError(document.error));
  const project = document.data.project ?? {};
  const requirements = (project.dependencies ?? []).map(dependency => {
    const requirement = parseRequirement(dependency, file);
    if (requirement === null) throw invalid(file, `"${dependency}" is not a PEP 508 requirement`);
    return requirement;
  });
  return {
    requirements,
    python: project['requires-python'] ?? null,
    /** Whether packages stand in poetry's own table, which only its lock makes plain. */
    poetry: document.data.tool?.poetry?.dependencies !== undefined,
  };
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
