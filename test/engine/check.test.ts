import {spawn} from 'node:child_process';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {beforeAll, describe, expect, test} from '@jest/globals';
import type {Check} from '../../src/contract/verdict.js';
import {gpudock, type Run, readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let lab: Lab;
beforeAll(async () => {
  lab = await readLab();
});

const verdictOf = (run: Run): Check['verdicts'][number] => {
  const [verdict] = (JSON.parse(run.stdout) as Check).verdicts;
  if (verdict === undefined) throw new Error(run.stderr);
  return verdict;
};
const rule = (run: Run, id: string) => verdictOf(run).rules.find(rule => rule.id === id);
const CUDA = 'nvidia/cuda:12.8.1-base-ubuntu22.04';

describe('an image in a registry that nobody listed', () => {
  test('is read from there: its digest, its condition, its size', async () => {
    const run = await gpudock(lab, ['check', '--json', `${lab.registry}/${CUDA}`]);
    const {digest, size} = verdictOf(run);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(size?.compressed).toBeGreaterThan(1_000_000);
    expect(rule(run, 'platform')?.outcome).toBe('pass');
    expect(rule(run, 'available')?.outcome).toBe('pass');
  });

  test('is unknown: for which GPUs it was compiled is not said there', async () => {
    const machine = ['--for-driver', '580.65.06', '--for-gpu', 'RTX 4090'];
    const run = await gpudock(lab, ['check', '--json', ...machine, `${lab.registry}/${CUDA}`]);
    expect(run.exit).toBe(4);
    expect(rule(run, 'driver-floor')?.outcome).toBe('pass');
    expect(rule(run, 'require-cuda')?.outcome).toBe('pass');
    expect(rule(run, 'gpu-architecture')?.outcome).toBe('unknown');
  });

  test('that is not there is said to be missing', async () => {
    const run = await gpudock(lab, ['check', '--json', `${lab.registry}/nvidia/cuda:99.0-base`]);
    expect(run.exit).toBe(4);
    expect(rule(run, 'image-content')?.reason).toMatch(/no such image/);
  });
});

test('an image of Docker Hub is read from the mirror of the engine', async () => {
  const run = await gpudock(lab, ['check', '--json', 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9-devel']);
  expect(verdictOf(run).digest).toMatch(/^sha256:/);
  expect(rule(run, 'require-cuda')?.outcome).not.toBe('unknown');
});

test('offline no registry is asked: what it said before stands, with the day', async () => {
  const read = await gpudock(lab, ['check', '--json', `${lab.registry}/${CUDA}`]);
  const run = await gpudock(lab, ['check', '--json', '--offline', `${lab.registry}/${CUDA}`]);
  expect(verdictOf(run)).toMatchObject({digest: verdictOf(read).digest, size: verdictOf(read).size});
  expect(rule(run, 'available')?.reason).toMatch(/not asked; what it said on \d{4}-\d\d-\d\d stands/);
  const other = await gpudock(lab, ['check', '--json', '--offline', `${lab.registry}/nvidia/cuda:never-read`]);
  expect(rule(other, 'image-content')?.reason).toMatch(/was not read/);
});

test('an image that the engine holds is read from it', async () => {
  const run = await gpudock(lab, ['check', '--json', '--offline', '--gpus', 'none', 'gpudock/bootstrap:trixie']);
  expect(run.exit).toBe(0);
  expect(verdictOf(run)).toMatchObject({verdict: 'runs', size: {missing: 0}});
});

test('for a machine that is not there, images are read the way this one reaches them', async () => {
  const machine = ['--for-driver', '580.65.06', '--for-gpu', 'L4'];
  const run = await gpudock(lab, ['check', '--json', ...machine, 'pytorch/pytorch:2.9.0-cuda12.8-cudnn9-runtime']);
  expect(verdictOf(run)).toMatchObject({verdict: 'runs', digest: expect.stringMatching(/^sha256:/)});
});

test('an interrupt ends a check that waits, and says so', async () => {
  const server = createServer(() => {});
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const {port} = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['bin/run.js', 'check', '--json', `127.0.0.1:${port}/a:b`]);
  server.once('request', () => child.kill('SIGINT'));
  let said = '';
  child.stdout.on('data', chunk => {
    said += chunk;
  });
  const exit = await new Promise(done => child.on('close', done));
  server.close();
  server.closeAllConnections();
  expect(exit).toBe(130);
  expect(JSON.parse(said)).toMatchObject({error: {code: 'interrupted'}});
});
