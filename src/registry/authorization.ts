import * as z from 'zod';
import type {World} from '../world/world.js';
import {ask, type Reply, type Request} from './ask.js';
import type {Credentials} from './credentials.js';
import {trouble} from './trouble.js';

/** What a registry wants before it answers (`WWW-Authenticate`; distribution/distribution: spec/auth/token). */
export type Challenge = {scheme: 'basic'} | {scheme: 'bearer'; realm: string; service: string | null};

const HEADER_LIMIT = 4_096;
const TOKEN_LIMIT = 64 * 1024;

/** Null for a scheme that is not known. A bearer challenge comes before a basic one. */
export function parseChallenge(header: string | null): Challenge | null {
  const said = (header ?? '').slice(0, HEADER_LIMIT);
  const bearer = /(?:^|,\s?)bearer /i.exec(said);
  if (bearer === null) return /(?:^|,\s?)basic(?: |$)/i.test(said) ? {scheme: 'basic'} : null;
  const values = new Map(
    [...said.slice(bearer.index).matchAll(/\b(realm|service)="([^"]{0,2000})"/gi)].map(
      ([, name = '', value = '']) => [name.toLowerCase(), value] as const,
    ),
  );
  const realm = values.get('realm') ?? '';
  return URL.canParse(realm) ? {scheme: 'bearer', realm, service: values.get('service') || null} : null;
}

interface Asked {
  /** Whose challenge it is: `nvcr.io`. */
  host: string;
  /** Repository inside the registry: `nvidia/pytorch`. */
  path: string;
  /** The registry was reached without TLS, so its realm may be, too. */
  plain: boolean;
  credentials: Credentials | null;
  request: Pick<Request, 'signal' | 'transport'>;
}

/** The `Authorization` that answers a challenge; throws `registry_auth` where there is none. */
export async function authorize(
  world: Pick<World, 'fetch'>,
  challenge: Challenge | null,
  asked: Asked,
): Promise<string> {
  const {host, credentials} = asked;
  if (challenge?.scheme === 'bearer') return `Bearer ${await fetchToken(world, challenge, asked)}`;
  if (challenge === null) throw refused(host, 'it asks for a log-in of a kind that is not known');
  if (credentials?.kind !== 'password') throw refused(host, 'it asks for a log-in, and none is stored for it');
  return basic(credentials);
}

const basic = ({user, password}: {user: string; password: string}): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export const refused = (host: string, why: string): Error => trouble('registry_auth', `${host} refuses: ${why}`);

async function fetchToken(
  world: Pick<World, 'fetch'>,
  {realm, service}: Extract<Challenge, {scheme: 'bearer'}>,
  {host, path, plain, credentials, request}: Asked,
): Promise<string> {
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !(plain && url.protocol === 'http:'))
    throw refused(host, 'it wants the log-in sent in clear text');
  // The scope is made from the name that was asked for: challenges are known to carry a sample's.
  const query = {...(service === null ? {} : {service}), scope: `repository:${path}:pull`};
  const reply =
    credentials?.kind === 'token'
      ? await ask(world, url.href, {
          ...request,
          method: 'POST',
          headers: {'content-type': 'application/x-www-form-urlencoded'},
          body: `${new URLSearchParams({...query, grant_type: 'refresh_token', client_id: 'gpudock', refresh_token: credentials.token})}`,
          limit: TOKEN_LIMIT,
        })
      : await ask(world, withQuery(url, query), {
          ...request,
          authorization: credentials === null ? null : basic(credentials),
          limit: TOKEN_LIMIT,
        });
  return tokenOf(reply, host, credentials !== null);
}

function withQuery(url: URL, query: Record<string, string>): string {
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Either name may be there. What does not fit a header is no token. */
const Token = z.string().regex(/^[\x21-\x7e]+$/);
const Answer = z.union([z.object({token: Token}), z.object({access_token: Token})]);

function tokenOf({status, body}: Reply, host: string, known: boolean): string {
  if (status === 401 || status === 403)
    throw refused(host, known ? 'the stored log-in is not valid' : 'it asks for a log-in, and none is stored for it');
  if (status === 429) throw trouble('registry_rate_limited', `${host} allows no more requests for now`);
  if (status !== 200) throw trouble('registry_unreachable', `the log-in service of ${host} answers ${status}`);
  try {
    const answer = Answer.parse(JSON.parse(body.toString('utf8')));
    return 'token' in answer ? answer.token : answer.access_token;
  } catch {
    throw trouble('registry_answer_invalid', `the log-in service of ${host} gives no token`);
  }
}
