import {setTimeout as sleep} from 'node:timers/promises';
import type {ImageReference} from '../matrix/reference.js';
import type {World} from '../world/world.js';
import {ask, type Reply, type Request} from './ask.js';
import {authorize, parseChallenge, refused} from './authorization.js';
import {type Credentials, credentialsFor} from './credentials.js';
import {type Endpoint, endpointsOf, type RegistrySettings} from './endpoint.js';
import {trouble, troubleCode} from './trouble.js';

export interface RegistryQuestion {
  /** Below `/v2/<repository>/`: `manifests/latest`. */
  path: string;
  method?: 'GET' | 'HEAD';
  accept?: string;
  /** Bytes. */
  limit: number;
}

/** Asks registries: the first endpoint that knows the answer, with the log-in it wants. Lives as long as one command. */
export interface RegistryClient {
  get(reference: ImageReference, question: RegistryQuestion): Promise<Reply>;
}

export interface ClientOptions {
  settings: RegistrySettings;
  signal?: AbortSignal;
  /** The machine's own bundle of authorities, PEM; asked for when a certificate is not trusted. */
  certificates?(host: string): Promise<string | null>;
}

type ClientWorld = Pick<World, 'env' | 'read' | 'run' | 'fetch' | 'now'>;

/** A pause this short is waited for, once; milliseconds. */
const SHORT_PAUSE = 3_000;

export const openClient = (world: ClientWorld, options: ClientOptions): RegistryClient => new Client(world, options);

class Client implements RegistryClient {
  private readonly world: ClientWorld;
  private readonly options: ClientOptions;
  /** By base and repository. */
  readonly #authorizations = new Map<string, string>();
  readonly #credentials = new Map<string, Promise<Credentials | null>>();
  /** By base: milliseconds of the clock before which it may not be asked again. */
  readonly #closedUntil = new Map<string, number>();
  /** By base: why it gave no answer at all. */
  readonly #silent = new Map<string, Error>();
  /** By base: further authorities, PEM. */
  readonly #trusted = new Map<string, string>();

  constructor(world: ClientWorld, options: ClientOptions) {
    this.world = world;
    this.options = options;
  }

  async get(reference: ImageReference, question: RegistryQuestion): Promise<Reply> {
    let last: Error | null = null;
    /** Repositories that answered: by another way to them nothing else would come. */
    const settled = new Set<string>();
    for (const endpoint of endpointsOf(reference, this.options.settings)) {
      const repository = `${endpoint.host}/${endpoint.path}`;
      if (settled.has(repository)) continue;
      try {
        return await this.#answer(endpoint, question);
      } catch (error) {
        const code = troubleCode(error);
        if (!(error instanceof Error) || code === null) throw error;
        last = error;
        if (code !== 'registry_unreachable' && code !== 'registry_tls') settled.add(repository);
      }
    }
    throw last ?? trouble('registry_unreachable', `${reference.domain} has no address`);
  }

