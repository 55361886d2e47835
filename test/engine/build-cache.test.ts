import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {engineGetter} from '../../src/engine/get.js';
import {startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import {type DaemonSpec, daemonHost} from '../../src/engine/private/daemon-files.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab} from '../lab/gpudock.js';
import {engineAt} from '../lab/lend.js';
import type {Lab} from '../lab/place.js';
import {startRegistry, stopRegistry} from '../lab/registry.js';

/** Engines that keep images in containerd's store, without which the engine's own builder exports no cache. */
const FEATURES = {'containerd-snapshotter': true};

const QUIET = {say: () => {}, signal: new AbortController().signal};
const world = liveWorld(engineGetter);
let lab: Lab;
let project: string;
/** One that goes with the test: a cache is as large as all layers together. */
let registry: string;
let registryFolder: string;
const started: DaemonSpec[] = [];

async function engine(bridge: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gpudock-store-'));
  const settings = {features: FEATURES, 'registry-mirrors': [`http://${lab.registry}`]};
  const spec = {folder, root: privateRoot(process.env), bridge, path: [], settings};
  started.push(spec);
  await startDaemon(world, spec, QUIET);
  return daemonHost(folder);
}

beforeAll(async () => {
  lab = await readLab();
  registryFolder = await mkdtemp(join(tmpdir(), 'gpudock-cache-'));
  registry = await startRegistry(world, registryFolder, null, QUIET);
  project = await makeProject({'requirements.txt': 'humanize\n', 'main.py': 'import humanize\n'});
}, 60_000);
afterAll(async () => {
  for (const spec of started) {
    await stopDaemon(world, spec);
    await rm(spec.folder, {recursive: true, force: true, maxRetries: 10, retryDelay: 200});
  }
  await stopRegistry(registryFolder);
  for (const folder of [project, registryFolder]) await rm(folder, {recursive: true, force: true});
}, 120_000);

test('a cache is exported by one engine, also of an image that is there, and taken by another one', async () => {
  const cache = `type=registry,ref=${registry}/cache:1`;
  const build = (host: string, ...args: string[]) =>
    gpudock(lab, ['build', project, '--gpus', 'none', '--target', 'job', ...args], {env: {DOCKER_HOST: host}});
  const first = await engine('gpudock-store1');
  const image = ended(await build(first)).stdout.trim();
  // Nothing changed, and all the same there is something to do.
  expect(ended(await build(first, '--cache-to', `${cache},mode=max`)).stderr).not.toContain('nothing changed');
  const second = await engine('gpudock-store2');
  const {stderr, stdout} = ended(await build(second, '--cache-from', cache));
  expect(stdout.trim()).toBe(image);
  const taken = stderr.split('\n').filter(line => /^ +cached /.test(line));
  expect(taken.some(line => line.includes('uv pip install'))).toBe(true);
  expect(taken.some(line => line.includes('/etc/apt/apt.conf.d/docker-clean'))).toBe(true);
  const {docker} = await engineAt(second);
  const container = await docker.createContainer({Image: image, Cmd: ['python', 'main.py']});
  await container.start();
  expect((await container.wait()).StatusCode).toBe(0);
  await container.remove();
}, 600_000);
