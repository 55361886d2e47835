import {BlockList, isIP} from 'node:net';
import * as z from 'zod';
import {type ImageReference, parseReference, repositoryOf} from '../matrix/reference.js';
import {type RegistryTable, tableFor} from './registries-conf.js';
import {trouble} from './trouble.js';

/** A base URL under which a repository may be asked for. */
export interface Endpoint {
  /** `https://registry-1.docker.io`, without a path's last slash */
  base: string;
  /** The key of its credentials: `docker.io`, `localhost:5000`. */
  host: string;
  /** The repository there: a mirror may have it under another name. */
  path: string;
}

/** What the engine's configuration says of registries. */
export interface RegistrySettings {
  /** Of Docker Hub alone, as docker has it. */
  mirrors: readonly string[];
  /** Hosts that may be asked without TLS. */
  insecure: readonly string[];
  /** Networks of such hosts: `10.0.0.0/8`. */
  insecureNetworks: readonly string[];
  /** Podman's tables (registries.conf); none for Docker. */
  tables: readonly RegistryTable[];
  /** The engine's own proxies; null: none. */
  proxies: {http: string; https: string; except: string} | null;
}

export const NO_SETTINGS: RegistrySettings = {
  mirrors: [],
  insecure: [],
  insecureNetworks: [],
  tables: [],
  proxies: null,
};

const Info = z.object({
  RegistryConfig: z
    .object({
      Mirrors: z.array(z.string()).nullish().catch(null),
      InsecureRegistryCIDRs: z.array(z.string()).nullish().catch(null),
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
    insecureNetworks: (config?.InsecureRegistryCIDRs ?? []).slice(0, 1_000),
    tables: [],
    proxies: open.length === 0 ? null : {http: HttpProxy ?? '', https: HttpsProxy ?? '', except: NoProxy ?? ''},
  };
}

/** The endpoints of a reference's registry, in the order to try: mirrors come first. Throws where it is blocked. */
export function endpointsOf(reference: ImageReference, settings: RegistrySettings): Endpoint[] {
  const {domain, path} = reference;
  const table = tableFor(repositoryOf(reference), settings.tables);
  if (table !== null) return endpointsByTable(reference, table, settings);
  const mirrors = domain === 'docker.io' ? settings.mirrors : [];
  return [
    ...mirrors.map(url => ({base: url.replace(/\/+$/, ''), host: new URL(url).host, path})),
    ...endpointsAt(domain, path, isInsecure(domain, settings)),
  ];
}

function endpointsByTable(reference: ImageReference, table: RegistryTable, settings: RegistrySettings): Endpoint[] {
  const repository = repositoryOf(reference);
  if (table.blocked) throw trouble('registry_unreachable', `registries.conf blocks ${table.prefix}`);
  const unfit = reference.digest === null ? 'digest-only' : 'tag-only';
  return [...table.mirrors.filter(({pulls}) => pulls !== unfit), table].flatMap(({location, insecure}) => {
    const at = parseReference(location === '' ? repository : location + rest(repository, table.prefix));
    return at === null ? [] : endpointsAt(at.domain, at.path, insecure || isInsecure(at.domain, settings));
  });
}

/** What follows a prefix; after one for many hosts, what follows the host. */
const rest = (repository: string, prefix: string): string =>
  prefix.startsWith('*.') ? repository.slice(repository.indexOf('/')) : repository.slice(prefix.length);

function endpointsAt(host: string, path: string, insecure: boolean): Endpoint[] {
  if (host === 'docker.io') return [{base: 'https://registry-1.docker.io', host, path}];
  const secure = {base: `https://${host}`, host, path};
  const plain = {base: `http://${host}`, host, path};
  // On this machine itself TLS is the exception, and a try at it takes as long as an answer.
  if (isLoopback(host)) return [plain, secure];
  return insecure ? [secure, plain] : [secure];
}

/** By its name, or by the network of its address (dockerd(8), `--insecure-registry`). A name's address is not looked up. */
function isInsecure(host: string, {insecure, insecureNetworks}: RegistrySettings): boolean {
  if (insecure.includes(host)) return true;
  const address = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (isIP(address) === 0) return false;
  const networks = new BlockList();
  for (const network of insecureNetworks) {
    const [, start = '', bits = ''] = /^([0-9a-fA-F.:]{2,45})\/(\d{1,3})$/.exec(network) ?? [];
    const family = isIP(start) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(start) !== 0 && Number(bits) <= (family === 'ipv6' ? 128 : 32)) {
      networks.addSubnet(start, Number(bits), family);
    }
  }
  return networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Docker trusts these without TLS (moby, registry/config.go: 127.0.0.0/8, ::1). */
const isLoopback = (domain: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(domain);
