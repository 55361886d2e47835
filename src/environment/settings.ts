import {LineCounter, parseDocument} from 'yaml';
import * as z from 'zod';
import {Failure} from '../failure.js';

/** Image references as Docker's grammar has them, narrowed to what is safe in a Dockerfile's FROM line. */
export const IMAGE_REFERENCE = /^[a-z0-9]+(?:[._:/@-]+[A-Za-z0-9]+)*$/;

/** `gpudock.yaml`: what the user wants, where it differs from what the project's files say. */
export const Settings = z.strictObject({
  /** Names the container and image; default: the folder's name. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]*$/)
    .optional(),
  /** `auto`, `bootstrap` (built from the distribution's packages), or an image reference. */
  base: z.string().regex(IMAGE_REFERENCE).optional(),
  framework: z.enum(['pytorch', 'tensorflow', 'jax', 'none']).optional(),
  /** `3.12` */
  python: z
    .string()
    .regex(/^3\.\d+$/)
    .optional(),
  /** More PyPI requirements (PEP 508). */
  packages: z.array(z.string()).optional(),
  /** More packages of the base image's distribution. */
  apt: z.array(z.string()).optional(),
  /** `all`, `none`, `auto`, a count, indexes or UUIDs. */
  gpus: z.union([z.string(), z.number().int().positive()]).optional(),
  /** Port of the notebook on this machine. */
  port: z.number().int().min(1).max(65535).optional(),
});
export type Settings = z.infer<typeof Settings>;

/** Reads gpudock.yaml. Throws `invalid_settings`, naming the line. */
export function parseSettings(text: string, file: string): Settings {
  const counter = new LineCounter();
  const document = parseDocument(text, {lineCounter: counter});
  const [broken] = document.errors;
  if (broken !== undefined)
    throw invalid(file, counter.linePos(broken.pos[0]).line, broken.message.split('\n')[0] ?? '');
  const result = Settings.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw invalid(file, 1, 'not understood');
  const key = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : issue.path.map(String);
  const node = document.getIn([key].flat(), true);
  const offset = typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[])[0] : 0;
  const cause =
    issue.code === 'unrecognized_keys'
      ? `"${key}" is no key of gpudock.yaml; keys are ${Object.keys(Settings.shape).join(', ')}`
      : `${[key].flat().join('.')}: ${issue.message}`;
  throw invalid(file, counter.linePos(offset ?? 0).line, cause);
}

const invalid = (file: string, line: number, cause: string): Failure =>
  new Failure({
    code: 'invalid_settings',
    message: `${file} line ${line} is not understood`,
    cause,
    fix: `correct line ${line} of ${file}`,
  });
