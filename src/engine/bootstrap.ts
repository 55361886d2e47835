import {createReadStream} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {LABEL} from '../labels.js';
import type {Command, World} from '../world/world.js';
import type {Engine} from './connect.js';
import {refused} from './containers.js';
import {localImage} from './images.js';
import {readAptMachine} from './private/apt.js';
import {otherSuite} from './private/apt-sources.js';
import {type Progress, unpackPackages} from './private/packages.js';
import {packagesFolder} from './private/paths.js';
import {programEnv} from './private/program-env.js';

export interface BootstrapOptions {
  /** Debian release, `trixie`. */
  suite: string;
  signal: AbortSignal;
  say(line: string): void;
}

const FIVE_MINUTES = 300_000;

/**
 * A Debian base image made from the distribution's own packages by mmdebstrap, for machines that reach no registry. Made
 * once; about 120 MB. The mirror is the machine's own.
 */
export async function bootstrapBase(
  world: World,
  engine: Engine,
  {suite, signal, say}: BootstrapOptions,
): Promise<void> {
  const image = `gpudock/bootstrap:${suite}`;
  if ((await localImage(engine, image)) !== null) return;
  const {sources, codename} = await readAptMachine(world);
  const archive = otherSuite(sources, codename, suite);
  if (archive === null) throw noArchive();
  const program = await mmdebstrap(world, {say, signal});
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-bootstrap-'));
  try {
    say(`building ${image} from Debian packages`);
    const tar = join(folder, 'base.tar');
    const outcome = await world.run({
      ...program,
      args: [
        ...program.args,
        '--variant=apt',
        '--include=ca-certificates',
        '--quiet',
        suite,
        tar,
        `deb ${archive.uri} ${suite} main`,
      ],
      timeout: FIVE_MINUTES,
      signal,
    });
    if (signal.aborted) throw interrupted('the base image');
    if (outcome.status !== 'ran' || outcome.exit !== 0) throw bootstrapFailed(outcome.stderr);
    await importImage(engine, tar, image);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

type Program = Pick<Command, 'program' | 'args' | 'env'>;

/** The machine's mmdebstrap, else one unpacked beside the machine's perl. */
async function mmdebstrap(world: World, progress: Progress): Promise<Program> {
  const own = await world.run({program: 'mmdebstrap', args: ['--version']});
  if (own.status === 'ran') return {program: 'mmdebstrap', args: []};
  const folder = packagesFolder(world.env, 'mmdebstrap');
  await unpackPackages(world, {packages: ['mmdebstrap'], fromSuite: [], suite: null, folder}, progress);
  return {program: 'perl', args: [join(folder, 'usr/bin/mmdebstrap')], env: await programEnv(world, folder)};
}

async function importImage({docker}: Engine, tar: string, image: string): Promise<void> {
  const changes = [
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'CMD ["bash"]',
    `LABEL ${LABEL.base}=bootstrap`,
  ];
  try {
    const stream = await docker.importImage(createReadStream(tar), {repo: image, changes});
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error, events) => {
        const failed = (events as {error?: string}[] | undefined)?.find(event => event.error !== undefined);
        if (error ?? failed) reject(error ?? new Error(failed?.error));
        else resolve();
      });
    });
  } catch (error) {
    throw await refused(`${image} could not be handed to the engine`, error);
  }
}

const noArchive = (): Failure =>
  new Failure({
    code: 'bootstrap_unavailable',
    message: 'no base image can be built here from Debian packages',
    cause: 'this machine has no apt source of a Debian or Ubuntu release',
    fix: 'make a registry reachable (mirror, proxy), or load a base image and name it as base: in gpudock.yaml',
  });

function bootstrapFailed(words: string): Failure {
  const lines = words.trim().split('\n');
  return new Failure({
    code: 'bootstrap_failed',
    message: 'the base image could not be built from Debian packages',
    cause: lines.findLast(line => line.startsWith('E:')) ?? lines.at(-1) ?? null,
    fix: 'as an ordinary user mmdebstrap needs the package uidmap; check the network too: apt-get update',
    details: lines.slice(-8),
  });
}
