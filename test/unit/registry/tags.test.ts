import {afterEach, expect, test} from '@jest/globals';
import {listTags} from '../../../src/registry/tags.js';
import {client, reference, type Served, serve, world} from './server.js';

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
