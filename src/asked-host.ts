import * as Flags from '@oclif/core/flags';
import type {Host} from './contract/host.js';
import {EXIT, Failure} from './failure.js';
import {IMAGINED, imaginedHost} from './verdict/question.js';
import type {Question} from './verdict/situation.js';
import type {World} from './world/world.js';

/** Which machine is asked about: this one, a recorded one, or one that exists only in the question. */
export const hostFlags = {
  'for-driver': Flags.string({
    description: 'driver of a machine you do not have',
    helpValue: '535.104.05',
    helpGroup: 'HOST',
  }),
  'for-gpu': Flags.string({
    description: 'GPU of that machine, as nvidia-smi names it (repeatable)',
    helpValue: '"RTX 4090"',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'HOST',
  }),
  'for-arch': Flags.option({
    options: ['amd64', 'arm64'] as const,
    description: 'CPU of that machine',
    helpGroup: 'HOST',
  })(),
  wsl: Flags.boolean({description: 'that machine is WSL2: the driver number is the one of Windows', helpGroup: 'HOST'}),
  from: Flags.string({description: 'read a capture instead of this machine', helpValue: 'DIR', helpGroup: 'HOST'}),
  gpus: Flags.string({
    description: 'which GPUs the container would see: all, none, or indices and UUIDs',
    default: 'all',
    helpValue: '0,1',
    helpGroup: 'HOST',
  }),
};

export interface HostFlags {
  'for-driver': string | undefined;
  'for-gpu': string[] | undefined;
  'for-arch': 'amd64' | 'arm64' | undefined;
  wsl: boolean;
  from: string | undefined;
  gpus: string;
}

export const isThisMachine = (flags: HostFlags): boolean =>
  flags.from === undefined && flags['for-driver'] === undefined;

export async function askedHost(flags: HostFlags, world: World): Promise<{host: Host; question: Question}> {
  const gpus = flags.gpus === 'all' || flags.gpus === 'none' ? flags.gpus : flags.gpus.split(',').filter(Boolean);
  const {'for-driver': driver, 'for-gpu': names, 'for-arch': arch} = flags;
  if ((driver === undefined) !== (names === undefined) || (!driver && (arch || flags.wsl))) {
    throw new Failure({
      code: 'question_incomplete',
      message: '--for-driver and --for-gpu go together',
      cause: 'an imagined machine needs both; --for-arch and --wsl add to them',
      fix: 'gpudock check IMAGE --for-driver 535.104.05 --for-gpu "RTX 4090"',
      exit: EXIT.usage,
    });
  }
  if (driver && flags.from !== undefined) {
    throw new Failure({
      code: 'question_contradictory',
      message: '--from and --for-driver are two machines',
      cause: 'a recorded machine has its own driver and GPUs',
      fix: 'leave one of them out',
      exit: EXIT.usage,
    });
  }
  if (driver && names) {
    const cpu = arch === undefined ? null : arch === 'amd64' ? 'x64' : arch;
    return {host: imaginedHost({driver, gpus: names, arch: cpu, wsl: flags.wsl}), question: {...IMAGINED, gpus}};
  }
  return {
    host: await probed(flags.from, world),
    question: {synthetic: false, recorded: flags.from !== undefined, gpus},
  };
}

async function probed(from: string | undefined, world: World): Promise<Host> {
  const {probe, probeForVerdict} = await import('./host/probe.js');
  if (from === undefined) return probeForVerdict(world);
  const {captureWorld} = await import('./host/capture.js');
  return probe(captureWorld(from));
}
