import {createHash} from 'node:crypto';
import * as z from 'zod';
import {Failure} from '../failure.js';
import type {Project} from './project.js';
import {IMAGE_REFERENCE} from './settings.js';

export const LOCK_FILE = 'gpudock.lock';
/** The lock before the last change, for the way back. */
export const PREVIOUS_LOCK_FILE = 'gpudock.lock.previous';

const Image = z.object({
  reference: z.string().regex(IMAGE_REFERENCE),
  /** null: made on this machine, from the distribution's packages; there is nothing to pin it by. */
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .nullable(),
});

/** Debian policy 5.6.7 and 5.6.12. */
const AptPackage = z.string().regex(/^[a-z0-9][a-z0-9+.-]*(?::[a-z0-9]+)?=[A-Za-z0-9.+:~-]+$/);

const PythonPackage = z.object({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
  /** null: a commit stands in the URL. */
  version: z
    .string()
    .regex(/^[A-Za-z0-9.+!_-]+$/)
    .nullable(),
  /** Of a repository or a file that the project names. */
  url: z
    .string()
    .regex(/^(?:git\+)?[a-z][a-z0-9+.-]*:\/\/[\w.~:/?#[\]@!&()*+,;=%-]+$/i)
    .nullable(),
  hashes: z.array(z.string().regex(/^sha(?:256|384|512):[0-9a-f]{64,128}$/)),
});

const CondaPackage = z.object({
  name: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/),
  version: z.string().regex(/^[A-Za-z0-9.+!_-]+$/),
  /** A package's file in its channel; of the public place where a mirror stood in for that. */
  url: z.string().regex(/^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[\w.~+!%/-]+\.(?:conda|tar\.bz2)$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** `gpudock.lock`: everything an image is made from, exactly. */
export const Lock = z.object({
  schema: z.literal('gpudock/lock/1'),
  /** What it was made from: a digest for each file or setting of the project. */
  inputs: z.record(z.string(), z.string()),
  target: z.enum(['notebook', 'serve', 'job', 'dev']),
  /** `linux/amd64`: versions and hashes are those of one platform. */
  platform: z.string(),
  base: z.object({
    kind: z.enum(['framework', 'python', 'cuda', 'bootstrap', 'custom']),
    image: Image,
    builder: Image,
    framework: z.enum(['pytorch', 'tensorflow', 'jax']).nullable(),
    gpu: z.boolean(),
    python: z.string().nullable(),
  }),
  packages: z.enum(['index', 'index-cpu', 'conda', 'distribution']),
  /** What the verdict on a machine rests on; null: not known of this base. */
  profile: z.object({
    cuda: z.string().nullable(),
    /** Lowest driver of Linux that this CUDA runs on. */
    driverFloor: z.string().nullable(),
    /** Compute capabilities that extensions are compiled for. */
    architectures: z.array(z.string().regex(/^\d{1,2}\.\d$/)),
  }),
  apt: z.object({builder: z.array(AptPackage), image: z.array(AptPackage)}),
  python: z.array(PythonPackage),
  /** What conda's channels bring, and the image whose program installs it. */
  conda: z.object({micromamba: Image, packages: z.array(CondaPackage)}).optional(),
});
export type Lock = z.infer<typeof Lock>;
export type LockedPackage = z.infer<typeof PythonPackage>;
export type LockedCondaPackage = z.infer<typeof CondaPackage>;

/** A locked image as a Dockerfile names it. */
export const pinned = ({reference, digest}: z.infer<typeof Image>): string =>
  digest === null ? reference : `${reference}@${digest}`;

/** The file's text; the same lock has the same bytes. */
export const writeLock = (lock: Lock): string => `${JSON.stringify(Lock.parse(lock), null, 1)}\n`;

/** Throws `invalid_lock`. */
export function readLock(text: string): Lock {
  const lock = Lock.safeParse(json(text));
  if (lock.success) return lock.data;
  throw new Failure({
    code: 'invalid_lock',
    message: `${LOCK_FILE} is not understood`,
    cause: z.prettifyError(lock.error).split('\n')[0] ?? null,
    fix: `take it from version control, or write it again: rm ${LOCK_FILE} && gpudock lock`,
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What decides which packages are in an image, by the place that says so. The folder's own name and path do not. */
export function lockInputs({files, requirements, python, apt, settings}: Project): Record<string, string> {
  const listed = requirements.filter(({from}) => !files.some(({path}) => from.startsWith(path)));
  return {
    ...Object.fromEntries(files.map(({path, text}) => [path, digest(text)])),
    'packages outside those files': digest(JSON.stringify(listed.map(({from: _, ...requirement}) => requirement))),
    'apt packages': digest(JSON.stringify(apt)),
    'Python version': digest(JSON.stringify(python)),
    'base and framework': digest(JSON.stringify([settings.base ?? 'auto', settings.framework ?? null])),
  };
}

/** Places whose content is another than the lock was made from. */
export function changedInputs(lock: Pick<Lock, 'inputs'>, project: Project): string[] {
  const now = lockInputs(project);
  const names = new Set([...Object.keys(lock.inputs), ...Object.keys(now)]);
  return [...names].filter(name => lock.inputs[name] !== now[name]);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
