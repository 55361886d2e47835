import {readFile} from 'node:fs/promises';
import {type Agent, globalAgent} from 'node:http';
import {join} from 'node:path';
import type Docker from 'dockerode';
import {EXIT, Failure} from '../failure.js';
import type {EngineAnswer, World} from '../world/world.js';
import {type Endpoint, endpoints, isRemote, socketPath} from './endpoint.js';
import {get, nearEnd} from './get.js';

/** An engine that has answered. */
export interface Engine {
  kind: 'docker' | 'podman';
  docker: Docker;
  endpoint: Endpoint;
  /** Where this machine finds it, as DOCKER_HOST has it: the endpoint's own, or the near end of a tunnel to it. */
  address: string;
}

const PING_TIMEOUT = 5_000;

/** Connects to the first endpoint that answers. Throws a Failure (exit 5) that says what was tried and what to do. */
export async function connect(world: Pick<World, 'env' | 'read'>): Promise<Engine> {
  // It takes as long to load as an engine to answer: both at once.
  const client = import('dockerode');
  client.catch(() => {});
  const tried: {endpoint: Endpoint; answer: EngineAnswer}[] = [];
  for (const endpoint of await endpoints(world)) {
    const near = await nearEnd(endpoint);
    const answer = await get(near, '/version', PING_TIMEOUT);
    if (answer.status === 'ok')
      return {kind: kindOf(answer.body), docker: await open(near), endpoint, address: near.host};
    tried.push({endpoint, answer});
  }
  throw noEngine(tried);
}

/** Podman names itself among the components of the version that it gives to Docker's clients. */
const kindOf = (version: unknown): Engine['kind'] =>
  JSON.stringify(version).includes('"Podman Engine"') ? 'podman' : 'docker';

/** Bind mounts name paths of the engine's machine: they make sense only when that is this one. */
export const isLocal = (engine: Engine): boolean => !isRemote(engine.endpoint);

/** As DOCKER_HOST has it; null for the one that other programs find without being told. */
export const namedEngine = ({endpoint: {source, host}}: Engine): string | null =>
  source === 'docker socket' ? null : host;

async function open(endpoint: Endpoint): Promise<Docker> {
  const {default: Dockerode} = await import('dockerode');
  const path = socketPath(endpoint);
  // Node works the name of a TLS server out for every request, and takes milliseconds over it: plain HTTP has none.
  const {options} = globalAgent as Agent & {options: {servername?: string}};
  options.servername = '';
  // dockerode takes what it is not told from DOCKER_HOST: there the far end of a tunnel may stand.
  if (path !== null) return new Dockerode({socketPath: path, host: '', protocol: 'http'});
  const url = new URL(endpoint.host);
  const {certificates} = endpoint;
  if (certificates === null) return new Dockerode({protocol: 'http', host: url.hostname, port: url.port || 2375});
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(file => readFile(join(certificates, file))),
  );
  return new Dockerode({protocol: 'https', host: url.hostname, port: url.port || 2376, ca, cert, key});
}

/** The most telling refusal: a socket that is there and does not serve us says more than one that is missing. */
function noEngine(tried: {endpoint: Endpoint; answer: EngineAnswer}[]): Failure {
  const telling = tried.find(({answer}) => answer.status !== 'not-found') ?? tried[0];
  const status = telling?.answer.status ?? 'not-found';
  const detail = telling !== undefined && 'detail' in telling.answer ? telling.answer.detail : 'nothing to try';
  if (status === 'denied')
    return new Failure({
      code: 'docker_permission_denied',
      message: 'the container engine is there, but you may not use it',
      cause: detail,
      fix: 'sudo usermod -aG docker $USER, then log in again (members of that group are root on this machine)',
      exit: EXIT.noEngine,
    });
  if (status === 'timeout')
    return new Failure({
      code: 'docker_daemon_hangs',
      message: `the container engine did not answer within ${PING_TIMEOUT / 1000} seconds`,
      cause: detail,
      fix: 'look at it: systemctl status docker; restart it: sudo systemctl restart docker',
      exit: EXIT.noEngine,
    });
  return new Failure({
    code: 'docker_daemon_unreachable',
    message: 'no container engine answers',
    cause: status === 'not-found' ? 'neither Docker nor Podman has a socket here' : detail,
    fix:
      telling?.endpoint.chosen === true
        ? `check ${telling.endpoint.source}, or unset it`
        : 'install or start one: https://docs.docker.com/engine/install/, or sudo systemctl start docker',
    exit: EXIT.noEngine,
  });
}
