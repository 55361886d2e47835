import {homedir} from 'node:os';
import {join} from 'node:path';
import {EXIT, Failure} from '../failure.js';
import type {World} from '../world/world.js';
import {privateSocket} from './private/paths.js';

/** Where an engine may be reached, and who said so. */
export interface Endpoint {
  /** `unix:///…`, `tcp://host:port` or `ssh://…`, as DOCKER_HOST has it. */
  host: string;
  /** What named it: `DOCKER_HOST`, `context NAME`, or the kind of socket. */
  source: string;
  /** Folder with ca.pem, cert.pem and key.pem, for TLS. */
  certificates: string | null;
  /** True when a person chose it: no other endpoint may take its place. */
  chosen: boolean;
}

type Environment = World['env'];

/**
 * The endpoints to try, in order: `DOCKER_HOST`, the docker context, then the sockets that exist by convention (rootful,
 * rootless, Docker Desktop, Podman, gpudock's private engine). Throws a Failure for a context that does not exist: its
 * engine was asked for, and another one may not answer in its place.
 */
export async function endpoints(world: Pick<World, 'env' | 'read'>): Promise<Endpoint[]> {
  const {env} = world;
  if (env.DOCKER_HOST) return [chosen(env.DOCKER_HOST, 'DOCKER_HOST', tlsFolder(env))];
  const context = await currentContext(world);
  if (context !== null && context !== 'default') return [await contextEndpoint(world, context)];
  const runtime = env.XDG_RUNTIME_DIR;
  return [
    socket('/var/run/docker.sock', 'docker socket'),
    ...(runtime ? [socket(`${runtime}/docker.sock`, 'rootless docker socket')] : []),
    socket(`${home(env)}/.docker/run/docker.sock`, 'Docker Desktop socket'),
    ...(runtime ? [socket(`${runtime}/podman/podman.sock`, 'rootless Podman socket')] : []),
    socket('/run/podman/podman.sock', 'Podman socket'),
    socket(privateSocket(env), "gpudock's private engine"),
  ];
}

/** True unless the engine is behind a unix socket of this machine. */
export const isRemote = (endpoint: Endpoint): boolean => !endpoint.host.startsWith('unix://');

export const socketPath = (endpoint: Endpoint): string | null =>
  endpoint.host.startsWith('unix://') ? endpoint.host.slice('unix://'.length) : null;

const home = (env: Environment): string => env.HOME ?? homedir();

const tlsFolder = (env: Environment): string | null =>
  env.DOCKER_TLS_VERIFY ? (env.DOCKER_CERT_PATH ?? join(home(env), '.docker')) : null;

const chosen = (host: string, source: string, certificates: string | null): Endpoint => ({
  host,
  source,
  certificates,
  chosen: true,
});

const socket = (path: string, source: string): Endpoint => ({
  host: `unix://${path}`,
  source,
  certificates: null,
  chosen: false,
});

const dockerFolder = (env: Environment): string => env.DOCKER_CONFIG ?? join(home(env), '.docker');

async function currentContext(world: Pick<World, 'env' | 'read'>): Promise<string | null> {
  if (world.env.DOCKER_CONTEXT) return world.env.DOCKER_CONTEXT;
  const config = await readJson(world, join(dockerFolder(world.env), 'config.json'));
  const context = (config as {currentContext?: unknown} | null)?.currentContext;
  return typeof context === 'string' && context !== '' ? context : null;
}

interface ContextMeta {
  Endpoints?: {docker?: {Host?: unknown} | null} | null;
}

/** A context lives in a folder named by the SHA-256 of its name (docker/cli, cli/context/store). */
async function contextEndpoint(world: Pick<World, 'env' | 'read'>, name: string): Promise<Endpoint> {
  const {createHash} = await import('node:crypto');
  const folder = createHash('sha256').update(name).digest('hex');
  const contexts = join(dockerFolder(world.env), 'contexts');
  const meta = (await readJson(world, join(contexts, 'meta', folder, 'meta.json'))) as ContextMeta | null;
  const host = meta?.Endpoints?.docker?.Host;
  if (typeof host !== 'string') throw missingContext(world.env, name);
  const tls = join(contexts, 'tls', folder, 'docker');
  const hasTls = (await world.read(join(tls, 'ca.pem'))).status === 'ok';
  return chosen(host, `context ${name}`, hasTls ? tls : null);
}

const missingContext = ({DOCKER_CONTEXT}: Environment, name: string): Failure =>
  new Failure({
    code: 'docker_context_missing',
    message: `there is no docker context ${name.slice(0, 100)}`,
    cause: DOCKER_CONTEXT ? 'DOCKER_CONTEXT names it' : "docker's config.json names it as the current one",
    fix: DOCKER_CONTEXT
      ? 'docker context ls; then: unset DOCKER_CONTEXT'
      : 'docker context ls; docker context use default',
    exit: EXIT.noEngine,
  });

async function readJson(world: Pick<World, 'read'>, path: string): Promise<unknown> {
  const file = await world.read(path);
  if (file.status !== 'ok') return null;
  try {
    return JSON.parse(Buffer.from(file.value).toString('utf8'));
  } catch {
    return null;
  }
}
