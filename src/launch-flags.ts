import * as Flags from '@oclif/core/flags';
import {EXIT, Failure} from './failure.js';
import type {AskedResources} from './launch/resources.js';
import {parseSize} from './launch/size.js';

/** Limits of a container, and what it is given beyond the project. */
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
  env: Flags.string({
    char: 'e',
    description: 'a variable: NAME=VALUE, or NAME to pass on this one (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
  }),
};

export interface LaunchFlags {
  'gpu-memory': string | undefined;
  'shm-size': string | undefined;
  memory: string | undefined;
  cpus: string | undefined;
  pids: number | undefined;
}

/** What the flags ask for. Throws `invalid_size` for what is no size. */
export function askedResources(flags: LaunchFlags): AskedResources {
  const cpus = flags.cpus === undefined ? null : Number(flags.cpus);
  if (cpus !== null && !(cpus >= 0.01 && cpus <= 4096)) throw invalid('cpus', flags.cpus ?? '', 'from 0.01 up');
  return {
    shmBytes: size('shm-size', flags['shm-size']),
    memoryBytes: size('memory', flags.memory),
    cpus,
    pids: flags.pids ?? null,
  };
}

/** Free memory that a GPU must have, in MiB; null: any will do. */
export function gpuMemoryMiB(flags: LaunchFlags): number | null {
  const bytes = size('gpu-memory', flags['gpu-memory']);
  return bytes === null ? null : Math.ceil(bytes / 1024 ** 2);
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
