import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {bootstrapBase} from '../../src/engine/bootstrap.js';
import type {Engine} from '../../src/engine/connect.js';
import type {Progress} from '../../src/engine/private/packages.js';
import {requireText} from '../../src/matrix/require-text.js';
import type {World} from '../../src/world/world.js';
import {holds} from './registry.js';

/** A small image under a real name of Docker Hub: its environment is the real one's, its content is Debian's Python. */
interface StandIn {
  repository: string;
  tag: string;
  env: Readonly<Record<string, string>>;
}

const CUDA = '12.8.1';
const require = requireText(CUDA, 'amd64', 'ubuntu2204');

/** As pytorch/pytorch's Dockerfile sets it in its last stage (github.com/pytorch/pytorch, Dockerfile). */
const PYTORCH = {
  NVIDIA_VISIBLE_DEVICES: 'all',
  NVIDIA_DRIVER_CAPABILITIES: 'compute,utility',
  LD_LIBRARY_PATH: '/usr/local/nvidia/lib:/usr/local/nvidia/lib64',
  PYTORCH_VERSION: '2.9.0',
};
/** As nvidia/cuda's images set it (compat-matrix/require-cuda.json). */
const TOOLKIT = {CUDA_VERSION: CUDA, ...(require === null ? {} : {NVIDIA_REQUIRE_CUDA: require})};

const IMAGES: readonly StandIn[] = [
  {repository: 'library/python', tag: '3.12-slim', env: {}},
  {repository: 'library/python', tag: '3.13-slim', env: {}},
  {repository: 'pytorch/pytorch', tag: '2.9.0-cuda12.8-cudnn9-runtime', env: PYTORCH},
  {repository: 'pytorch/pytorch', tag: '2.9.0-cuda12.8-cudnn9-devel', env: {...TOOLKIT, ...PYTORCH}},
  {
    repository: 'nvidia/cuda',
    tag: `${CUDA}-base-ubuntu22.04`,
    env: {...TOOLKIT, NVIDIA_VISIBLE_DEVICES: 'all', NVIDIA_DRIVER_CAPABILITIES: 'compute,utility'},
  },
];

export const STAND_IN_LABEL = 'gpudock.lab';

/** References as people write them: Docker Hub's own images without `library/`. */
export const IMAGE_NAMES = IMAGES.map(({repository, tag}) => `${repository.replace('library/', '')}:${tag}`);

export interface ImageWork {
  world: World;
  engine: Engine;
  buildx: string;
  registry: string;
  progress: Progress;
}

/** Builds the stand-ins that the registry lacks, and pushes them; the engine keeps none, so that a pull is a real one. */
export async function fillRegistry(work: ImageWork): Promise<void> {
  await bootstrapBase(work.world, work.engine, {suite: 'trixie', ...work.progress});
  for (const image of IMAGES) {
    if (await holds(work.registry, image.repository, image.tag)) continue;
    work.progress.say(`a stand-in for ${image.repository}:${image.tag}`);
    await buildAndPush(work, image);
  }
}

async function buildAndPush({world, engine, buildx, registry}: ImageWork, image: StandIn): Promise<void> {
  const name = `${registry}/${image.repository}`;
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-lab-'));
  try {
    await writeFile(join(folder, 'Dockerfile'), dockerfile(image));
    const outcome = await world.run({
      program: buildx,
      args: ['build', '--provenance=false', `--tag=${name}:${image.tag}`, folder],
      env: {...world.env, DOCKER_HOST: engine.endpoint.host, BUILDX_BUILDER: 'default', DOCKER_CONTEXT: ''},
      timeout: 300_000,
    });
    if (outcome.status !== 'ran' || outcome.exit !== 0)
      throw new Error(`a lab image failed: ${outcome.stderr.slice(-2_000)}`);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
  const local = engine.docker.getImage(`${name}:${image.tag}`);
  await finished(engine, await local.push({tag: image.tag, authconfig: {}}));
  await local.remove();
}

/** What the images have in common stands first, so that they share its layer. */
const dockerfile = ({env, repository, tag}: StandIn): string =>
  [
    'FROM gpudock/bootstrap:trixie',
    'RUN apt-get update \\',
    ' && apt-get install -y --no-install-recommends python3 python3-pip python3-venv \\',
    ' && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \\',
    ' && ln -s /usr/bin/python3 /usr/local/bin/python && ln -s /usr/bin/python3 /usr/local/bin/python3',
    ...Object.entries(env).map(([name, value]) => `ENV ${name}="${value}"`),
    `LABEL ${STAND_IN_LABEL}="a stand-in for ${repository}:${tag}: Debian with its own Python, nothing else"`,
    'CMD ["python3"]',
    '',
  ].join('\n');

function finished({docker}: Engine, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error: Error | null, events: {error?: string}[] | null) => {
      const failed = events?.find(event => event.error !== undefined)?.error;
      if (error !== null || failed !== undefined) reject(error ?? new Error(failed));
      else resolve();
    });
  });
}
