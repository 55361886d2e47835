import * as z from 'zod';
import {FailureDocument} from './failure.js';

const Trouble = z.discriminatedUnion('kind', [
  /** `limitBytes` 0: it had no limit, the machine itself ran out. */
  z.object({kind: z.literal('out-of-memory'), limitBytes: z.number()}),
  z.object({kind: z.literal('gpu-lost')}),
]);

/** `gpudock ps --json`. */
export const Ps = z.object({
  schema: z.literal('gpudock/ps/1'),
  containers: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      image: z.string(),
      /** The project folder. */
      project: z.string(),
      purpose: z.string(),
      state: z.string(),
      /** The engine's own words. */
      status: z.string(),
      /** On this machine; null: none. */
      port: z.number().nullable(),
      created: z.iso.datetime(),
      gpus: z.array(z.string()),
      /** The machine whose folder it has a copy of (--sync); null: the folder is mounted, or it has none. */
      copiedFrom: z.string().nullable(),
      trouble: Trouble.nullable(),
    }),
  ),
});
export type Ps = z.infer<typeof Ps>;

/** `gpudock notebook --json`. */
export const Notebook = z.object({
  schema: z.literal('gpudock/notebook/1'),
  id: z.string(),
  name: z.string(),
  url: z.string(),
  /** It ran already. */
  running: z.boolean(),
  /** The address by which VS Code opens it. */
  vscode: z.string(),
});
export type Notebook = z.infer<typeof Notebook>;

/** `gpudock serve --json`. */
export const Serve = z.object({
  schema: z.literal('gpudock/serve/1'),
  servers: z.array(z.object({id: z.string(), name: z.string(), url: z.string()})),
  /** A request for each that works. */
  curl: z.array(z.string()),
});
export type Serve = z.infer<typeof Serve>;

/** How a job ended. `outOfMemory`: bytes of the limit it was killed for; 0: the machine's memory; null: it was not. */
const END = {name: z.string(), exit: z.number(), outOfMemory: z.number().nullable()};

/** `gpudock run --json`; with `--detach` the container's id, and no end yet. */
export const Run = z.union([
  z.object({schema: z.literal('gpudock/run/1'), ...END}),
  z.object({schema: z.literal('gpudock/run/1'), name: z.string(), id: z.string(), exit: z.null()}),
]);
export type Run = z.infer<typeof Run>;

/** `gpudock shell --json`. */
export const Shell = z.object({schema: z.literal('gpudock/shell/1'), ...END});
export type Shell = z.infer<typeof Shell>;

/** `gpudock exec --json`. */
export const Exec = z.object({schema: z.literal('gpudock/exec/1'), name: z.string(), exit: z.number()});
export type Exec = z.infer<typeof Exec>;

/** `gpudock logs --json`. */
export const Logs = z.object({schema: z.literal('gpudock/logs/1'), name: z.string(), lines: z.array(z.string())});
export type Logs = z.infer<typeof Logs>;

/** `gpudock open --json`. */
export const Open = z.object({schema: z.literal('gpudock/open/1'), name: z.string(), url: z.string()});
export type Open = z.infer<typeof Open>;

/** One of several, for which nothing was done. */
const Refused = z.object({name: z.string(), id: z.null(), ...FailureDocument.shape});

const Stopped = z.object({name: z.string(), id: z.string(), stopped: z.boolean()});
export type Stopped = z.infer<typeof Stopped>;

/** `gpudock stop --json`; with `--dry-run` nothing was stopped. Of several names each has its own outcome. */
export const Stop = z.union([
  z.object({schema: z.literal('gpudock/stop/1'), ...Stopped.shape}),
  z.object({
    schema: z.literal('gpudock/stop/1'),
    containers: z.array(z.union([z.object({...Stopped.shape, error: z.null()}), Refused])),
  }),
]);
export type Stop = z.infer<typeof Stop>;

const Removed = z.object({name: z.string(), id: z.string(), removed: z.boolean()});
export type Removed = z.infer<typeof Removed>;

/** `gpudock rm --json`; with `--dry-run` nothing was removed. Of several names each has its own outcome. */
export const Rm = z.union([
  z.object({schema: z.literal('gpudock/rm/1'), ...Removed.shape}),
  z.object({
    schema: z.literal('gpudock/rm/1'),
    containers: z.array(z.union([z.object({...Removed.shape, error: z.null()}), Refused])),
  }),
]);
export type Rm = z.infer<typeof Rm>;

/** `gpudock top --json`. */
export const Top = z.object({
  schema: z.literal('gpudock/top/1'),
  gpus: z.array(
    z.object({
      index: z.number().nullable(),
      uuid: z.string().nullable(),
      name: z.string().nullable(),
      memoryMiB: z.number().nullable(),
      usedMiB: z.number().nullable(),
      utilization: z.number().nullable(),
      state: z.enum(['ok', 'lost', 'error', 'unknown']),
      /** null: the driver does not say. */
      programs: z
        .array(
          z.object({
            pid: z.number(),
            program: z.string().nullable(),
            user: z.string().nullable(),
            usedMiB: z.number().nullable(),
            /** null: it runs in none, or in one of another engine. */
            container: z.string().nullable(),
          }),
        )
        .nullable(),
      /** Running containers that gpudock gave this GPU. */
      given: z.array(z.string()),
    }),
  ),
});
export type Top = z.infer<typeof Top>;

/** `gpudock cp --json`; a path in a container is `NAME:PATH`. With `--dry-run` nothing was copied. */
export const Cp = z.object({
  schema: z.literal('gpudock/cp/1'),
  container: z.string(),
  from: z.string(),
  to: z.string(),
  done: z.boolean(),
});
export type Cp = z.infer<typeof Cp>;

/** `gpudock commit --json`. `id` null: nothing was made; `packages` null: what was added since the build is not known. */
export const Commit = z.object({
  schema: z.literal('gpudock/commit/1'),
  container: z.string(),
  project: z.string(),
  image: z.string(),
  id: z.string().nullable(),
  packages: z.array(z.string()).nullable(),
});
export type Commit = z.infer<typeof Commit>;

/** `gpudock fix-perms --json`. `some`: the first of the files that belong to root. */
export const FixPerms = z.object({
  schema: z.literal('gpudock/fix-perms/1'),
  folder: z.string(),
  /** `uid:gid`, as the container has it. */
  user: z.string(),
  files: z.number(),
  some: z.array(z.string()),
  changed: z.boolean(),
});
export type FixPerms = z.infer<typeof FixPerms>;

/** `gpudock volumes --json`. `bytes` null: the engine does not say. */
export const Volumes = z.object({
  schema: z.literal('gpudock/volumes/1'),
  volumes: z.array(z.object({name: z.string(), bytes: z.number().nullable(), containers: z.array(z.string())})),
  removed: z.array(z.string()),
});
export type Volumes = z.infer<typeof Volumes>;
