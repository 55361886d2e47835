import * as z from 'zod';
import type {ImageReference} from '../matrix/reference.js';
import type {RegistryClient} from './client.js';
import {trouble} from './trouble.js';

const PAGE = 1_000;
const PAGE_LIMIT = 8 * 1024 * 1024;
/** More than any repository of the matrix has by far. */
const MAX_TAGS = 50_000;

const Page = z.object({tags: z.array(z.string()).nullable()});
/** What a registry may call a tag (distribution specification). */
export const TAG = /^\w[\w.-]{0,127}$/;

/** All tags of a repository, page by page (distribution specification, "Listing Tags"). Throws a trouble. */
export async function listTags(client: RegistryClient, reference: ImageReference): Promise<string[]> {
  const tags = new Set<string>();
  let query: string | null = `n=${PAGE}`;
  while (query !== null) {
    const reply = await client.get(reference, {path: `tags/list?${query}`, limit: PAGE_LIMIT});
    const before = tags.size;
    for (const tag of tagsOf(reply.body)) if (TAG.test(tag)) tags.add(tag);
    if (tags.size > MAX_TAGS) {
      throw trouble('registry_answer_invalid', `${reference.path} has more than ${MAX_TAGS} tags`);
    }
    const next = nextQuery(reply.header('link'));
    // A page without anything new leads nowhere.
    query = tags.size > before ? next : null;
  }
  return [...tags];
}

function tagsOf(body: Buffer): string[] {
  try {
    return Page.parse(JSON.parse(body.toString('utf8'))).tags ?? [];
  } catch {
    throw trouble('registry_answer_invalid', 'the list of tags is not one');
  }
}

/** Only the query of `Link: <…?n=1000&last=x>; rel="next"` is taken: the list stays with the registry that began it. */
function nextQuery(link: string | null): string | null {
  const target = /^\s*<([^<>]{1,2000})>\s*;[^,]{0,200}\brel="?next"?/i.exec((link ?? '').slice(0, 4_000))?.[1];
  if (target === undefined || !URL.canParse(target, 'https://registry.invalid')) return null;
  const last = new URL(target, 'https://registry.invalid').searchParams.get('last');
  return last === null ? null : `${new URLSearchParams({n: String(PAGE), last})}`;
}
