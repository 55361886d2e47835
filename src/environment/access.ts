import {isAbsolute, resolve} from 'node:path';
import {EXIT, Failure} from '../failure.js';

/** What the caller lends to a build: none of it is in the image, its history or the cache's keys. */
export interface BuildAccess {
  secrets: Secret[];
  /** BuildKit cache sources and targets, as buildx has them: `type=registry,ref=…`. */
  cacheFrom: string[];
  cacheTo: string[];
}

/** `netrc` lies at /root/.netrc while packages are installed, any other at /run/secrets/ID. */
export type Secret = {id: string} & ({src: string} | {env: string});

export const NO_ACCESS: BuildAccess = {secrets: [], cacheFrom: [], cacheTo: []};

/** Ids that gpudock's own secrets have. */
const OWN = ['ca', 'pip', 'uv', 'apt'];

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
