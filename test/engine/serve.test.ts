import {execFile} from 'node:child_process';
import {rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import {buildModelServer} from '../lab/model-server.js';
import type {Lab} from '../lab/place.js';

const IMAGE = `gpudock-test/server:${process.pid}`;
let lab: Lab;
let engine: Engine;
const folders: string[] = [];

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  await buildModelServer(lab, IMAGE);
}, 300_000);

afterAll(async () => {
  for (const folder of folders) {
    const listed = await engine.docker.listContainers({all: true, filters: {label: [`gpudock.project=${folder}`]}});
    for (const {Id} of listed) await engine.docker.getContainer(Id).remove({force: true});
    await rm(folder, {recursive: true, force: true});
  }
  await engine.docker.getImage(IMAGE).remove({force: true});
  await tidyUp();
});

async function project(files: Record<string, string>): Promise<string> {
  const folder = await makeProject(files, 1234);
  folders.push(folder);
  return folder;
}

const serve = (words: string[], options = {}) =>
  gpudock(lab, ['serve', ...words, '--image', IMAGE, '--json'], {uid: 1234, ...options});
const shell = async (line: string): Promise<string> => (await promisify(execFile)('sh', ['-c', line])).stdout;

describe.each([
  ['tensorflow', {'1/saved_model.pb': ''}, '', /'1'/],
  ['triton', {'resnet/1/model.onnx': ''}, '', /\[\]/],
  ['torchserve', {'digits.mar': ''}, 'digits.mar', /Healthy/],
  ['vllm', {'config.json': '{}'}, '', /serve \/model --served-model-name/],
])('%s', (preset, files, model, answer) => {
  test('is ready when gpudock ends, and the printed line works', async () => {
    const folder = join(await project(files as unknown as Record<string, string>), model);
    if (model !== '') folders.push(folder);
    const {curl, servers} = JSON.parse(ended(await serve([preset, folder])).stdout);
    expect(await shell(curl[0])).toMatch(answer);
    const {Config, HostConfig} = await engine.docker.getContainer(servers[0].name).inspect();
    expect(Config.User).toBe('1234:1234');
    expect(HostConfig.Binds?.some(bind => bind.endsWith(':ro'))).toBe(true);
    expect(HostConfig.RestartPolicy).toMatchObject({Name: 'on-failure'});
    expect((await gpudock(lab, ['stop', servers[0].name])).exit).toBe(0);
  }, 60_000);
});

describe('what goes wrong', () => {
  test.each([
    ['a folder without a version', {'model.pt': ''}, 'tensorflow', 'model_layout'],
    ['a model in place of a repository', {'1/model.onnx': ''}, 'triton', 'model_layout'],
    ['a folder in place of an archive', {'model.pt': ''}, 'torchserve', 'model_layout'],
  ])('%s: said before anything starts', async (_, files, preset, code) => {
    const folder = await project(files as unknown as Record<string, string>);
    const run = await serve([preset, folder]);
    expect(run.exit).toBe(1);
    expect(JSON.parse(run.stdout).error.code).toBe(code);
  });

  test('a model that crashes on load: the cause from its log, and nothing left', async () => {
    const folder = await project({'1/saved_model.pb': ''});
    const run = await serve(['tensorflow', folder, '-e', 'CRASH=1']);
    expect(JSON.parse(run.stdout).error).toMatchObject({code: 'server_ended', cause: expect.stringMatching(/memory/i)});
    expect(await engine.docker.listContainers({all: true, filters: {label: [`gpudock.project=${folder}`]}})).toEqual(
      [],
    );
  });

  test('a port that is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => holder.once('listening', resolve));
    const address = holder.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const run = await serve(['tensorflow', await project({'1/saved_model.pb': ''}), '--port', String(port)]);
    holder.close();
    expect(JSON.parse(run.stdout).error.code).toBe('port_taken');
  });

  test('not ready in time: says so, and nothing is left', async () => {
    const folder = await project({'1/saved_model.pb': ''});
    const run = await serve(['tensorflow', folder, '--wait', '2', '-e', 'MODEL_NAME=another']);
    expect(JSON.parse(run.stdout).error.code).toBe('server_silent');
    expect(await engine.docker.listContainers({all: true, filters: {label: [`gpudock.project=${folder}`]}})).toEqual(
      [],
    );
  });
});

test('an app for real, in two replicas with a port each', async () => {
  const main =
    "async def app(scope, receive, send):\n  await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n  await send({'type': 'http.response.body', 'body': b'hello'})\n";
  const folder = await project({'requirements.txt': 'uvicorn\n', 'main.py': main});
  const run = ended(
    await gpudock(lab, ['serve', 'app', 'main:app', '-C', folder, '--replicas', '2', '--json'], {uid: 1234}),
  );
  const {curl} = JSON.parse(run.stdout);
  expect(new Set(curl).size).toBe(2);
  for (const line of curl) expect(await shell(line)).toBe('hello');
}, 600_000);
