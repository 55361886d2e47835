import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let lab: Lab;
let engine: Engine;
const folders: string[] = [];
const SECRET = 'correct-horse-battery-staple';

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
});
afterAll(async () => {
  for (const folder of folders) {
    await gpudock(lab, ['prune', folder, '--keep', '0', '--yes']);
    await rm(folder, {recursive: true, force: true});
  }
});

async function project(files: Record<string, string>): Promise<string> {
  const folder = await makeProject(files);
  folders.push(folder);
  return folder;
}

describe('a build that is lent a secret', () => {
  let folder: string;
  let image: string;

  beforeAll(async () => {
    folder = await project({'requirements.txt': 'packaging==24.2\n', 'token.txt': SECRET});
    const args = ['build', folder, '--gpus', 'none', '--secret', `id=token,src=${join(folder, 'token.txt')}`];
    image = ended(await gpudock(lab, args)).stdout.trim();
  }, 600_000);

  test('leaves it in no layer, label, variable or step of the history', async () => {
    const facts = engine.docker.getImage(image);
    const [inspected, history] = await Promise.all([facts.inspect(), facts.history()]);
    expect(JSON.stringify([inspected, history])).not.toContain(SECRET);
    let layers = '';
    for await (const chunk of await facts.get()) layers += Buffer.from(chunk).includes(SECRET) ? 'found' : '';
    expect(layers).toBe('');
  });

  test('records what is inside, by version', async () => {
    const stdout = await inImage(['cat', '/opt/venv/packages.txt']);
    expect(stdout).toMatch(/^packaging==24.2$/m);
    expect(stdout).toMatch(/^jupyterlab==/m);
  });

  test('is not done again when nothing changed', async () => {
    expect(JSON.parse(ended(await gpudock(lab, ['build', folder, '--gpus', 'none', '--json'])).stdout)).toMatchObject({
      image,
      built: false,
    });
  });

  const inImage = (command: string[]): Promise<string> => outputOf(image, command);
});

async function outputOf(image: string, command: string[]): Promise<string> {
  const Labels = {'gpudock.test': 'build'};
  const container = await engine.docker.createContainer({Image: image, Cmd: command, Tty: true, Labels});
  try {
    await container.start();
    await container.wait();
    return String(await container.logs({stdout: true, follow: false})).replaceAll('\r', '');
  } finally {
    await container.remove({force: true});
  }
}

test('a package that does not exist is traced to its line', async () => {
  const folder = await project({'requirements.txt': 'packaging\npackaging-of-nothing-at-all==9\n'});
  const {exit, stdout} = await gpudock(lab, ['build', folder, '--gpus', 'none', '--json']);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'build_failed',
    fix: expect.stringContaining('requirements.txt:2'),
  });
}, 300_000);

test('the state before a step that failed stays when asked for, as no image of the project', async () => {
  const folder = await project({'requirements.txt': 'packaging\npackaging-of-nothing-at-all==9\n'});
  const {exit, stderr} = await gpudock(lab, ['build', folder, '--gpus', 'none', '--target', 'job', '--keep-failed']);
  expect(exit).toBe(1);
  const [, tag = ''] = / (gpudock\/\S+:failed) sh/.exec(stderr) ?? [];
  expect(await outputOf(tag, ['sh', '-c', 'ls /opt/venv/bin/python && /opt/uv/bin/uv --version'])).toMatch(/^uv \d/m);
  await rm(join(folder, 'requirements.txt'));
  expect(ended(await gpudock(lab, ['build', folder, '--gpus', 'none', '--target', 'job'])).stdout).not.toContain(
    'failed',
  );
}, 300_000);

test('a secret that is not there fails before anything is built', async () => {
  const folder = await project({'requirements.txt': 'packaging\n'});
  const {exit, stdout} = await gpudock(lab, ['build', folder, '--json', '--secret', 'id=x,src=/nowhere']);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({code: 'secret_missing'});
});
