import {readFile} from 'node:fs/promises';
import {request as httpRequest, type RequestOptions} from 'node:http';
import {join} from 'node:path';
import type {EngineAnswer, World} from '../world/world.js';
import {type Endpoint, endpoints, isRemote, socketPath} from './endpoint.js';

/** A `World['engine']` that asks the first endpoint that answers. Plain HTTP: dockerode takes 0.1 s to load. */
export function engineGetter(world: Pick<World, 'env' | 'read'>): World['engine'] {
  let found: Promise<Endpoint[]> | undefined;
  return async (path, timeout) => {
    found ??= endpoints(world);
    let answer: EngineAnswer = {status: 'not-found', detail: 'no engine socket'};
    for (const endpoint of await found) {
      answer = await get(endpoint, path, timeout);
      if (answer.status !== 'not-found') return answer;
    }
    return answer;
  };
}

/** `GET path` at one endpoint. A socket that is not there is `not-found`; one that nobody listens on is an `error`. */
export async function get(endpoint: Endpoint, path: string, timeout: number): Promise<EngineAnswer> {
  try {
    const {status, body} = await exchange(await target(endpoint), path, timeout);
    if (status !== 200) return {status: 'error', detail: `${endpoint.source} answered ${status}`};
    return {status: 'ok', body: JSON.parse(body), remote: isRemote(endpoint)};
  } catch (error) {
    return refusal(endpoint, error);
  }
}

/** How node reaches an endpoint. `ssh://` goes through dockerode alone. */
async function target(endpoint: Endpoint): Promise<RequestOptions> {
  const path = socketPath(endpoint);
  if (path !== null) return {socketPath: path};
  const url = new URL(endpoint.host.replace(/^tcp:/, endpoint.certificates === null ? 'http:' : 'https:'));
  if (!/^https?:$/.test(url.protocol)) throw Object.assign(new Error(`${url.protocol} is not asked for facts`), {});
  const place = {host: url.hostname, port: url.port || (endpoint.certificates === null ? 2375 : 2376)};
  if (endpoint.certificates === null) return place;
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map(file => readFile(join(endpoint.certificates ?? '', file))),
  );
  return {...place, protocol: 'https:', ...{ca, cert, key}};
}

async function exchange(place: RequestOptions, path: string, timeout: number): Promise<{status: number; body: string}> {
  const request = place.protocol === 'https:' ? (await import('node:https')).request : httpRequest;
  return new Promise((resolve, reject) => {
    const call = request(
      {...place, path, method: 'GET', agent: false, signal: AbortSignal.timeout(timeout)},
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8')}),
        );
        response.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end();
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
