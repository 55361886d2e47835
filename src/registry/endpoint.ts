import * as z from 'zod';
import type {ImageReference} from '../matrix/reference.js';

/** A base URL under which a repository may be asked for. */
export interface Endpoint {
  /** `https://registry-1.docker.io`, without a path's last slash */
  base: string;
  /** The key of its credentials: `docker.io`, `localhost:5000`. */
  host: string;
}

/** What the engine's configuration says of registries. */
export interface RegistrySettings {
  /** Of Docker Hub alone, as docker has it. */
  mirrors: readonly string[];
  /** Hosts that may be asked without TLS. */
  insecure: readonly string[];
  /** The engine's own proxies; null: none. */
  proxies: {http: string; https: string; except: string} | null;
}

export const NO_SETTINGS: RegistrySettings = {mirrors: [], insecure: [], proxies: null};

const Info = z.object({
  RegistryConfig: z
    .object({
      Mirrors: z.array(z.string()).nullish().catch(null),
      IndexConfigs: z
        .record(z.string(), z.object({Secure: z.boolean()}))
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
  HttpProxy: z.string().nullish().catch(null),
  HttpsProxy: z.string().nullish().catch(null),
  NoProxy: z.string().nullish().catch(null),
});

/** From the Engine API's `GET /info`. */
export function registrySettings(info: unknown): RegistrySettings {
  const {RegistryConfig: config, HttpProxy, HttpsProxy, NoProxy} = Info.safeParse(info).data ?? {};
  const insecure = Object.entries(config?.IndexConfigs ?? {}).filter(([, {Secure}]) => !Secure);
  // The engine hides the password of a proxy, and without it the proxy is of no use.
  const open = [HttpProxy, HttpsProxy].filter(url => url && !url.includes('xxxxx'));
  return {
    mirrors: (config?.Mirrors ?? []).filter(url => URL.canParse(url) && /^https?:/.test(url)),
    insecure: insecure.map(([host]) => host),
    proxies: open.length === 0 ? null : {http: HttpProxy ?? '', https: HttpsProxy ?? '', except: NoProxy ?? ''},
  };
}

/** The endpoints of a reference's registry, in the order to try: Docker Hub's mirrors come first. */
export function endpointsOf({domain}: ImageReference, {mirrors, insecure}: RegistrySettings): Endpoint[] {
  if (domain === 'docker.io') {
    const own = mirrors.map(url => ({base: url.replace(/\/+$/, ''), host: new URL(url).host}));
    return [...own, {base: 'https://registry-1.docker.io', host: domain}];
  }
  const secure = {base: `https://${domain}`, host: domain};
  const plain = {base: `http://${domain}`, host: domain};
  // On this machine itself TLS is the exception, and a try at it takes as long as an answer.
  if (isLoopback(domain)) return [plain, secure];
  return insecure.includes(domain) ? [secure, plain] : [secure];
}

/** Docker trusts these without TLS (moby, registry/config.go: 127.0.0.0/8, ::1). */
const isLoopback = (domain: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(domain);
