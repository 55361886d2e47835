import type {FetchInit, World} from './world.js';

const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

/** Node's own fetch where it is enough: undici, which knows proxies and further certificates, takes 60 ms to load. */
export function fetcher(env: World['env']): World['fetch'] {
  const proxied = PROXY_VARIABLES.some(name => (env[name] ?? '') !== '');
  return (url, {certificates, proxies, ...init} = {}) =>
    proxied || certificates !== undefined || proxies !== undefined
      ? fetchThrough(url, init, {certificates, proxies: proxied ? undefined : proxies})
      : fetch(url, init);
}

async function fetchThrough(
  url: string,
  init: Omit<FetchInit, 'certificates' | 'proxies'>,
  {certificates, proxies}: {certificates: string | undefined; proxies: FetchInit['proxies']},
): Promise<Response> {
  // CommonJS: in the bundle it has a default export alone.
  const [{default: undici}, {rootCertificates}] = await Promise.all([import('undici'), import('node:tls')]);
  // A list of authorities replaces the built-in one.
  const tls = certificates === undefined ? {} : {ca: [...rootCertificates, certificates]};
  const dispatcher = new undici.EnvHttpProxyAgent({
    connect: tls,
    requestTls: tls,
    ...(proxies === undefined ? {} : {httpProxy: proxies.http, httpsProxy: proxies.https, noProxy: proxies.except}),
  });
  const response = await undici.fetch(url, {...init, dispatcher});
  return response as unknown as Response;
}
