import type {FetchInit, WebAnswer, World} from '../world/world.js';
import {trouble} from './trouble.js';

/** One answer, read whole. */
export interface Reply {
  status: number;
  /** Null: it is not there. */
  header(name: string): string | null;
  body: Buffer;
}

export interface Request {
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Record<string, string>;
  /** Sent to the origin of the URL alone: no redirect takes it elsewhere. */
  authorization?: string | null;
  body?: string;
  /** Bytes of an answer at most. */
  limit: number;
  /** Ends everything. */
  signal?: AbortSignal;
  /** How this machine reaches the network. */
  transport?: Pick<FetchInit, 'certificates' | 'proxies'>;
}

/** Milliseconds for one answer, from the connection to its last byte. */
const TIMEOUT = 10_000;
const REDIRECTS = 5;

type Fetcher = Pick<World, 'fetch'>;

/** Asks one URL. Follows a few redirects, never from https to http; throws a trouble, as `trouble.ts` lists them. */
export async function ask(world: Fetcher, url: string, request: Request): Promise<Reply> {
  const deadline = AbortSignal.timeout(TIMEOUT);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  let at = new URL(url);
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const response = await send(world, at, new URL(url).origin, {...request, signal});
    const location = response.header('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null || request.method === 'POST')
      return await read(response, at, request);
    response.cancel();
    at = redirected(at, location);
  }
  throw trouble('registry_answer_invalid', `${new URL(url).host} redirects more than ${REDIRECTS} times`);
}

async function send(world: Fetcher, at: URL, origin: string, request: Request): Promise<WebAnswer> {
  const {method = 'GET', headers = {}, authorization, body, signal, transport} = request;
  const mayKnow = authorization != null && at.origin === origin;
  try {
    return await world.fetch(at.href, {
      method,
      redirect: 'manual',
      headers: {...headers, ...(mayKnow ? {authorization} : {})},
      ...(body === undefined ? {} : {body}),
      ...(signal === undefined ? {} : {signal}),
      ...transport,
    });
  } catch (error) {
    throw unreachable(at.host, error);
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (to === null || !/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:')) {
    throw trouble('registry_answer_invalid', `${from.host} redirects to where nothing may be read from`);
  }
  to.username = '';
  to.password = '';
  return to;
}

async function read(response: WebAnswer, at: URL, {limit}: Request): Promise<Reply> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.byteLength;
      // Leaving the loop ends the connection.
      if (size > limit) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreachable(at.host, error);
  }
  if (size > limit) throw trouble('registry_answer_invalid', `${at.host} sends more than ${limit} bytes`);
  return {status: response.status, header: name => response.header(name), body: Buffer.concat(chunks)};
}

/** Codes of OpenSSL, as node has them, for a chain that ends at no trusted authority. */
const UNTRUSTED = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT)/;

function unreachable(host: string, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (UNTRUSTED.test(code)) return trouble('registry_tls', `the certificate of ${host} is not trusted`, code);
  const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  const reason = timedOut ? 'no answer in time' : code || (cause instanceof Error ? cause.message : String(cause));
  return trouble('registry_unreachable', `${host} does not answer`, reason);
}
