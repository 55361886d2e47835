import type {IncomingMessage} from 'node:http';
import type {FetchInit, WebAnswer, World} from './world.js';

const REDIRECTS = 5;
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

/** Node's own client where it is enough: undici, which knows proxies, takes as long to load as gpudock to start. */
export function fetcher(env: World['env']): World['fetch'] {
  const proxied = PROXY_VARIABLES.some(name => (env[name] ?? '') !== '');
  return async (url, {certificates, proxies, redirect = 'follow', ...init} = {}) => {
    const ca = certificates === undefined ? undefined : await withBuiltIn(certificates);
    let answer = await send(url);
    for (let hops = 0, at = url; redirect === 'follow' && hops < REDIRECTS; hops++) {
      const location = answer.status >= 300 && answer.status < 400 ? answer.header('location') : null;
      if (location === null) break;
      answer.cancel();
      at = new URL(location, at).href;
      answer = await send(at);
    }
    return answer;

    function send(to: string): Promise<WebAnswer> {
      return proxied || proxies !== undefined
        ? throughProxy(to, init, ca, proxied ? undefined : proxies)
        : direct(to, init, ca);
    }
  };
}

/** A list of authorities replaces the built-in one. */
async function withBuiltIn(certificates: string): Promise<string[]> {
  const {rootCertificates} = await import('node:tls');
  return [...rootCertificates, certificates];
}

type Init = Omit<FetchInit, 'certificates' | 'proxies' | 'redirect'>;

async function direct(url: string, {method, headers, body, signal}: Init, ca?: string[]): Promise<WebAnswer> {
  const {request} = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const call = request(url, {method, headers, signal, ca}, (response: IncomingMessage) => {
      resolve({
        status: response.statusCode ?? 0,
        header: name => headerOf(response.headers[name.toLowerCase()]),
        body: response,
        cancel: () => void response.destroy(),
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

const headerOf = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? value.join(', ') : (value ?? null);

async function throughProxy(
  url: string,
  init: Init,
  ca: string[] | undefined,
  proxies: FetchInit['proxies'],
): Promise<WebAnswer> {
  // A bundle hands on the one object of a CommonJS module, as node does.
  const {EnvHttpProxyAgent, request} = (await import('undici')).default;
  const tls = ca === undefined ? {} : {ca};
  const dispatcher = new EnvHttpProxyAgent({
    connect: tls,
    requestTls: tls,
    ...(proxies === undefined ? {} : {httpProxy: proxies.http, httpsProxy: proxies.https, noProxy: proxies.except}),
  });
  const {method = 'GET', ...rest} = init;
  const {statusCode, headers, body} = await request(url, {...rest, method: method as 'GET', dispatcher});
  return {
    status: statusCode,
    header: name => headerOf(headers[name.toLowerCase()]),
    body,
    cancel: () => void body.destroy(),
  };
}
