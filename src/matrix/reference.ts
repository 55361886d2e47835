/** An image reference as Docker reads it: `pytorch/pytorch` is `docker.io/pytorch/pytorch`. */
export interface ImageReference {
  /** Registry host, with its port: `docker.io`, `nvcr.io`, `localhost:5000`. */
  domain: string;
  path: string;
  tag: string | null;
  /** `sha256:…` */
  digest: string | null;
}

const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,45}\])(?::\d{1,5})?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,128}$/;
/** The longest name that a registry takes (domain and path). */
const NAME_LIMIT = 255;

/** Null for what no engine would take as an image. Reads the digest and the tag from the end, as Docker does. */
export function parseReference(text: string): ImageReference | null {
  if (text.length > NAME_LIMIT + 300) return null;
  const [named, digest] = splitLast(text, '@');
  const slash = named.lastIndexOf('/');
  const colon = named.lastIndexOf(':');
  const [name, tag] = colon > slash ? [named.slice(0, colon), named.slice(colon + 1)] : [named, null];
  if (name.length > NAME_LIMIT || (tag !== null && !TAG.test(tag)) || (digest !== null && !DIGEST.test(digest))) {
    return null;
  }
  const located = locate(name);
  return located && isDomain(located.domain) && PATH.test(located.path) ? {...located, tag, digest} : null;
}

const isDomain = (domain: string): boolean => DOMAIN.test(domain) && Number(/:(\d+)$/.exec(domain)?.[1] ?? 0) <= 65_535;

/** The first part is a registry if it looks like a host; else the image is on Docker Hub, a bare name in `library/`. */
function locate(name: string): {domain: string; path: string} | null {
  const [first = '', ...rest] = name.split('/');
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  if (rest.length === 0) return isHost ? null : {domain: 'docker.io', path: `library/${first}`};
  if (!isHost) return {domain: 'docker.io', path: name};
  return {domain: first === 'index.docker.io' ? 'docker.io' : first, path: rest.join('/')};
}

function splitLast(text: string, separator: string): [string, string | null] {
  const at = text.lastIndexOf(separator);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

/** Registry and path, without tag and digest: the key of a repository in the matrix. */
export const repositoryOf = ({domain, path}: ImageReference): string => `${domain}/${path}`;

/** The reference with its registry, as those take it who know of no Docker Hub; as it stands where it is none. */
export function wholeName(text: string): string {
  const reference = parseReference(text);
  if (reference === null) return text;
  const {tag, digest} = reference;
  return `${repositoryOf(reference)}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}
