import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import {type DaemonSpec, daemonHost} from '../../src/engine/private/daemon-files.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';
import {gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

/** Holds the base image, and not the compilers that the builder stage adds. */
const DISK = '420m';
const BRIDGE = 'gpudock-test1';

const world = liveWorld(engineGetter);
let folder: string;
let disk: string;
let spec: DaemonSpec;
/** The lab, with an engine that has little room and a registry for a mirror. */
let poor: Lab;
let engine: Engine;
const projects: string[] = [];

beforeAll(async () => {
  const lab = await readLab();
  folder = await mkdtemp(join(tmpdir(), 'gpudock-poor-'));
  disk = join(folder, 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]);
  const settings = {'registry-mirrors': [`http://${lab.registry}`]};
  spec = {folder: join(disk, 'engine'), root: privateRoot(process.env), bridge: BRIDGE, path: [], settings};
  await startDaemon(world, spec, {say: () => {}, signal: new AbortController().signal});
  poor = {...lab, host: daemonHost(spec.folder)};
  engine = await connect({env: {...process.env, DOCKER_HOST: poor.host}, read: world.read});
}, 120_000);

afterAll(async () => {
  await stopDaemon(world, spec);
  execFileSync('umount', ['-l', disk]);
  await Promise.all([folder, ...projects].map(path => rm(path, {recursive: true, force: true})));
  await tidyUp();
}, 60_000);

async function project(files: Record<string, string>, uid = 0): Promise<string> {
  const made = await makeProject(files, uid);
  projects.push(made);
  return made;
}

test('an ordinary user who may not make namespaces is told what a base from packages needs', async () => {
  const [mine, temporary] = [await project({'gpudock.yaml': 'base: bootstrap\n'}, 1234), await project({}, 1234)];
  const run = await gpudock(poor, ['build', mine, '--json'], {uid: 1234, env: {TMPDIR: temporary}});
  expect(run.exit).toBe(1);
  const {error} = JSON.parse(run.stdout);
  expect(error).toMatchObject({code: 'bootstrap_failed', fix: expect.stringContaining('uidmap')});
  expect(await readdir(temporary)).toEqual([]);
}, 300_000);

test('a disk that is full in the build: the cause, the fix, and nothing left', async () => {
  const [full, temporary] = [await project({'requirements.txt': 'packaging\n'}), await project({})];
  const run = await gpudock(poor, ['build', full, '--json'], {env: {TMPDIR: temporary}});
  expect(run.exit).toBe(1);
  const {error} = JSON.parse(run.stdout);
  expect(error).toMatchObject({code: 'build_failed', cause: expect.stringMatching(/full|no space/i)});
  expect(error.fix).toMatch(/prune|free/);
  expect(await engine.docker.listImages({filters: {label: [`gpudock.project=${full}`]}})).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
}, 300_000);
