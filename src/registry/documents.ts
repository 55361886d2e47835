import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {type ImageReference, repositoryOf} from '../matrix/reference.js';
import {cacheFolder, replaceCached} from '../world/cache.js';
import type {World} from '../world/world.js';

/** What a tag named when its registry was last asked; `day`: `YYYY-MM-DD`, null where it was not written down. */
export interface RememberedTag {
  digest: string;
  day: string | null;
}

/**
 * Manifests and configs that were read before, by digest, and the digest a tag had last. Kept apart for each repository:
 * that one of them holds a document says nothing of another. What does not match its digest is as good as absent.
 */
export interface Documents {
  read(reference: ImageReference, digest: string): Promise<Buffer | null>;
  write(reference: ImageReference, digest: string, body: Buffer): Promise<void>;
  tag(reference: ImageReference): Promise<RememberedTag | null>;
  rememberTag(reference: ImageReference, digest: string): Promise<void>;
}

const REMEMBERED = /^(sha(?:256|512):[0-9a-f]{64,128})(?: (\d{4}-\d\d-\d\d))?$/;

type Files = Pick<World, 'env' | 'read' | 'now'>;

export function openDocuments({env, read, now}: Files): Documents {
  const folderOf = (reference: ImageReference): string =>
    join(cacheFolder(env), 'registry', sha256(repositoryOf(reference)).slice(0, 32));
  const documentFile = (reference: ImageReference, digest: string): string =>
    join(folderOf(reference), digest.replace(':', '-'));
  const tagFile = (reference: ImageReference): string =>
    join(folderOf(reference), `tag-${sha256(reference.tag ?? 'latest').slice(0, 32)}`);
  return {
    async read(reference, digest) {
      const file = await read(documentFile(reference, digest));
      const body = file.status === 'ok' ? Buffer.from(file.value) : null;
      return body !== null && digestOf(body, digest) === digest ? body : null;
    },
    write: (reference, digest, body) => replaceCached(documentFile(reference, digest), body),
    async tag(reference) {
      const file = await read(tagFile(reference), 200);
      if (file.status !== 'ok') return null;
      const [, digest, day = null] = REMEMBERED.exec(Buffer.from(file.value).toString('utf8')) ?? [];
      return digest === undefined ? null : {digest, day};
    },
    async rememberTag(reference, digest) {
      const today = now().toISOString().slice(0, 10);
      const known = await this.tag(reference);
      if (known?.digest === digest && known.day === today) return;
      await replaceCached(tagFile(reference), `${digest} ${today}`);
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The digest of `body` in the algorithm that `like` names. */
export function digestOf(body: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}
