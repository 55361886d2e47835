import {isAbsolute, resolve} from 'node:path';
import {EXIT, Failure} from '../failure.js';

/** What the caller lends to a build: none of it is in the image, its history or the cache's keys. */
export interface BuildAccess {
  secrets: Secret[];
  /** Variables of the steps that install, `NAME=value`; they are in the history of no image. */
  buildArgs: string[];
  /** BuildKit cache sources and targets, as buildx has them: `type=registry,ref=…`. */
  cacheFrom: string[];
  cacheTo: string[];
  /** Which agent or key steps may use, as buildx has it; null: the running agent, where a requirement needs one. */
  ssh: string | null;
  /** `linux/arm64`; empty: the engine's own. */
  platforms: string[];
  /** Whether the state before a step that fails stays, as an image. */
  keepFailed: boolean;
}

/** `netrc` lies at /root/.netrc while packages are installed, any other at /run/secrets/ID. */
export type Secret = {id: string} & ({src: string} | {env: string});

export const NO_ACCESS: BuildAccess = {
  secrets: [],
  buildArgs: [],
  cacheFrom: [],
  cacheTo: [],
  ssh: null,
  platforms: [],
  keepFailed: false,
};

/** Ids that gpudock's own secrets have. */
const OWN = ['ca', 'pip', 'uv', 'conda', 'apt', 'mirror', 'pytorch'];

/** Reads `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`, docker build's form. Throws `secret_unreadable`. */
export function parseSecret(text: string, cwd: string): Secret {
  const match = /^id=([A-Za-z0-9_][A-Za-z0-9_.-]*),(src|source|env)=([^,"\r\n]+)$/.exec(text);
  const [, id = '', key = '', value = ''] = match ?? [];
  if (match === null || OWN.includes(id))
    throw new Failure({
      code: 'secret_unreadable',
      message: '--secret is not understood',
      cause: match === null ? 'it is neither id=NAME,src=FILE nor id=NAME,env=VARIABLE' : `${id} is gpudock's own`,
      fix: '--secret id=netrc,src=$HOME/.netrc',
      exit: EXIT.usage,
    });
  if (key === 'env') return {id, env: value};
  return {id, src: isAbsolute(value) ? value : resolve(cwd, value)};
}

/** `NAME=value`, or `NAME` with the value that it has here. Throws `build_arg_unreadable`. */
export function parseBuildArg(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const [, name = '', value] = /^([A-Za-z_]\w{0,200})(?:=([^\0\r\n]*))?$/.exec(text) ?? [];
  const stated = value ?? env[name];
  const secret = /(?:^|_)(?:key|password|passwd|secret|token|credentials?)(?:$|_)/i.test(name);
  if (name !== '' && !secret && stated !== undefined) return `${name}=${stated}`;
  throw new Failure({
    code: 'build_arg_unreadable',
    message: name === '' ? '--build-arg is not understood' : `--build-arg ${name} will not do`,
    cause: secret
      ? 'by its name it is a secret, and a build argument is kept with the layers'
      : name === ''
        ? 'it is neither NAME=VALUE nor NAME, a variable that is set'
        : `the variable ${name} is not set`,
    fix: secret ? `--secret id=${name},env=${name}` : '--build-arg MAX_JOBS=4',
    exit: EXIT.usage,
  });
}

/** Places where BuildKit can keep a cache (docs.docker.com, "Cache storage backends"). */
const CACHE = /^type=(?:registry|local|inline|gha|s3|azblob)(?:,[a-z][a-z0-9_-]{0,40}=[^,"\s]{1,500}){0,20}$/;

/** One `--cache-from` or `--cache-to`, in buildx's form. Throws `cache_unreadable`. */
export function parseCache(text: string, flag: 'cache-from' | 'cache-to'): string {
  if (CACHE.test(text)) return text;
  throw new Failure({
    code: 'cache_unreadable',
    message: `--${flag} is not understood`,
    cause: 'it is not type=KIND,key=value; kinds are registry, local, inline, gha, s3 and azblob',
    fix: `--${flag} type=registry,ref=registry.example/cache`,
    exit: EXIT.usage,
  });
}

/** `--ssh`: `default`, or `default=` with an agent's socket or a key. Throws `ssh_unreadable`. */
export function parseSsh(text: string, cwd: string): string {
  const [, path] = /^default(?:=([^,"\r\n]{1,1000}))?$/.exec(text) ?? [];
  if (text === 'default') return text;
  if (path !== undefined) return `default=${isAbsolute(path) ? path : resolve(cwd, path)}`;
  throw new Failure({
    code: 'ssh_unreadable',
    message: '--ssh is not understood',
    cause: "it is neither default nor default=FILE, an agent's socket or a key without a passphrase",
    fix: '--ssh default=$HOME/.ssh/id_ed25519',
    exit: EXIT.usage,
  });
}

const PLATFORM = /^linux\/(?:amd64|arm64|arm|ppc64le|riscv64|s390x)(?:\/v[1-9])?$/;

/** `linux/amd64,linux/arm64`, sorted. Throws `platform_unreadable`. */
export function parsePlatforms(text: string): string[] {
  const platforms = text.split(',');
  if (platforms.every(platform => PLATFORM.test(platform))) return [...new Set(platforms)].sort();
  throw new Failure({
    code: 'platform_unreadable',
    message: `--platform ${text} is not understood`,
    cause: 'a platform is linux/amd64 or linux/arm64; several are joined by commas',
    fix: '--platform linux/arm64',
    exit: EXIT.usage,
  });
}
