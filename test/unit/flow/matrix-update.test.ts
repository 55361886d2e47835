import {mkdirSync, writeFileSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {dirname} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {updateMatrix, verifyRegistries, writeOverlay} from '../../../src/flow/matrix-update.js';
import {findImage, imagesOf, loadMatrix} from '../../../src/matrix/matrix.js';
import {overlayFile, readOverlay} from '../../../src/matrix/overlay.js';
import type {World} from '../../../src/world/world.js';
import {config, type Document, holding, hubAt, manifest, type Served, serve, world} from '../registry/server.js';

let served: Served;
let on: World;
const tags: Record<string, Document> = {};
const documents: Document[] = [];
const {signal} = new AbortController();
const wanted = ['pytorch/pytorch'];

/** An image of the mirror that says this of itself. */
function offer(tag: string, env: string[]): void {
  const own = config(env);
  const image = manifest(own);
  documents.push(own, image);
  tags[tag] = image;
}

function registry(request: IncomingMessage, response: ServerResponse): void {
  const isList = request.url?.startsWith('/v2/pytorch/pytorch/tags/list');
  if (isList) response.end(JSON.stringify({name: 'pytorch/pytorch', tags: Object.keys(tags)}));
  else holding(documents, tags)(request, response);
}

beforeEach(async () => {
  for (const tag of Object.keys(tags)) delete tags[tag];
  served = await serve(registry);
  const info = {RegistryConfig: {Mirrors: [`http://${served.host}/`]}};
  on = {...world(), engine: async () => ({status: 'ok', body: info, remote: false})};
});
afterEach(() => served.close());

const update = async (limit = 10) =>
  updateMatrix(on, {matrix: loadMatrix(await readOverlay(on)), wanted, limit, signal});

describe('an update', () => {
  test('adds what is new and holds back what contradicts itself or cannot be', async () => {
    offer('2.9.0-cuda12.8-cudnn9-runtime', ['PYTORCH_VERSION=2.9.0']);
    offer('2.15.7-cuda12.8-cudnn9-devel', [
      'PYTORCH_VERSION=2.15.7',
      'CUDA_VERSION=12.8.1',
      'NVIDIA_REQUIRE_CUDA=cuda>=12.8',
    ]);
    offer('2.15.8-cuda12.8-cudnn9-devel', ['PYTORCH_VERSION=2.15.8', 'CUDA_VERSION=12.4.1']);
    offer('2.15.9-cuda12.8-cudnn9-runtime', ['PYTORCH_VERSION=2.9.0']);
    offer('2.16.0-cuda99.0-runtime', ['PYTORCH_VERSION=2.16.0']);
    offer('2.17.0.dev20260101-cuda12.8', []);
    const found = await update();
    expect(found.added).toEqual([
      expect.objectContaining({
        tag: '2.15.7-cuda12.8-cudnn9-devel',
        version: '2.15.7',
        cuda: '12.8.1',
        require: '=cuda>=12.8',
      }),
    ]);
    expect(found.held.map(({reason}) => reason)).toEqual([
      'CUDA 99.0 is newer than this matrix knows drivers for',
      'its tag says 2.15.9, its config 2.9.0',
      'its tag says CUDA 12.8, its config 12.4.1',
    ]);
  });

  test('is kept beside the matrix, and looked into afterwards', async () => {
    offer('2.15.7-cuda12.8-cudnn9-devel', ['PYTORCH_VERSION=2.15.7', 'CUDA_VERSION=12.8.1']);
    await writeOverlay(on, null, (await update()).added);
    const matrix = loadMatrix(await readOverlay(on));
    expect(findImage(matrix, 'pytorch/pytorch:2.15.7-cuda12.8-cudnn9-devel')).toMatchObject({
      described: true,
      code: [],
    });
    expect(imagesOf(matrix).some(({version}) => version === '2.15.7')).toBe(true);
    expect((await update()).added).toEqual([]);
  });

  test('reads no more images than it is asked for, the newest first', async () => {
    for (const minor of [1, 2, 3]) offer(`2.16.${minor}-cuda12.8-runtime`, [`PYTORCH_VERSION=2.16.${minor}`]);
    const found = await update(1);
    expect(found.added.map(({version}) => version)).toEqual(['2.16.3']);
    expect(found.left).toBe(2);
  });

  test('says which registry gave no answer', async () => {
    await served.close();
    on = {...on, fetch: () => Promise.reject(new Error('no network'))};
    expect(await update()).toMatchObject({added: [], asked: 0, unasked: [{repository: 'docker.io/pytorch/pytorch'}]});
  });
});

test("of Docker Hub the newest tags are looked at, by its own API; without an answer there, all by the registry's", async () => {
  offer('2.15.7-cuda12.8-cudnn9-devel', ['PYTORCH_VERSION=2.15.7', 'CUDA_VERSION=12.8.1']);
  let answers = true;
  const hub = await serve((request, response) => {
    const isApi = request.url?.startsWith('/v2/repositories/');
    if (!isApi) return registry(request, response);
    const results = Object.keys(tags).map(name => ({name}));
    return void response.writeHead(answers ? 200 : 503).end(JSON.stringify({next: null, results}));
  });
  try {
    const alone = hubAt(hub.host, {...world(), engine: async () => ({status: 'not-found', detail: ''})});
    const found = () => updateMatrix(alone, {matrix: loadMatrix(), wanted, limit: 10, signal});
    const added = [expect.objectContaining({tag: '2.15.7-cuda12.8-cudnn9-devel'})];
    expect(await found()).toMatchObject({added, asked: 1, unasked: []});
    expect(hub.asked.some(path => path.includes('/tags/list'))).toBe(false);
    answers = false;
    expect(await found()).toMatchObject({added, asked: 1, unasked: []});
    expect(hub.asked.some(path => path.includes('/tags/list'))).toBe(true);
  } finally {
    await hub.close();
  }
});

test('verifying finds the tags that went and the configs that lie', async () => {
  offer('2.9.0-cuda12.8-cudnn9-runtime', ['PYTORCH_VERSION=2.9.0']);
  offer('2.9.0-cuda13.0-cudnn9-devel', ['PYTORCH_VERSION=2.9.0', 'CUDA_VERSION=12.8.1']);
  const told = await verifyRegistries(on, {matrix: loadMatrix(), wanted, configs: true, signal});
  const of = (tag: string) => told.problems.find(({image}) => image === `pytorch/pytorch:${tag}`)?.problem;
  expect(of('2.9.0-cuda12.8-cudnn9-runtime')).toBeUndefined();
  expect(of('2.9.0-cuda13.0-cudnn9-devel')).toMatch(/config says CUDA 12.8.1/);
  expect(of('2.8.0-cuda12.8-cudnn9-runtime')).toMatch(/no such tag/);
});

describe('an overlay from elsewhere', () => {
  const row = {
    tag: '9.9',
    repo: 'docker.io/pytorch/pytorch',
    framework: 'pytorch',
    evidence: 'observed',
    source: 'registry',
  };
  const head = {schema: 'gpudock/matrix-overlay/1', date: '2026-11-24'};
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['another document', '[]'],
    ['a tag that is none', JSON.stringify({...head, rows: [{...row, tag: '../x'}]})],
    ['a field of the shipped rows alone', JSON.stringify({...head, rows: [{...row, broken: 'x'}]})],
    ['a CUDA that cannot be', JSON.stringify({...head, rows: [{...row, cuda: '99.0'}]})],
    ['lists in lists in lists', '['.repeat(1_000_000)],
    ['a repository of nobody', JSON.stringify({...head, rows: [{...row, repo: 'evil.example/a'}]})],
    ['the same row twice', JSON.stringify({...head, rows: [row, row]})],
    ['a tag that names another CUDA', JSON.stringify({...head, rows: [{...row, tag: '9.9-cuda12.8', cuda: '12.6.1'}]})],
    ['a build that there is none of', JSON.stringify({...head, rows: [{...row, build: 'nope'}]})],
    [
      'the build of another version',
      JSON.stringify({...head, rows: [{...row, version: '9.9', cuda: '13.2', build: 'torch-2.14.1-cu132'}]}),
    ],
    ['too many rows', JSON.stringify({...head, rows: Array.from({length: 20_001}, () => row)})],
    ['too many bytes', ' '.repeat(9 * 1024 * 1024)],
  ])('with %s is refused', async (_, text) => {
    const file = overlayFile(on.env);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, text);
    await expect(readOverlay(on)).rejects.toMatchObject({code: 'matrix_overlay_invalid'});
  });
});

test('a repository that the matrix lacks is wrong usage', async () => {
  await expect(updateMatrix(on, {matrix: loadMatrix(), wanted: ['a/b'], limit: 1, signal})).rejects.toMatchObject({
    exit: 2,
  });
});
