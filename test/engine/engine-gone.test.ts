import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import type {Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import {type DaemonSpec, daemonHost, layout} from '../../src/engine/private/daemon-files.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, type Run, readLab, tidyUp} from '../lab/gpudock.js';
import {engineAt, lendImage} from '../lab/lend.js';
import {buildModelServer} from '../lab/model-server.js';
import type {Lab} from '../lab/place.js';

const BRIDGE = 'gpudock-test3';
const IMAGE = `gpudock-test/gone-server:${process.pid}`;

const world = liveWorld(engineGetter);
let place: string;
let folder: string;
let spec: DaemonSpec;
/** The lab, with an engine that may be killed. */
let own: Lab;
let engine: Engine;

beforeAll(async () => {
  const lab = await readLab();
  place = await mkdtemp(join(tmpdir(), 'gpudock-gone-'));
  folder = await makeProject({'requirements.txt': 'packaging\n', 'model/1/saved_model.pb': ''});
  spec = {folder: place, root: privateRoot(process.env), bridge: BRIDGE, path: [], settings: {}};
  own = {...lab, host: daemonHost(place)};
  await startDaemon(world, spec, {say: () => {}, signal: new AbortController().signal});
  engine = await engineAt(own.host);
  const shared = await engineAt(lab.host);
  const built = await gpudock(lab, ['build', folder, '--gpus', 'none', '--json']);
  await lendImage(shared, engine, JSON.parse(ended(built).stdout).image);
  await buildModelServer(lab, IMAGE);
  await lendImage(shared, engine, IMAGE);
  await shared.docker.getImage(IMAGE).remove({force: true});
}, 600_000);

beforeEach(async () => {
  await startDaemon(world, spec, {say: () => {}, signal: new AbortController().signal});
  for (const {Id} of await engine.docker.listContainers({all: true}))
    await engine.docker.getContainer(Id).remove({force: true});
}, 120_000);

afterAll(async () => {
  await stopDaemon(world, spec);
  await Promise.all([place, folder].map(path => rm(path, {recursive: true, force: true})));
  await tidyUp();
}, 120_000);

/** As when it crashes: nothing of it is told that it ends. */
async function killEngine(): Promise<void> {
  process.kill(Number(await readFile(layout(place).pid, 'utf8')), 'SIGKILL');
}

/** Runs gpudock, and `meanwhile` once `begun` is in what it says. */
async function during(
  words: string[],
  begun: RegExp | (() => Promise<boolean>),
  meanwhile: () => Promise<unknown>,
): Promise<Run> {
  const child = spawn(process.execPath, [resolve('bin/run.js'), ...words], {
    env: {...process.env, DOCKER_HOST: own.host},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = {exit: null, stdout: '', stderr: ''};
  child.stdout.on('data', chunk => {
    run.stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    run.stderr += chunk;
  });
  const exit = new Promise<number | null>(done => child.on('close', done));
  const has = typeof begun === 'function' ? begun : async () => begun.test(run.stdout + run.stderr);
  while (child.exitCode === null && !(await has())) await sleep(20);
  await meanwhile();
  const over = await Promise.race([exit, sleep(60_000, 'hangs' as const, {ref: false})]);
  if (over !== 'hangs') return {...run, exit: over};
  child.kill('SIGKILL');
  throw new Error(`it hangs:\n${run.stderr}${run.stdout}`);
}

const job = async (...words: string[]): Promise<string> =>
  ended(await gpudock(own, ['run', '-C', folder, '--gpus', 'none', '-d', ...words])).stdout.trim();
const WORK = ['sh', '-c', 'while :; do echo works; sleep 0.1; done'];
const GONE = /Error: the engine went away in the middle of it\nWhy: .+\nFix: .*gpudock ps/;

describe('the engine is killed', () => {
  test('while a job runs', async () => {
    const run = await during(['run', '-C', folder, '--gpus', 'none', ...WORK], /works/, killEngine);
    expect(run).toMatchObject({exit: 125, stderr: expect.stringMatching(GONE)});
  }, 120_000);

  test('while a program runs by exec', async () => {
    const name = await job('sleep', '600');
    const run = await during(['exec', name, ...WORK], /works/, killEngine);
    expect(run).toMatchObject({exit: 125, stderr: expect.stringMatching(GONE)});
  }, 120_000);

  test('while a log is followed', async () => {
    const run = await during(['logs', '-f', await job(...WORK)], /works/, killEngine);
    expect(run).toMatchObject({exit: 1, stderr: expect.stringMatching(GONE)});
  }, 120_000);

  test('while a notebook is waited for', async () => {
    const runs = async () => (await engine.docker.listContainers().catch(() => [])).length === 1;
    const run = await during(['notebook', folder, '--gpus', 'none', '--no-open'], runs, killEngine);
    expect(run).toMatchObject({exit: 1, stderr: expect.stringMatching(GONE)});
  }, 120_000);

  test('while a server is waited for', async () => {
    // It is never ready: it serves another model than is asked for.
    const words = [
      'serve',
      'tensorflow',
      join(folder, 'model'),
      '--gpus',
      'none',
      '--image',
      IMAGE,
      '-e',
      'MODEL_NAME=x',
    ];
    const run = await during(words, /waiting for/, killEngine);
    expect(run).toMatchObject({exit: 1, stderr: expect.stringMatching(GONE)});
  }, 120_000);
});

describe('the engine is restarted', () => {
  const restart = async (): Promise<void> => {
    await stopDaemon(world, spec);
    await startDaemon(world, spec, {say: () => {}, signal: new AbortController().signal});
  };

  test('while a log is followed: how the container has ended is said, or that the engine went away', async () => {
    const name = await job('sh', '-c', 'trap "exit 7" TERM; while :; do echo works; sleep 0.1; done');
    const run = await during(['logs', '-f', name], /works/, restart);
    if (!run.stderr.includes('has ended (exit code 7)'))
      expect(run).toMatchObject({exit: 1, stderr: expect.stringMatching(GONE)});
  }, 120_000);

  test('while a job runs: its code is passed on, or that the engine went away', async () => {
    const words = ['sh', '-c', 'trap "exit 7" TERM; while :; do echo works; sleep 0.1; done'];
    const run = await during(['run', '-C', folder, '--gpus', 'none', ...words], /works/, restart);
    if (run.exit !== 7) expect(run).toMatchObject({exit: 125, stderr: expect.stringMatching(GONE)});
  }, 120_000);

  test('a notebook is there again by its link', async () => {
    const {url} = JSON.parse(
      ended(await gpudock(own, ['notebook', folder, '--gpus', 'none', '--no-open', '--json'])).stdout,
    );
    await restart();
    const ps = JSON.parse(ended(await gpudock(own, ['ps', '--json'])).stdout);
    expect(ps.containers).toContainEqual(expect.objectContaining({project: folder, state: 'exited'}));
    const again = ended(await gpudock(own, ['notebook', folder, '--gpus', 'none', '--no-open', '--json']));
    const {url: next, running} = JSON.parse(again.stdout);
    expect(running).toBe(false);
    expect((await fetch(next)).status).toBe(200);
    expect(new URL(next).port).toBe(new URL(url).port);
  }, 120_000);
});

test('a log is followed over the starts that the engine makes by itself', async () => {
  const container = await engine.docker.createContainer({
    Image: (await engine.docker.listImages())[0]?.Id ?? '',
    Entrypoint: ['sh', '-c', 'echo start; sleep 1; exit 3'],
    Labels: {'gpudock.project': folder},
    HostConfig: {RestartPolicy: {Name: 'on-failure', MaximumRetryCount: 2}},
  });
  await container.start();
  const run = await gpudock(own, ['logs', '-f', container.id]);
  expect(run.stdout).toBe('start\nstart\nstart\n');
  expect(run.stderr).toMatch(/has ended \(exit code 3\)/);
}, 120_000);
