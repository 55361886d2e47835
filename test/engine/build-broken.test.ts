import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {engineGetter} from '../../src/engine/get.js';
import {daemonStatus, startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import {type DaemonSpec, daemonHost} from '../../src/engine/private/daemon-files.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {liveWorld} from '../../src/world/live.js';
import {gpudock, makeProject, readLab} from '../lab/gpudock.js';
import {engineAt} from '../lab/lend.js';
import type {Lab} from '../lab/place.js';

/** Room for the base and the package lists, not for compilers. */
const ROOM = '600m';

const world = liveWorld(engineGetter);
let place: string;
let spec: DaemonSpec;
/** The lab, with an engine whose disk is small. */
let small: Lab;
let folder: string;
let settings: string;

beforeAll(async () => {
  const lab = await readLab();
  place = await mkdtemp(join(tmpdir(), 'gpudock-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', place]);
  spec = {
    folder: place,
    root: privateRoot(process.env),
    bridge: 'gpudock-test3',
    path: [],
    settings: {'registry-mirrors': [`http://${lab.registry}`]},
  };
  await startDaemon(world, spec, {say: () => {}, signal: new AbortController().signal});
  small = {...lab, host: daemonHost(place)};
  folder = await makeProject({'requirements.txt': 'packaging\n'});
  settings = await mkdtemp(join(tmpdir(), 'gpudock-settings-'));
}, 120_000);

afterAll(async () => {
  await stopDaemon(world, spec);
  execFileSync('umount', ['--lazy', place]);
  await Promise.all([place, folder, settings].map(path => rm(path, {recursive: true, force: true})));
}, 60_000);

const build = async (env = {}) => {
  const {exit, stdout} = await gpudock(small, ['build', folder, '--gpus', 'none', '--json'], {env});
  return {exit, error: JSON.parse(stdout).error};
};
const contexts = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter(name => name.startsWith('gpudock-build-'));

test('a disk that fills up is named as the cause', async () => {
  const before = await contexts();
  expect(await build()).toMatchObject({
    exit: 1,
    error: {code: 'build_failed', cause: expect.stringMatching(/disk|space/)},
  });
  expect(await contexts()).toEqual(before);
}, 120_000);

test('an engine that dies during a build is named as the cause', async () => {
  const before = await contexts();
  const {IPAM} = await (await engineAt(small.host)).docker.getNetwork('bridge').inspect();
  // A step that waits for ever.
  const mirror = createServer();
  const asked = once(mirror, 'request');
  await new Promise<void>(listening => mirror.listen(0, '0.0.0.0', listening));
  try {
    await mkdir(join(settings, 'gpudock'));
    const apt = `http://${IPAM?.Config?.[0]?.Gateway}:${(mirror.address() as AddressInfo).port}`;
    await writeFile(join(settings, 'gpudock/config.yaml'), JSON.stringify({mirrors: {apt}}));
    const run = build({XDG_CONFIG_HOME: settings});
    await Promise.race([asked, run]);
    const daemon = await daemonStatus(place);
    if (daemon.running) process.kill(daemon.pid, 'SIGKILL');
    expect(await run).toMatchObject({exit: 5, error: {code: 'engine_gone'}});
  } finally {
    mirror.closeAllConnections();
    mirror.close();
  }
  expect(await contexts()).toEqual(before);
}, 120_000);