  /** One that does not answer for one image does not for the next: nobody waits for it twice. */
  async #answer(endpoint: Endpoint, question: RegistryQuestion): Promise<Reply> {
    const known = this.#silent.get(endpoint.base);
    if (known !== undefined) throw known;
    const reply = await this.#paced(endpoint, question).catch(error => {
      if (troubleCode(error) === 'registry_unreachable') this.#silent.set(endpoint.base, error);
      throw error;
    });
    if (reply.status === 200) return reply;
    throw refusal(endpoint, reply);
  }

  /** Keeps to what the endpoint says of its limits. */
  async #paced(endpoint: Endpoint, question: RegistryQuestion): Promise<Reply> {
    const {base, host} = endpoint;
    const now = (): number => this.world.now().getTime();
    const wait = (this.#closedUntil.get(base) ?? 0) - now();
    if (wait > 0 && question.method !== 'HEAD') throw limited(host, wait);
    const reply = await this.#trusting(endpoint, question);
    if (reply.status !== 429) {
      if (remaining(reply) === 0) this.#closedUntil.set(base, now() + windowOf(reply));
      return reply;
    }
    const pause = retryAfter(reply.header('retry-after'), this.world.now());
    if (pause > SHORT_PAUSE || this.#closedUntil.has(base)) {
      this.#closedUntil.set(base, now() + pause);
      throw limited(host, pause);
    }
    this.#closedUntil.set(base, 0);
    await sleep(pause);
    return this.#paced(endpoint, question);
  }

  /** Once more with the machine's own authorities, where the built-in ones do not reach. */
  async #trusting(endpoint: Endpoint, question: RegistryQuestion): Promise<Reply> {
    try {
      return await this.#exchange(endpoint, question);
    } catch (error) {
      if (troubleCode(error) !== 'registry_tls' || this.#trusted.has(endpoint.base)) throw error;
      const own = await this.options.certificates?.(endpoint.host);
      if (own == null) throw error;
      this.#trusted.set(endpoint.base, own);
      return this.#exchange(endpoint, question);
    }
  }

  /** Answers the endpoint's challenge, once for each repository. */
  async #exchange(endpoint: Endpoint, question: RegistryQuestion): Promise<Reply> {
    const key = `${endpoint.base} ${endpoint.path}`;
    const reply = await this.#send(endpoint, question);
    if (reply.status !== 401 || this.#authorizations.has(key)) return reply;
    const authorization = await authorize(this.world, parseChallenge(reply.header('www-authenticate')), {
      host: endpoint.host,
      path: endpoint.path,
      plain: endpoint.base.startsWith('http:'),
      credentials: await this.#loginOf(endpoint.host),
      request: this.#transport(endpoint),
    });
    this.#authorizations.set(key, authorization);
    const known = await this.#send(endpoint, question);
    // A token tells what it is for; a password is right or wrong.
    if (known.status === 401 && authorization.startsWith('Basic ')) {
      throw refused(endpoint.host, 'the stored log-in is not valid');
    }
    return known;
  }

  #send(endpoint: Endpoint, question: RegistryQuestion): Promise<Reply> {
    return ask(this.world, `${endpoint.base}/v2/${endpoint.path}/${question.path}`, {
      ...this.#transport(endpoint),
      method: question.method ?? 'GET',
      headers: question.accept === undefined ? {} : {accept: question.accept},
      authorization: this.#authorizations.get(`${endpoint.base} ${endpoint.path}`) ?? null,
      limit: question.limit,
    });
  }

  #loginOf(host: string): Promise<Credentials | null> {
    const known = this.#credentials.get(host) ?? credentialsFor(this.world, host);
    this.#credentials.set(host, known);
    return known;
  }

  #transport({base}: Endpoint): Pick<Request, 'signal' | 'transport'> {
    const {settings, signal} = this.options;
    const certificates = this.#trusted.get(base);
    return {
      ...(signal === undefined ? {} : {signal}),
      transport: {
        ...(settings.proxies === null ? {} : {proxies: settings.proxies}),
        ...(certificates === undefined ? {} : {certificates}),
      },
    };
  }
}

/** The error that an answer other than 200 stands for. */
function refusal({host, path}: Endpoint, {status}: Reply): Error {
  if (status === 404) return trouble('manifest_unknown', `${host} has no such image in ${path}`);
  if (status === 401 || status === 403)
    return refused(host, 'no right to this image, or no such name: registries do not tell which');
  return trouble('registry_unreachable', `${host} answers ${status}`);
}

const limited = (host: string, wait: number): Error =>
  trouble('registry_rate_limited', `${host} allows no more requests for ${Math.ceil(wait / 1000)} s`);

/** Docker Hub: `100;w=21600`, requests left and the window in seconds. */
function remaining({header}: Reply): number | null {
  const count = /^\d{1,9}/.exec(header('ratelimit-remaining') ?? '')?.[0];
  return count === undefined ? null : Number(count);
}

const windowOf = ({header}: Reply): number =>
  1000 * Number(/;w=(\d{1,6})\b/.exec(header('ratelimit-remaining') ?? '')?.[1] ?? 60);

/** Milliseconds; seconds or a date (RFC 9110, 10.2.3), a minute where it is not said, a day at most. */
export function retryAfter(header: string | null, now: Date): number {
  const said = header ?? '';
  const until = /^\d{1,9}$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now.getTime();
  return Number.isNaN(until) ? 60_000 : Math.min(Math.max(until, 0), 86_400_000);
}
