import {afterEach, describe, expect, test} from '@jest/globals';
import {newestHubTags} from '../../../src/registry/hub-tags.js';
import {listTags} from '../../../src/registry/tags.js';
import {client, hubAt, reference, type Served, serve, world} from './server.js';

let served: Served;
afterEach(() => served.close());
const list = () => listTags(client(world()), reference(`${served.host}/team/app`));

test('pages are followed, wherever their link points to on paper', async () => {
  served = await serve((request, response) => {
    const last = new URL(request.url ?? '', 'http://x').searchParams.get('last');
    const pages: Record<string, [string[], string | null]> = {
      '': [['a', 'b'], 'b'],
      b: [['c', 'not a tag', '../d'], 'c'],
      c: [['e'], null],
    };
    const [tags = [], next = null] = pages[last ?? ''] ?? [];
    const link =
      next === null ? {} : {link: `<https://evil.example/v2/team/app/tags/list?n=1000&last=${next}>; rel="next"`};
    response.writeHead(200, link).end(JSON.stringify({name: 'team/app', tags}));
  });
  expect(await list()).toEqual(['a', 'b', 'c', 'e']);
  expect(served.asked).toHaveLength(3);
});

test('a page that leads to itself is left', async () => {
  served = await serve((_, response) => {
    response.writeHead(200, {link: '</v2/team/app/tags/list?n=1000&last=a>; rel="next"'}).end('{"tags":["a"]}');
  });
  expect(await list()).toEqual(['a']);
  expect(served.asked).toHaveLength(2);
});

test.each([
  ['a million tags at once', JSON.stringify({tags: Array.from({length: 1_000_000}, (_, tag) => `t${tag}`)})],
  ['no list', '{"tags":{}}'],
  ['no JSON', 'tags'],
])('%s is an error', async (_, body) => {
  served = await serve((_, response) => void response.end(body));
  await expect(list()).rejects.toMatchObject({code: 'registry_answer_invalid'});
});

test('a million tags in pages are an error, after a bounded number of them', async () => {
  let page = 0;
  served = await serve((_, response) => {
    page++;
    const tags = Array.from({length: 1_000}, (_, tag) => `t${page}-${tag}`);
    response.writeHead(200, {link: `<?n=1000&last=t${page}>; rel="next"`}).end(JSON.stringify({tags}));
  });
  await expect(list()).rejects.toMatchObject({code: 'registry_answer_invalid'});
  expect(page).toBeLessThan(100);
});

test('a repository without tags has none', async () => {
  served = await serve((_, response) => void response.end('{"name":"team/app","tags":null}'));
  expect(await list()).toEqual([]);
});

describe("Docker Hub's own API", () => {
  const hub = () => newestHubTags(hubAt(served.host, world()), 'pytorch/pytorch');

  test('is read page by page, the newest first, and stays where it is', async () => {
    served = await serve((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const names = [['2.16.0', '../evil'], ['2.15.0'], ['2.14.0']][page - 1] ?? [];
      const next = page < 3 ? 'https://evil.example/v2/more' : null;
      response.end(JSON.stringify({count: 4, next, results: names.map(name => ({name, full_size: 1}))}));
    });
    expect(await hub()).toEqual(['2.16.0', '2.15.0', '2.14.0']);
    expect(served.asked[0]).toBe(
      'GET /v2/repositories/pytorch/pytorch/tags?page_size=100&page=1&ordering=last_updated',
    );
    expect(served.asked).toHaveLength(3);
  });

  test('of a million tags the newest are read, in a bounded number of pages', async () => {
    served = await serve((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const results = Array.from({length: 100}, (_, at) => ({name: `t${page}-${at}`}));
      response.end(JSON.stringify({count: 1_000_000, next: 'x', results}));
    });
    expect(await hub()).toHaveLength(2_000);
    expect(served.asked).toHaveLength(20);
  });

  test('a page that repeats itself is the last', async () => {
    served = await serve((_, response) => void response.end('{"next":"x","results":[{"name":"a"}]}'));
    expect(await hub()).toEqual(['a']);
    expect(served.asked).toHaveLength(2);
  });

  test.each([
    ['no list', 200, '{"results":{}}', 'registry_answer_invalid'],
    ['no JSON', 200, '<html>', 'registry_answer_invalid'],
    [
      'more than a page',
      200,
      `{"next":null,"results":[${'{"name":"a"},'.repeat(2_000)}{"name":"a"}]}`,
      'registry_answer_invalid',
    ],
    ['an endless page', 200, `{"next":null,"results":[${' '.repeat(9 * 2 ** 20)}]}`, 'registry_answer_invalid'],
    ['no such repository', 404, '{}', 'manifest_unknown'],
    ['too many requests', 429, '{}', 'registry_rate_limited'],
    ['an error of the server', 503, '{}', 'registry_unreachable'],
  ])('%s is an error', async (_, status, body, code) => {
    served = await serve((_request, response) => void response.writeHead(status).end(body));
    await expect(hub()).rejects.toMatchObject({code});
  });
});
