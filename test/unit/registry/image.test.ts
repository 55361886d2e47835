import type {IncomingMessage, ServerResponse} from 'node:http';
import {gzipSync} from 'node:zlib';
import {afterEach, describe, expect, test} from '@jest/globals';
import {openDocuments} from '../../../src/registry/documents.js';
import {readImage, recallImage} from '../../../src/registry/image.js';
import type {World} from '../../../src/world/world.js';
import {
  client,
  config,
  type Document,
  digest,
  document,
  holding,
  index,
  manifest,
  OCI,
  reference,
  type Served,
  serve,
  world,
} from './server.js';

let served: Served;
afterEach(() => served.close());

const amd64 = config(['CUDA_VERSION=12.4.1']);
const arm64 = config(['CUDA_VERSION=12.4.1', 'ARM=1'], 'arm64');
const [onAmd64, onArm64] = [manifest(amd64), manifest(arm64, [100, 50])];
const attestation = document('{}', `${OCI}.manifest.v1+json`);
const both = index([
  [attestation, {os: 'unknown', architecture: 'unknown'}],
  [onAmd64, {os: 'linux', architecture: 'amd64'}],
  [onArm64, {os: 'linux', architecture: 'arm64', variant: 'v8'}],
]);
const all = [amd64, arm64, onAmd64, onArm64, both];

const read = (on: World, suffix: string, architecture = 'amd64') =>
  readImage(client(on), openDocuments(on), reference(`${served.host}/team/app${suffix}`), architecture);

describe('an image of two platforms', () => {
  test('takes three requests cold; then none by digest and one HEAD by tag', async () => {
    served = await serve(holding(all, {v1: both}));
    const on = world();
    const cold = await read(on, ':v1');
    expect(cold).toMatchObject({digest: both.digest, architectures: ['amd64', 'arm64']});
    expect(cold.image).toMatchObject({compressed: 500 + amd64.text.length, config: {env: ['CUDA_VERSION=12.4.1']}});
    expect(served.asked).toEqual([
      'GET /v2/team/app/manifests/v1',
      `GET /v2/team/app/manifests/${onAmd64.digest}`,
      `GET /v2/team/app/blobs/${amd64.digest}`,
    ]);
    served.asked.length = 0;
    expect(await read(on, `@${both.digest}`)).toEqual(cold);
    expect(served.asked).toEqual([]);
    expect(await read(on, ':v1')).toEqual(cold);
    expect(served.asked).toEqual(['HEAD /v2/team/app/manifests/v1']);
  });

  test('is read for the CPU that is asked for, and said to be lacking for others', async () => {
    served = await serve(holding(all, {v1: both}));
    expect((await read(world(), ':v1', 'arm64')).image?.config.env).toContain('ARM=1');
    expect((await read(world(), ':v1', 'ppc64le')).image).toBeNull();
  });
});

test('what was read is recalled without a question, as it was on that day', async () => {
  const tags = {v1: onAmd64};
  served = await serve(holding(all, tags));
  const on = world();
  const documents = openDocuments(on);
  const named = reference(`${served.host}/team/app:v1`);
  expect(await documents.tag(named)).toBeNull();
  const first = await read(on, ':v1');
  tags.v1 = both;
  const cold = await read(on, ':v1');
  tags.v1 = onAmd64;
  await read(on, ':v1');
  expect(await documents.tag(named)).toEqual({digest: onAmd64.digest, day: on.now().toISOString().slice(0, 10)});
  served.asked.length = 0;
  expect(await recallImage(documents, {...named, digest: onAmd64.digest}, 'amd64')).toEqual(first);
  expect(await recallImage(documents, {...named, digest: both.digest}, 'amd64')).toEqual(cold);
  expect(await recallImage(documents, {...named, digest: both.digest}, 'arm64')).toBeNull();
  expect(await recallImage(documents, {...named, digest: onArm64.digest}, 'arm64')).toBeNull();
  expect(served.asked).toEqual([]);
});

test.each([
  ['of an earlier version, without a day', onAmd64.digest, {digest: onAmd64.digest, day: null}],
  ['that names no digest', '../../etc/passwd 2026-12-01', null],
  ['whose day is none', `${onAmd64.digest} yesterday`, null],
])('what is kept of a tag, %s', async (_, kept, expected) => {
  const on = world();
  const remembering = {...on, read: async () => ({status: 'ok', value: Buffer.from(kept)}) as const};
  expect(await openDocuments(remembering).tag(reference('example.org/team/app:v1'))).toEqual(expected);
});

