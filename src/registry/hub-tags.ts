import * as z from 'zod';
import type {World} from '../world/world.js';
import {ask, type Request} from './ask.js';
import {TAG} from './tags.js';
import {trouble} from './trouble.js';

/** Docker Hub's own API, beside the registry: it has the tags with their dates, so the newest come first. */
const HUB = 'https://hub.docker.com/v2/repositories';
const PAGE = 100;
const PAGE_LIMIT = 8 * 1024 * 1024;
/** The newest 2,000 tags are more than a repository of the matrix gets between two updates. */
const MOST_PAGES = 20;

const Page = z.object({next: z.string().nullable(), results: z.array(z.object({name: z.string()})).max(10 * PAGE)});

type Asking = Pick<Request, 'signal' | 'transport'>;

/**
 * The newest tags of a Docker Hub repository (`pytorch/pytorch`), last updated first, 2,000 at most. Pages are counted
 * here: where an answer says the next one lies is not followed. Throws a trouble.
 */
export async function newestHubTags(
  world: Pick<World, 'fetch'>,
  repository: string,
  asking: Asking = {},
): Promise<string[]> {
  const tags = new Set<string>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const {next, results} = await pageOf(world, repository, page, asking);
    const before = tags.size;
    for (const {name} of results) if (TAG.test(name)) tags.add(name);
    if (next === null || tags.size === before) break;
  }
  return [...tags];
}

async function pageOf(
  world: Pick<World, 'fetch'>,
  repository: string,
  page: number,
  asking: Asking,
): Promise<z.infer<typeof Page>> {
  const query = new URLSearchParams({page_size: String(PAGE), page: String(page), ordering: 'last_updated'});
  const {status, body} = await ask(world, `${HUB}/${repository}/tags?${query}`, {...asking, limit: PAGE_LIMIT});
  if (status === 404) throw trouble('manifest_unknown', `Docker Hub has no repository ${repository}`);
  if (status === 429) throw trouble('registry_rate_limited', 'Docker Hub allows no more requests for now');
  if (status !== 200) throw trouble('registry_unreachable', `hub.docker.com answers ${status}`);
  try {
    return Page.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw trouble('registry_answer_invalid', "Docker Hub's list of tags is not one");
  }
}
