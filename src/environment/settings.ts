import {type Document, isMap, isNode, isScalar, LineCounter, parseDocument} from 'yaml';
import * as z from 'zod';
import {EXIT, Failure} from '../failure.js';
import {nearest} from '../nearest.js';

/** Image references as Docker's grammar has them, narrowed to what is safe in a Dockerfile's FROM line. */
export const IMAGE_REFERENCE = /^[a-z0-9]+(?:[._:/@-]+[A-Za-z0-9]+)*$/;

/** Without a password: that belongs into a netrc file, which `--secret` lends. */
const Mirror = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~+-]+)*\/?$/,
    'must be http(s)://HOST/PATH, without a password',
  );

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
  /**
   * Where packages come from in place of their public places: a Python index; the root that `/debian` or `/ubuntu` lie
   * under; that of PyTorch's own index, under which `/cpu` or `/cu128` lie; that of conda's channels.
   */
  mirrors: z
    .strictObject({
      pip: Mirror.optional(),
      apt: Mirror.optional(),
      pytorch: Mirror.optional(),
      conda: Mirror.optional(),
    })
    .optional(),
  /** Port of the notebook on this machine. */
  port: z.number().int().min(1).max(65535).optional(),
  /** Folders and files, mounted at `/data/NAME`; `:ro` for reading only. Paths start from this folder, or from `~/`. */
  data: z.array(z.string().min(1)).optional(),
});
export type Settings = z.infer<typeof Settings>;

/** Reads gpudock.yaml. Throws `invalid_settings`, naming the line. */
export function parseSettings(text: string, file: string): Settings {
  const counter = new LineCounter();
  const document = parseDocument(text, {lineCounter: counter});
  const [broken] = document.errors;
  if (broken !== undefined)
    throw invalid(file, counter.linePos(broken.pos[0]).line, broken.message.split('\n')[0] ?? '');
  const result = Settings.safeParse(withoutOwn(contentOf(document, file) ?? {}));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw invalid(file, 1, 'not understood');
  const unknown = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : null;
  const path = [...issue.path, ...(unknown === null ? [] : [unknown])].map(String);
  const cause = unknown === null ? `${path.join('.')}: ${issue.message}` : unknownKey(unknown, path, file);
  throw invalid(file, counter.linePos(offsetOf(document, path)).line, cause);
}

/** Keys that begin with `x-` are the user's own, as in a Compose file. */
export const isOwnKey = (key: string): boolean => key.startsWith('x-');

const withoutOwn = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && !Array.isArray(content)
    ? Object.fromEntries(Object.entries(content).filter(([key]) => !isOwnKey(key)))
    : content;

/** What a document says. Throws `invalid_settings` for an alias that stands for nothing, or for a text without end. */
export function contentOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new Failure({
      code: 'invalid_settings',
      message: `${file} is not understood`,
      cause: error instanceof Error ? error.message : null,
      fix: `write the values out in place of the aliases (*name) in ${file}`,
    });
  }
}

/** Where a key stands; where its value does, for what lies inside lists. */
function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(holder)
    ? holder.items.find(({key}) => (isScalar(key) ? String(key.value) : key) === path.at(-1))
    : null;
  const node = pair === null || pair === undefined ? document.getIn(path, true) : pair.key;
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function unknownKey(key: string, path: readonly string[], file: string): string {
  const names = path.length === 1 ? Object.keys(Settings.shape) : [];
  const meant = nearest(key, names);
  const hint = meant === null ? `keys are ${names.join(', ')}` : `did you mean "${meant}"?`;
  return `"${key}" is no key of ${file}${names.length === 0 ? '' : `; ${hint}`}`;
}

/** Settings that variables of the environment state, by key. Throws `variable_invalid`. */
export function settingsOfVariables(stated: Readonly<Record<string, string>>): Settings {
  const values = Object.entries(stated).map(([key, text]) => [key, /^\d{1,6}$/.test(text) ? Number(text) : text]);
  const result = Settings.safeParse(Object.fromEntries(values));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const variable = `GPUDOCK_${String(issue?.path[0] ?? '').toUpperCase()}`;
  throw new Failure({
    code: 'variable_invalid',
    message: `${variable} is not understood`,
    cause: issue?.message ?? null,
    fix: `correct it, or: unset ${variable}`,
    exit: EXIT.usage,
  });
}

const invalid = (file: string, line: number, cause: string): Failure =>
  new Failure({
    code: 'invalid_settings',
    message: `${file} line ${line} is not understood`,
    cause,
    fix: `correct line ${line} of ${file}`,
  });
