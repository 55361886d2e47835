import {homedir} from 'node:os';
import {join} from 'node:path';
import type {World} from '../world/world.js';
import {type PipSection, pipSection} from './pip-file.js';
import type {Settings} from './settings.js';

/** How this machine reaches package indexes; what a build or a container needs to reach them the same way. */
export interface Network {
  /** The machine's bundle of trusted certificates (PEM), with its extra ones; null when none was found. */
  certificates: string | null;
  /** True when the machine trusts more than its distribution does: a proxy that re-signs TLS, a site's own authority. */
  extraCertificates: boolean;
  /** The configured Python index; null: the tools' own default. May hold a password. */
  index: string | null;
  /** What stands in for the hosts of Debian and Ubuntu in the images' own sources; null: nothing. */
  aptMirror: string | null;
  /** What stands in for `download.pytorch.org/whl`; null: nothing. */
  pytorchMirror: string | null;
  /** What stands in for `conda.anaconda.org`; null: nothing. */
  condaMirror: string | null;
  extraIndexes: string[];
  trustedHosts: string[];
  /** Proxy variables, as set here, in lower and upper case as found. */
  proxies: Record<string, string>;
}

/** Bundles by distribution family (Go's crypto/x509, root_linux.go, lists the same places). */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const BUNDLE_VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
const ANCHORS = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors', '/etc/pki/trust/anchors'];
const PROXY_VARIABLES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
];

type Files = Pick<World, 'env' | 'read' | 'list' | 'stat'>;

/** Reads the machine's certificates, Python index and proxies from its own configuration. */
export async function readNetwork(world: Files): Promise<Network> {
  const {env} = world;
  const variable = BUNDLE_VARIABLES.map(name => env[name]).find(value => value !== undefined && value !== '');
  const [certificates, anchors, pip] = await Promise.all([
    firstFile(world, variable === undefined ? BUNDLES : [variable, ...BUNDLES]),
    Promise.all(ANCHORS.map(folder => world.list(folder))),
    pipSettings(world),
  ]);
  const hasAnchors = anchors.some(
    folder => folder.status === 'ok' && folder.value.some(name => /\.(?:crt|pem|cer)$/.test(name)),
  );
  return {
    certificates,
    extraCertificates: certificates !== null && (variable !== undefined || hasAnchors),
    ...pip,
    aptMirror: null,
    pytorchMirror: null,
    condaMirror: null,
    proxies: Object.fromEntries(PROXY_VARIABLES.flatMap(name => (env[name] ? [[name, env[name]]] : []))),
  };
}

/** The mirrors of gpudock's own settings win over pip's. pip takes plain HTTP from a host only that it is told to trust. */
export function mirrored(network: Network, mirrors: NonNullable<Settings['mirrors']>): Network {
  const {pip, apt, pytorch, conda} = mirrors;
  const trusted = pip?.startsWith('http://') ? [new URL(pip).host] : [];
  const root = (url: string | undefined): string | null => url?.replace(/\/$/, '') ?? null;
  return {
    ...network,
    index: pip ?? network.index,
    trustedHosts: [...network.trustedHosts, ...trusted],
    aptMirror: root(apt),
    pytorchMirror: root(pytorch),
    condaMirror: root(conda),
  };
}

async function firstFile(world: Files, paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const facts = await world.stat(path);
    if (facts.status === 'ok' && facts.value.kind === 'file' && facts.value.readable) return path;
  }
  return null;
}

type PipSettings = Pick<Network, 'index' | 'extraIndexes' | 'trustedHosts'>;

/** pip's files, the later ones winning, then its variables (pip documentation, "Configuration"). */
async function pipSettings(world: Files): Promise<PipSettings> {
  const {env} = world;
  const home = env.HOME ?? homedir();
  const config = env.XDG_CONFIG_HOME ?? join(home, '.config');
  const files = ['/etc/pip.conf', join(home, '.pip/pip.conf'), join(config, 'pip/pip.conf'), env.PIP_CONFIG_FILE];
  let settings: PipSection = {};
  for (const path of files) {
    if (path === undefined) continue;
    const file = await world.read(path);
    if (file.status !== 'ok') continue;
    settings = {...settings, ...pipSection(Buffer.from(file.value).toString('utf8'))};
  }
  const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter(Boolean);
  return {
    index: words(env.UV_DEFAULT_INDEX ?? env.PIP_INDEX_URL ?? settings['index-url'])[0] ?? null,
    extraIndexes: words(env.PIP_EXTRA_INDEX_URL ?? settings['extra-index-url']),
    trustedHosts: words(env.PIP_TRUSTED_HOST ?? settings['trusted-host']),
  };
}

/** Build secrets by id: texts, or the path of the bundle. They are mounted while a step runs and stay in no layer. */
export function buildSecrets(network: Network): {id: string; text: string}[] {
  const {certificates, index, extraIndexes, trustedHosts, aptMirror, pytorchMirror, condaMirror} = network;
  const certificate = certificates === null ? [] : ['cert = /etc/ssl/certs/ca-certificates.crt'];
  const pip = [
    '[global]',
    ...certificate,
    ...(index === null ? [] : [`index-url = ${index}`]),
    ...(extraIndexes.length === 0 ? [] : [`extra-index-url = ${extraIndexes.join(' ')}`]),
    ...(trustedHosts.length === 0 ? [] : [`trusted-host = ${trustedHosts.join(' ')}`]),
  ];
  const uv = [
    ...(certificates === null ? [] : ['native-tls = true']),
    ...(trustedHosts.length === 0 ? [] : [`allow-insecure-host = ${JSON.stringify(trustedHosts)}`]),
    ...extraIndexes.flatMap(url => ['[[index]]', `url = ${JSON.stringify(url)}`]),
    ...(index === null ? [] : ['[[index]]', `url = ${JSON.stringify(index)}`, 'default = true']),
  ];
  const conda = [
    ...(certificates === null ? [] : ['ssl_verify: /etc/ssl/certs/ca-certificates.crt']),
    ...(condaMirror === null ? [] : [`channel_alias: ${condaMirror}`, `default_channels: [${condaMirror}/main]`]),
  ];
  const apt = [
    ...(certificates === null ? [] : ['Acquire::https::CAInfo "/run/secrets/ca";']),
    // Where the Dockerfile puts the image's sources, with the mirror in them.
    ...(aptMirror === null ? [] : ['Dir::Etc::SourceList "/dev/null";', 'Dir::Etc::SourceParts "/run/sources";']),
  ];
  return [
    {id: 'pip', text: `${pip.join('\n')}\n`},
    {id: 'uv', text: `${uv.join('\n')}\n`},
    {id: 'conda', text: `${conda.join('\n')}\n`},
    ...(apt.length === 0 ? [] : [{id: 'apt', text: `${apt.join('\n')}\n`}]),
    ...(aptMirror === null ? [] : [{id: 'mirror', text: aptMirror}]),
    ...(pytorchMirror === null ? [] : [{id: 'pytorch', text: pytorchMirror}]),
  ];
}
