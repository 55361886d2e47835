import {Failure} from '../failure.js';
import {interrupted} from '../interrupt.js';
import {LABEL} from '../labels.js';
import type {ContainerUser} from '../launch/user.js';
import type {Engine} from './connect.js';
import {lastLines, removeContainer} from './containers.js';

/** Where to look, with what, and who owns it rightly. */
export interface LeftoverPlace {
  image: string;
  /** The project folder on this machine. */
  folder: string;
  user: Pick<ContainerUser, 'uid' | 'gid' | 'usernsMode'>;
  rootless: boolean;
}

/** Files of root in a folder of somebody else. */
export interface Leftovers {
  count: number;
  /** The first of them, below the folder. */
  some: string[];
}

const SHOWN = 10;

/** Looks for them; changes nothing. */
export async function leftovers(engine: Engine, place: LeftoverPlace, signal: AbortSignal): Promise<Leftovers> {
  const look = {script: `find . -xdev ${ofRoot(place)} -print`, capabilities: ['DAC_READ_SEARCH']};
  const text = await asRoot(engine, place, look, signal);
  return {count: text.length, some: text.slice(0, SHOWN).map(line => line.replace(/^\.\//, ''))};
}

/** Gives them to the user: the link itself where it is one. */
export async function takeOver(engine: Engine, place: LeftoverPlace, signal: AbortSignal): Promise<void> {
  const {uid, gid} = place.user;
  const script = `find . -xdev ${ofRoot(place)} -exec chown -h ${uid}:${gid} {} +`;
  await asRoot(engine, place, {script, capabilities: ['DAC_READ_SEARCH', 'CHOWN', 'FOWNER']}, signal);
}

/** In a rootless engine root is the caller, and what a container left belongs to one of the caller's further numbers. */
const ofRoot = ({rootless, user}: LeftoverPlace): string => (rootless ? `! -uid ${user.uid} ! -uid 65534` : '-uid 0');

/** A short container that sees nothing but the folder, has no network and no right but those named; an interrupt ends it. */
async function asRoot(
  engine: Engine,
  {image, folder, user}: LeftoverPlace,
  {script, capabilities}: {script: string; capabilities: string[]},
  signal: AbortSignal,
): Promise<string[]> {
  const container = await engine.docker.createContainer({
    Image: image,
    User: '0:0',
    WorkingDir: '/workspace',
    Entrypoint: ['/bin/sh', '-c', script],
    Labels: {[LABEL.project]: folder, [LABEL.purpose]: 'permissions'},
    HostConfig: {
      Binds: [`${folder}:/workspace`],
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      SecurityOpt: ['no-new-privileges'],
      ...(user.usernsMode === null ? {} : {UsernsMode: user.usernsMode}),
    },
  });
  const end = (): void => void container.kill().catch(() => {});
  try {
    await container.start();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const {StatusCode} = (await container.wait()) as {StatusCode: number};
    if (signal.aborted) throw interrupted('the work on the files');
    const lines = await lastLines(engine, container.id, MOST_LINES);
    if (StatusCode === 0) return lines;
    throw new Failure({
      code: 'permissions_refused',
      message: 'the files of root could not be given back',
      cause: lines.at(-1) ?? `exit code ${StatusCode}`,
      fix: `sudo chown -hR --from=root ${user.uid}:${user.gid} ${folder}`,
    });
  } finally {
    signal.removeEventListener('abort', end);
    await removeContainer(engine, container.id, true);
  }
}

/** More files than anybody reads; the count ends there. */
const MOST_LINES = 100_000;
