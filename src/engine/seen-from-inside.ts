import type {Container} from 'dockerode';
import {LABEL} from '../labels.js';
import type {Outcome, World} from '../world/world.js';
import type {Engine} from './connect.js';
import {removeContainer} from './containers.js';
import {localImage} from './images.js';
import {execOutput} from './inside.js';

/** The parts of a world that a container with every GPU can stand in for. */
type Inside = Pick<World, 'run' | 'read' | 'list' | 'stat'>;

const SECONDS = '60';

/** Older engines have CDI devices and do not list them: it is tried. */
const EVERY_GPU = [
  {Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all']},
  {Driver: '', Count: -1, Capabilities: [['gpu']]},
];

/** The smallest image that gpudock makes environments of. */
export const LOOK_IMAGE = 'docker.io/library/python:3.12-slim';

/** One of gpudock's own, or the one that is pulled for the first look; null: the engine holds neither. */
export async function imageToLookWith(engine: Engine): Promise<string | null> {
  const [own] = await engine.docker.listImages({filters: {label: [LABEL.base]}});
  return own?.Id ?? (await localImage(engine, LOOK_IMAGE))?.id ?? null;
}

/**
 * Looks at the engine's machine from a short container on it. null: no container can have its GPUs, or there is no
 * image to make one of.
 */
export async function seenFromInside<T>(engine: Engine, look: (inside: Inside) => Promise<T>): Promise<T | null> {
  const image = await imageToLookWith(engine);
  if (image === null) return null;
  for (const request of EVERY_GPU) {
    const container = await withGpus(engine, image, request);
    if (container === null) continue;
    try {
      return await look(insideOf(container));
    } finally {
      await removeContainer(engine, container.id, true);
    }
  }
  return null;
}

/** null: the engine says that it has no way to hand over GPUs so. */
async function withGpus(engine: Engine, Image: string, request: (typeof EVERY_GPU)[number]): Promise<Container | null> {
  const container = await engine.docker.createContainer({
    Image,
    Entrypoint: ['sleep', SECONDS],
    Cmd: [],
    Labels: {[LABEL.purpose]: 'probe'},
    HostConfig: {NetworkMode: 'none', SecurityOpt: ['no-new-privileges'], DeviceRequests: [request]},
  });
  try {
    await container.start();
    return container;
  } catch {
    await removeContainer(engine, container.id, true);
    return null;
  }
}

const NOT_RECORDED = {status: 'not-recorded'} as const;

/** `126` and `127` are how an engine says that there is no such program. */
const insideOf = (container: Container): Inside => ({
  async run({program, args}): Promise<Outcome> {
    const {exit, stdout} = await execOutput(container, [program, ...args]);
    return exit === 126 || exit === 127
      ? {status: 'not-found', stdout: '', stderr: ''}
      : {status: 'ran', exit, stdout, stderr: ''};
  },
  read: async () => NOT_RECORDED,
  list: async () => NOT_RECORDED,
  stat: async () => NOT_RECORDED,
});
