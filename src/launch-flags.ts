import * as Flags from '@oclif/core/flags';
import {EXIT, Failure} from './failure.js';
import {dataMounts} from './flow/data.js';
import {parseDuration} from './launch/duration.js';
import type {GpuCheck} from './launch/inside.js';
import type {AskedResources} from './launch/resources.js';
import {parseSize} from './launch/size.js';
import type {UserWish} from './launch/user.js';
import type {LaunchWishes} from './launch/wishes.js';
import type {World} from './world/world.js';

/** Limits of a container, who is inside, and what it is given beyond the project. */
export const launchFlags = {
  'shm-size': Flags.string({description: 'shared memory (a quarter of RAM)', helpValue: '16GiB'}),
  'gpu-memory': Flags.string({description: 'only GPUs with so much free memory', helpValue: '20GiB'}),
  'gpu-check': Flags.option({
    options: ['fail', 'warn', 'off'] as const,
    description: 'what to do when the started container does not see its GPU',
    default: 'fail',
  })(),
  memory: Flags.string({
    description: 'at most so much memory; a container that wants more is killed',
    helpValue: '32GiB',
  }),
  cpus: Flags.string({description: 'at most so many CPUs', helpValue: '4.5'}),
  pids: Flags.integer({description: 'at most so many processes and threads', min: 1}),
  data: Flags.string({
    description: 'a folder or file to mount at /data/NAME; :ro for reading only (repeatable)',
    helpValue: 'PATH[:ro]',
    multiple: true,
    multipleNonGreedy: true,
  }),
  user: Flags.string({description: 'who is inside (you)', helpValue: 'UID[:GID]', exclusive: ['root']}),
  root: Flags.boolean({description: 'be root inside: what is written on this machine belongs to root'}),
  env: Flags.string({
    char: 'e',
    description: 'a variable: NAME=VALUE, or NAME to pass on this one (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
  }),
};

export const nameFlag = Flags.string({description: 'name of the container'});

export const syncFlag = Flags.boolean({
  description:
    'copy the project in, and what has changed back: for an engine on another machine, which cannot mount it',
});

export interface LaunchFlags {
  'gpu-memory': string | undefined;
  'gpu-check': GpuCheck;
  'shm-size': string | undefined;
  memory: string | undefined;
  cpus: string | undefined;
  pids: number | undefined;
  data: string[] | undefined;
  env: string[] | undefined;
  user: string | undefined;
  root: boolean;
  name: string | undefined;
}

/** What the flags ask for. Throws `invalid_size`, `invalid_user`, `name_invalid`, and what `--data` throws. */
export async function launchWishes(flags: LaunchFlags, world: World): Promise<LaunchWishes> {
  mustBeName(flags.name);
  const gpuMemory = size('gpu-memory', flags['gpu-memory']);
  return {
    resources: askedResources(flags),
    gpuMemoryMiB: gpuMemory === null ? null : Math.ceil(gpuMemory / 1024 ** 2),
    gpuCheck: flags['gpu-check'],
    env: passedVariables(flags.env, world.env),
    binds: await dataMounts(world, flags.data ?? []),
    user: userWish(flags),
  };
}

/** Refused before anything is built (moby, names.RestrictedNamePattern; Podman's is the same). */
function mustBeName(name: string | undefined): void {
  if (name === undefined || /^[a-zA-Z0-9][\w.-]+$/.test(name)) return;
  throw new Failure({
    code: 'name_invalid',
    message: `${JSON.stringify(name.slice(0, 100))} is no name for a container`,
    cause: 'a name is letters, digits, and _ . - after the first; two at least',
    fix: 'for example --name thesis-2',
    exit: EXIT.usage,
  });
}

function askedResources(flags: LaunchFlags): AskedResources {
  const cpus = flags.cpus === undefined ? null : Number(flags.cpus);
  if (cpus !== null && !(cpus >= 0.01 && cpus <= 4096)) throw invalid('cpus', flags.cpus ?? '', 'from 0.01 up');
  return {
    shmBytes: size('shm-size', flags['shm-size']),
    memoryBytes: size('memory', flags.memory),
    cpus,
    pids: flags.pids ?? null,
  };
}

/** Numbers alone: a name would be looked up in the image. */
function userWish({user, root}: LaunchFlags): UserWish {
  if (root) return 'root';
  if (user === undefined) return 'caller';
  const [, uid, gid] = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(user) ?? [];
  if (uid !== undefined) return {uid: Number(uid), gid: gid === undefined ? null : Number(gid)};
  throw new Failure({
    code: 'invalid_user',
    message: `--user ${user} is not understood`,
    cause: 'a user is UID or UID:GID, in numbers',
    fix: 'for example --user 1000:1000; for root: --root',
    exit: EXIT.usage,
  });
}

/** A flag's time in seconds; null: it was not given. Throws `invalid_duration`. */
export function seconds(flag: string, text: string | undefined): number | null {
  const parsed = text === undefined ? null : parseDuration(text);
  if (text === undefined || parsed !== null) return parsed;
  throw new Failure({
    code: 'invalid_duration',
    message: `--${flag} ${text} is not understood`,
    cause: 'a time is a whole number with s, m, h or d',
    fix: `for example --${flag} 2h`,
    exit: EXIT.usage,
  });
}

function size(flag: string, text: string | undefined): number | null {
  const bytes = text === undefined ? null : parseSize(text);
  if (text !== undefined && bytes === null) throw invalid(flag, text, 'a size is a number with KiB, MiB, GiB or TiB');
  return bytes;
}

/** `NAME=VALUE` as it is, `NAME` with the caller's own value; a name without a value is left out. */
export const passedVariables = (
  given: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string[] =>
  (given ?? []).flatMap(variable => {
    if (variable.includes('=')) return [variable];
    const value = env[variable];
    return value === undefined ? [] : [`${variable}=${value}`];
  });

const invalid = (flag: string, text: string, cause: string): Failure =>
  new Failure({
    code: 'invalid_size',
    message: `--${flag} ${text} is not understood`,
    cause,
    fix: `for example --${flag} ${flag === 'cpus' ? '4' : '8GiB'}`,
    exit: EXIT.usage,
  });