test('a tag that moved is seen at once', async () => {
  const other = config(['CUDA_VERSION=13.0.0']);
  const moved = manifest(other);
  const tags = {v1: onAmd64};
  served = await serve(holding([...all, other, moved], tags));
  const on = world();
  await read(on, ':v1');
  tags.v1 = moved;
  expect((await read(on, ':v1')).image?.config.env).toEqual(['CUDA_VERSION=13.0.0']);
});

test('what was read in one repository is not said to be in another', async () => {
  served = await serve((request, response) =>
    request.url?.includes('/team/') ? holding(all, {v1: both})(request, response) : void response.writeHead(404).end(),
  );
  const on = world();
  await read(on, ':v1');
  const elsewhere = reference(`${served.host}/other/app@${both.digest}`);
  await expect(readImage(client(on), openDocuments(on), elsewhere, 'amd64')).rejects.toMatchObject({
    code: 'manifest_unknown',
  });
});

const says =
  (text: string | Buffer, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, headers).end(text);
const liar = (lied: Document) => (request: IncomingMessage, response: ServerResponse) =>
  request.url?.endsWith(lied.digest)
    ? says(lied.text.replace('12.4', '12.6').replace('200', '100'))(request, response)
    : holding(all, {v1: both})(request, response);

test.each([
  ['a manifest that does not match the digest beside it', says(onAmd64.text, {'docker-content-digest': digest('x')})],
  ['a manifest of the index that is another', liar(onAmd64)],
  ['a config that is another', liar(amd64)],
  ['no JSON', says('<html>')],
  ['an index and an image at once', says(JSON.stringify({manifests: [], layers: [], config: {}}))],
  ['more than a manifest may have', says(' '.repeat(5 * 1024 * 1024))],
  ['more than that, packed', says(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')), {'content-encoding': 'gzip'})],
  ['lists in lists in lists', says('['.repeat(1_000_000))],
  ['without end', (_: IncomingMessage, response: ServerResponse) => endless(response)],
  [
    'redirects in a circle',
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(307, {location: '/v2/team/app/manifests/v1'}).end(),
  ],
  [
    'redirects to a file',
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(302, {location: 'file:///etc/passwd'}).end(),
  ],
])('a registry that sends %s is not believed', async (_, answer) => {
  served = await serve(answer);
  await expect(read(world(), ':v1')).rejects.toMatchObject({code: 'registry_answer_invalid'});
});

function endless(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

test.each([
  ['schema 1', {schemaVersion: 1, fsLayers: []}],
  [
    'a chart',
    {
      schemaVersion: 2,
      config: {mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digest(''), size: 2},
      layers: [],
    },
  ],
  ['nothing that is known', {schemaVersion: 3}],
  [
    'a CPU with a name without end',
    {manifests: [{digest: digest(''), size: 2, platform: {os: 'linux', architecture: 'x'.repeat(1e6)}}]},
  ],
  [
    'an unknown digest',
    {schemaVersion: 2, config: {mediaType: `${OCI}.config.v1+json`, digest: 'md5:1', size: 2}, layers: []},
  ],
])('%s is said not to be supported', async (_, content) => {
  served = await serve(says(JSON.stringify(content)));
  await expect(read(world(), ':v1')).rejects.toMatchObject({code: 'image_not_supported'});
});

test.each([
  ['never answers', () => {}],
  [
    'answers a byte at a time',
    (_: IncomingMessage, response: ServerResponse) => {
      const drop = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drop));
    },
  ],
])('a registry that %s is left, when the caller says so', async (_, answer) => {
  served = await serve(answer);
  const on = world();
  const impatient = client(on, {signal: AbortSignal.timeout(200)});
  const asked = readImage(impatient, openDocuments(on), reference(`${served.host}/team/app:v1`), 'amd64');
  await expect(asked).rejects.toMatchObject({code: 'registry_unreachable'});
});

test('a document in the cache that was tampered with is fetched again', async () => {
  served = await serve(holding(all, {v1: both}));
  const on = world();
  const app = reference(`${served.host}/team/app:v1`);
  await read(on, ':v1');
  await openDocuments(on).write(app, amd64.digest, Buffer.from('{}'));
  expect((await read(on, ':v1')).image?.config.env).toEqual(['CUDA_VERSION=12.4.1']);
});
