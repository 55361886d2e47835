import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {digest} from '../dockerfile/inputs.js';
import type {BuildPlan} from '../dockerfile/plan.js';
import type {BuildAccess} from '../environment/access.js';
import {buildSecrets, type Network} from '../environment/network.js';
import {Failure} from '../failure.js';
import {wholeName} from '../matrix/reference.js';
import type {World} from '../world/world.js';
import {BuildProgress, type Progress} from './build-progress.js';
import {findBuildx} from './buildx.js';
import type {Engine} from './connect.js';
import {PodmanProgress} from './podman-progress.js';

/** The program that builds for an engine. */
export interface Builder {
  kind: 'buildx' | 'podman';
  program: string;
}

/** What it is told besides the plan. */
export interface BuilderOptions {
  network: Network;
  access: BuildAccess;
  /** A folder that gets the files of the last stage; null: it becomes the plan's image. */
  output: string | null;
}

/** How it is called, and what reads its output. */
export interface BuilderCall {
  args: string[];
  env: Record<string, string>;
  /** Whether its standard output tells of the build too. */
  stdout: boolean;
  progress: Progress;
}

/** Docker's engine builds by BuildKit, which buildx talks to; Podman has no BuildKit and builds by itself. */
export async function findBuilder(world: Pick<World, 'env' | 'stat'>, engine: Engine): Promise<Builder> {
  return engine.kind === 'podman'
    ? {kind: 'podman', program: await findPodman(world)}
    : {kind: 'buildx', program: await findBuildx(world)};
}

async function findPodman({env, stat}: Pick<World, 'env' | 'stat'>): Promise<string> {
  for (const folder of (env.PATH ?? '').split(':').filter(Boolean)) {
    const facts = await stat(join(folder, 'podman'));
    if (facts.status === 'ok' && facts.value.kind === 'file') return join(folder, 'podman');
  }
  throw new Failure({
    code: 'podman_missing',
    message: 'images cannot be built: the podman program is missing',
    cause: "the engine is Podman's, which builds only through that program",
    fix: 'install podman (or podman-remote, as podman on PATH) on this machine',
  });
}

/** Where the folder of a build holds its files. */
export const dockerfile = (folder: string): string => join(folder, 'Dockerfile');
const context = (folder: string): string => join(folder, 'context');
/** Podman writes there what it built. */
const imageId = (folder: string): string => join(folder, 'image');
/** BuildKit finds it by its name beside the Dockerfile, and then reads no .dockerignore of the context. */
export const IGNORE_FILE = 'Dockerfile.dockerignore';
const secretFile = (folder: string, id: string): string => join(folder, 'secrets', id);

const imageOf = (tag: string, {labels}: BuildPlan): string[] => [
  `--tag=${tag}`,
  ...Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`),
];

/** The arguments that both programs take. Proxies are predefined build arguments: they are left out of the image's history. */
function shared(folder: string, plan: BuildPlan, {network, access}: BuilderOptions): string[] {
  const secrets = [
    ...buildSecrets(network).map(({id}) => `id=${id},src=${secretFile(folder, id)}`),
    ...(network.certificates === null ? [] : [`id=ca,src=${network.certificates}`]),
  ];
  return [
    `--file=${dockerfile(folder)}`,
    ...(plan.ssh || access.ssh !== null ? [`--ssh=${access.ssh ?? 'default'}`] : []),
    ...(access.platforms.length === 0 ? [] : [`--platform=${access.platforms.join(',')}`]),
    ...secrets.map(secret => `--secret=${secret}`),
    ...access.buildArgs.map(text => `--build-arg=${text}`),
    ...Object.keys(network.proxies).map(name => `--build-arg=${name}`),
  ];
}

export function buildxBuild(engine: Engine, folder: string, plan: BuildPlan, options: BuilderOptions): BuilderCall {
  const {output} = options;
  const {secrets, cacheFrom, cacheTo} = options.access;
  const {certificates} = engine.endpoint;
  return {
    args: [
      'build',
      '--progress=rawjson',
      '--provenance=false',
      ...(output === null ? imageOf(plan.tag, plan) : [`--output=type=local,dest=${output}`]),
      ...shared(folder, plan, options),
      ...secrets.map(
        secret => `--secret=id=${secret.id},${'env' in secret ? `env=${secret.env}` : `src=${secret.src}`}`,
      ),
      ...cacheFrom.map(cache => `--cache-from=${cache}`),
      ...cacheTo.map(cache => `--cache-to=${cache}`),
      context(folder),
    ],
    env: {
      DOCKER_HOST: engine.address,
      ...(certificates === null ? {} : {DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates}),
      BUILDX_BUILDER: 'default',
      DOCKER_CONTEXT: '',
    },
    stdout: false,
    progress: new BuildProgress(),
  };
}

/** A stage that stands alone, and is built by a call of its own. */
export interface LoneStage {
  name: string;
  /** Those of the stages that it names. */
  images: ReadonlyMap<string, string>;
  /** Whether what it makes is the plan's image. */
  last: boolean;
}

/** As a client of the engine, so that the image is in its store and in no other. */
export function podmanBuild(
  engine: Engine,
  folder: string,
  plan: BuildPlan,
  {name, images, last}: LoneStage,
  options: BuilderOptions,
): BuilderCall {
  const {secrets, ssh, cacheFrom, cacheTo, platforms} = options.access;
  if (plan.ssh || ssh !== null) throw unsupported("the caller's ssh agent");
  if (options.output !== null) throw unsupported('finding out what a lock would name');
  if (cacheFrom.length + cacheTo.length > 0) throw unsupported('--cache-from and --cache-to');
  if (platforms.length > 1) throw unsupported('several platforms at once');
  return {
    args: [
      '--remote',
      `--url=${engine.address}`,
      'build',
      '--layers',
      ...(plan.context.length === 0 ? [] : [`--build-arg=GPUDOCK_LISTS=${listsOf(plan)}`]),
      `--ignorefile=${join(folder, IGNORE_FILE)}`,
      `--iidfile=${imageId(folder)}`,
      ...(last ? imageOf(wholeName(plan.tag), plan) : []),
      ...shared(folder, plan, options),
      ...secrets.map(
        secret => `--secret=id=${secret.id},src=${'env' in secret ? secretFile(folder, secret.id) : secret.src}`,
      ),
      context(folder),
    ],
    env: {},
    stdout: true,
    progress: new PodmanProgress(name, images, Date.now),
  };
}

/** The image that podmanBuild's call made. Its name without `sha256:` is one that FROM takes. */
export const builtImage = async (folder: string): Promise<string> =>
  (await readFile(imageId(folder), 'utf8')).trim().replace(/^sha256:/, '');

/** Podman before 4.4 looks for a step among those of before by its words and arguments, whatever it mounts. */
const listsOf = ({context}: BuildPlan): string => digest(context.flatMap(({path, text}) => [path, text]));

const unsupported = (what: string): Failure =>
  new Failure({
    code: 'build_unsupported',
    message: `Podman's builder cannot do that: ${what}`,
    cause: 'podman build, as a client of its engine, was never seen to do it',
    fix: 'leave it out, or build with Docker: DOCKER_HOST=unix:///var/run/docker.sock',
  });
