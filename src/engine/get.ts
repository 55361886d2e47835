import {access, readFile} from 'node:fs/promises';
import type {RequestOptions} from 'node:https';
import {join} from 'node:path';
import {isFailure} from '../failure.js';
import type {EngineAnswer, World} from '../world/world.js';
import {type Endpoint, endpoints, isRemote, socketPath} from './endpoint.js';

const LONGEST_MESSAGE = 2_000;

/** A `World['engine']` that asks the first endpoint that answers. Plain HTTP: dockerode takes 0.1 s to load. */
export function engineGetter(world: Pick<World, 'env' | 'read'>): World['engine'] {
  let found: Promise<Endpoint[]> | undefined;
  return async (path, timeout, body) => {
    found ??= endpoints(world);
    let answer: EngineAnswer = {status: 'not-found', detail: 'no engine socket'};
    try {
      for (const endpoint of await found) {
        answer = await get(endpoint, path, timeout, body);
        if (answer.status !== 'not-found') return answer;
      }
      return answer;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return {status: 'error', code: error.code, detail: `${error.message}: ${error.reason}`};
    }
  };
}

/** `GET path` at one endpoint; with a body `POST`. A socket that is not there is `not-found`; one that nobody listens on is an `error`. */
export async function get(endpoint: Endpoint, path: string, timeout: number, sent?: unknown): Promise<EngineAnswer> {
  try {
    const {status, body, isJson} = await exchange(await target(await nearEnd(endpoint)), {path, sent}, timeout);
    if (status !== 200 && status !== 201)
      return {
        status: 'error',
        detail: `${endpoint.source} answered ${status}: ${body.trim().slice(0, LONGEST_MESSAGE)}`,
      };
    return {status: 'ok', body: isJson ? JSON.parse(body) : body, remote: isRemote(endpoint)};
  } catch (error) {
    return refusal(endpoint, error);
  }
}

/** The endpoint itself; for one that is reached by ssh the socket of a tunnel to it. Throws `ssh_failed`. */
export async function nearEnd(endpoint: Endpoint): Promise<Endpoint> {
  if (!endpoint.host.startsWith('ssh://')) return endpoint;
  const {tunnelTo} = await import('./tunnel.js');
  return {...endpoint, host: `unix://${await tunnelTo(endpoint.host)}`};
}

/** How node reaches an endpoint, if its socket is there at all. */
async function target(endpoint: Endpoint): Promise<RequestOptions> {
  const path = socketPath(endpoint);
  if (path !== null) {
    // Most sockets are not there: to be told so, no HTTP client need be loaded.
    await access(path);
    // Node works the name of a TLS server out for every request, and takes milliseconds over it.
    return {socketPath: path, servername: ''};
  }
  const url = new URL(endpoint.host.replace(/^tcp:/, endpoint.certificates === null ? 'http:' : 'https:'));
  if (!/^https?:$/.test(url.protocol)) throw Object.assign(new Error(`${url.protocol} is not asked for facts`), {});
  const place = {host: url.hostname, port: url.port || (endpoint.certificates === null ? 2375 : 2376)};
  if (endpoint.certificates === null) return place;
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(file => readFile(join(endpoint.certificates ?? '', file))),
  );
  return {...place, protocol: 'https:', ...{ca, cert, key}};
}

async function exchange(
  place: RequestOptions,
  {path, sent}: {path: string; sent: unknown},
  timeout: number,
): Promise<{status: number; body: string; isJson: boolean}> {
  const {request} = place.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const method = sent === undefined ? 'GET' : 'POST';
  const headers = sent === undefined ? {} : {'Content-Type': 'application/json'};
  return new Promise((resolve, reject) => {
    const call = request(
      {...place, path, method, headers, agent: false, signal: AbortSignal.timeout(timeout)},
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
          resolve({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), isJson});
        });
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(sent === undefined ? undefined : JSON.stringify(sent));
  });
}

function refusal(endpoint: Endpoint, error: unknown): EngineAnswer {
  const detail = `${endpoint.source} (${endpoint.host}): ${error instanceof Error ? error.message : String(error)}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return {status: 'not-found', detail};
  if (code === 'EACCES' || code === 'EPERM') return {status: 'denied', detail};
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError' || code === 'ABORT_ERR'))
    return {status: 'timeout', detail};
  return {status: 'error', detail};
}
