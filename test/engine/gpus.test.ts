import {rm} from 'node:fs/promises';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {whileChoosing} from '../../src/engine/gpu-lock.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {STAND_IN} from '../lab/stand-in-gpu.js';

let lab: Lab;
let engine: Engine;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  folder = await makeProject({'requirements.txt': 'packaging\n'});
  env = {PATH: `${lab.gpuFolder}:${process.env.PATH}`};
  ended(await gpudock(lab, ['build', folder, '--gpus', 'auto'], {env}));
}, 600_000);

afterAll(async () => {
  await removeAll();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

async function removeAll(): Promise<void> {
  const filters = {label: [`gpudock.project=${folder}`]};
  for (const {Id} of await engine.docker.listContainers({all: true, filters}))
    await engine.docker.getContainer(Id).remove({force: true});
}

const run = (...words: string[]) =>
  gpudock(lab, ['run', '-C', folder, '--gpu-check', 'warn', '--gpus', ...words], {env});

async function gpusOf(name: string): Promise<string> {
  const {Config} = await engine.docker.getContainer(name).inspect();
  return Config.Labels['gpudock.gpus'] ?? '';
}

test('two at the same moment get different GPUs; a third shares one and says so', async () => {
  const two = await Promise.all([1, 2].map(() => run('auto', '-d', 'sleep', '300')));
  const held = await Promise.all(two.map(done => gpusOf(ended(done).stdout.trim())));
  expect(held.sort()).toEqual(STAND_IN.gpus.map(({uuid}) => uuid));
  const plan = JSON.parse(ended(await run('auto', '--dry-run', '--json', 'true')).stdout);
  expect(plan.decisions).toContainEqual(
    expect.objectContaining({setting: 'gpus', why: expect.stringMatching(/shared with other containers/)}),
  );
  await removeAll();
  const free = JSON.parse(ended(await run('auto', '--dry-run', '--json', 'true')).stdout);
  expect(free.decisions).toContainEqual(
    expect.objectContaining({setting: 'gpus', value: STAND_IN.gpus[1].uuid, why: expect.not.stringMatching(/shared/)}),
  );
}, 120_000);

test.each([
  [['auto', '--gpu-memory', '100GiB'], /no GPU has 102400 MiB of free memory/],
  [['5'], /5 GPUs were asked for, 2 can be used/],
  [['GPU-nowhere'], /there is no GPU GPU-nowhere/],
])('%j is a clear no', async (words, text) => {
  expect(await run(...words, 'true')).toMatchObject({exit: 125, stderr: expect.stringMatching(text)});
});

test('asked for on a machine without one: a line says that the CPU is used; where nothing was asked, none', async () => {
  const words = (...flags: string[]) => gpudock(lab, ['run', '-C', folder, ...flags, 'true']);
  expect(ended(await words('--gpus', 'auto')).stderr).toMatch(/no NVIDIA GPU: going on with the CPU/);
  expect(ended(await words()).stderr).not.toMatch(/GPU/);
}, 600_000);

test('on a machine whose nvidia-smi hangs nobody gets the CPU in place of a GPU', async () => {
  const capture = await makeProject({
    'capture.json': JSON.stringify({sources: [{source: 'nvidia-smi -q -x', status: 'timeout'}]}),
  });
  const words = (...flags: string[]) =>
    gpudock(lab, ['run', '-C', folder, ...flags, '--dry-run', '--from', capture, 'true']);
  for (const flags of [[], ['--gpus', 'auto']])
    expect(await words(...flags)).toMatchObject({
      exit: 125,
      stderr: expect.stringMatching(/nvidia-smi does not answer/),
    });
  ended(await words('--gpus', 'none'));
  await rm(capture, {recursive: true});
});

test('a container that does not see its GPU is an error, unless that is to be a warning', async () => {
  const job = ['-C', folder, '--gpus', 'auto', 'sleep', '20'];
  const failed = await gpudock(lab, ['run', ...job], {env});
  expect(failed).toMatchObject({
    exit: 125,
    stderr: expect.stringMatching(/does not see its GPU(?:.|\n)*no device is inside/),
  });
  const warned = await gpudock(lab, ['run', '--gpu-check', 'warn', '-d', ...job], {env});
  expect(ended(warned).stderr).toMatch(/no device is inside: it would compute on the CPU/);
  await removeAll();
});

test('the lock is exclusive, and is free again when its holder has died', async () => {
  const signal = new AbortController().signal;
  let inside = 0;
  let most = 0;
  const work = () =>
    whileChoosing(engine, 'auto', signal, async () => {
      most = Math.max(most, ++inside);
      await new Promise(done => setTimeout(done, 5));
      inside--;
    });
  await Promise.all(Array.from({length: 8}, work));
  expect(most).toBe(1);
  await expect(whileChoosing(engine, 'auto', signal, () => Promise.reject(new Error('died')))).rejects.toThrow('died');
  await work();
});
