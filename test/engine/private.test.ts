import {existsSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {get} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {mayRaiseLimits} from '../../src/engine/limits.js';
import {daemonStatus, startDaemon, stopDaemon} from '../../src/engine/private/daemon.js';
import {type DaemonSpec, daemonHost} from '../../src/engine/private/daemon-files.js';
import {mountsUnder} from '../../src/engine/private/leftovers.js';
import {type Progress, unpackPackages} from '../../src/engine/private/packages.js';
import {privateRoot} from '../../src/engine/private/paths.js';
import {programEnv} from '../../src/engine/private/program-env.js';
import {demultiplex} from '../../src/engine/streams.js';
import {liveWorld} from '../../src/world/live.js';
import {readLab} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {STAND_IN} from '../lab/stand-in-gpu.js';

const world = liveWorld(engineGetter);
const IMAGE = 'python:3.12-slim';
const BRIDGE = 'gpudock-test0';

/** Reads the machine's mirror inside the container: nothing but the engine's network leads there. */
const REACH_MIRROR = [
  'python3',
  '-c',
  `import re, urllib.request
text = open('/etc/apt/sources.list').read()
uri, suite = re.search(r'^deb (?:\\[.*?\\] )?(\\S+) (\\S+)', text, re.M).groups()
print(urllib.request.urlopen(f'{uri}/dists/{suite}/InRelease', timeout=20).status)`,
];

const lines: string[] = [];
const progress: Progress = {say: line => void lines.push(line), signal: new AbortController().signal};

let lab: Lab;
let labEngine: Engine;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  labEngine = await engineAt(lab.host);
  folder = await mkdtemp(join(tmpdir(), 'gpudock-private-'));
});

afterAll(() => rm(folder, {recursive: true, force: true}));

const engineAt = (host: string): Promise<Engine> =>
  connect({env: {...process.env, DOCKER_HOST: host}, read: world.read});

interface Container {
  id: string;
  output(): Promise<string>;
  remove(): Promise<void>;
}

async function start({docker}: Engine, body: Record<string, unknown>): Promise<Container> {
  const container = await docker.createContainer({Image: IMAGE, ...body});
  const remove = (): Promise<void> => container.remove({force: true});
  try {
    await container.start();
  } catch (error) {
    await remove();
    throw error;
  }
  const output = async (): Promise<string> =>
    demultiplex(await container.logs({stdout: true, stderr: true}))
      .toString('utf8')
      .trim();
  return {id: container.id, output, remove};
}

/** What a command prints in a container of its own. */
async function outputOf(engine: Engine, Cmd: string[], HostConfig: Record<string, unknown> = {}): Promise<string> {
  const container = await start(engine, {Cmd, HostConfig});
  try {
    await engine.docker.getContainer(container.id).wait();
    return await container.output();
  } finally {
    await container.remove();
  }
}

async function pull({docker}: Engine): Promise<void> {
  const stream = await docker.pull(IMAGE);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, error => (error ? reject(error) : resolve()));
  });
}

describe('packages', () => {
  const set = (packages: string[]) => ({packages, fromSuite: [], suite: null, folder: join(folder, 'packages')});

  test('are unpacked with what they need, and run from where they lie', async () => {
    const {packages} = await unpackPackages(world, set(['tini']), progress);
    expect(packages.map(({name}) => name)).toContain('tini');
    const env = await programEnv(world, join(folder, 'packages'));
    const outcome = await world.run({program: join(folder, 'packages/usr/bin/tini'), args: ['--version'], env});
    expect(outcome).toMatchObject({status: 'ran', exit: 0});
  });

  test('that are there already cost no question to the mirror', async () => {
    lines.length = 0;
    expect((await unpackPackages(world, set(['tini']), progress)).packages).not.toHaveLength(0);
    expect(lines).toEqual([]);
  });

  test('that do not exist are named, and leave what was there as it was', async () => {
    await expect(unpackPackages(world, set(['no-such-package-here']), progress)).rejects.toMatchObject({
      name: 'Failure',
      code: 'packages_unavailable',
      reason: expect.stringContaining('no-such-package-here'),
    });
    expect(await readdir(folder)).toEqual(['packages']);
    expect(existsSync(join(folder, 'packages/usr/bin/tini'))).toBe(true);
  });
});

describe('a daemon of our own, beside another one', () => {
  let spec: DaemonSpec;
  let engine: Engine;

  beforeAll(async () => {
    const at = join(folder, 'engine');
    const settings = {'registry-mirrors': [`http://${lab.registry}`]};
    spec = {folder: at, root: privateRoot(process.env), bridge: BRIDGE, path: [], settings};
    await startDaemon(world, spec, progress);
    engine = await engineAt(daemonHost(at));
    await pull(engine);
  }, 120_000);

  afterAll(async () => {
    await stopDaemon(world, spec);
  }, 60_000);

  test('answers, and a second start finds it there', async () => {
    expect(await daemonStatus(spec.folder)).toMatchObject({running: true, version: expect.stringMatching(/^\d+\./)});
    expect(await startDaemon(world, spec, progress)).toEqual({fresh: false});
  });

  test('pulled from the mirror of docker.io a stand-in that says so', async () => {
    const {Config} = await engine.docker.getImage(IMAGE).inspect();
    expect(Config.Labels['gpudock.lab']).toMatch(/stand-in/);
  });

  test('runs containers on overlayfs, with an init process when asked', async () => {
    expect((await engine.docker.info()).Driver).toBe('overlay2');
    expect(await outputOf(engine, ['cat', '/proc/1/comm'], {Init: true})).toMatch(/^(?:docker-init|tini)$/);
  });

  test('gives containers the way out, and the other engine keeps its own', async () => {
    expect(await outputOf(engine, REACH_MIRROR)).toBe('200');
    expect(await outputOf(labEngine, REACH_MIRROR)).toBe('200');
  });

  test('publishes ports on loopback', async () => {
    const server = await start(engine, {
      Cmd: ['python3', '-m', 'http.server', '80'],
      ExposedPorts: {'80/tcp': {}},
      HostConfig: {PortBindings: {'80/tcp': [{HostIp: '127.0.0.1', HostPort: '0'}]}},
    });
    try {
      const {NetworkSettings} = await engine.docker.getContainer(server.id).inspect();
      const port = NetworkSettings.Ports['80/tcp']?.[0]?.HostPort;
      expect(await untilAnswers(`http://127.0.0.1:${port}/`)).toBe(200);
    } finally {
      await server.remove();
    }
  });

  test('has networks in which containers know one another by name', async () => {
    const network = await engine.docker.createNetwork({Name: 'gpudock-test'});
    const HostConfig = {NetworkMode: 'gpudock-test'};
    const other = await start(engine, {name: 'gpudock-test-other', Cmd: ['sleep', '60'], HostConfig});
    try {
      const ask = ['python3', '-c', 'import socket; print(socket.gethostbyname("gpudock-test-other"))'];
      expect(await outputOf(engine, ask, HostConfig)).toMatch(/^10\.\d+\.\d+\.\d+$/);
      expect(await outputOf(engine, REACH_MIRROR, HostConfig)).toBe('200');
    } finally {
      await other.remove();
      await network.remove();
    }
  });

  test('raises locked memory exactly where its own capabilities allow it', async () => {
    const limited = outputOf(engine, ['sh', '-c', 'ulimit -l'], {Ulimits: [{Name: 'memlock', Soft: -1, Hard: -1}]});
    const {DockerRootDir} = await engine.docker.info();
    if ((await mayRaiseLimits(world, DockerRootDir)) === true) expect(await limited).toBe('unlimited');
    else await expect(limited).rejects.toThrow(/error setting rlimit/);
  });

  test('has no GPU without a hook', async () => {
    const DeviceRequests = [{DeviceIDs: [STAND_IN.gpus[0].uuid], Capabilities: [['gpu']]}];
    await expect(outputOf(engine, ['true'], {DeviceRequests})).rejects.toThrow(/could not select device driver/);
  });

  test('leaves no process, mount, bridge or rule when it stops', async () => {
    await engine.docker.createNetwork({Name: 'gpudock-test-kept'});
    await start(engine, {Cmd: ['sleep', '600']});
    const bridges = (await readdir('/sys/class/net')).filter(name => name.startsWith('br-'));
    expect(existsSync(`/sys/class/net/${BRIDGE}`)).toBe(true);
    expect(await rulesOf(BRIDGE, spec)).toHaveLength(3);
    expect(await stopDaemon(world, spec)).toBe(true);
    expect(await daemonStatus(spec.folder)).toEqual({running: false});
    expect(await processesNaming(spec.folder)).toEqual([]);
    expect(await mountsUnder(spec.folder)).toEqual([]);
    expect(existsSync(`/sys/class/net/${BRIDGE}`)).toBe(false);
    expect((await readdir('/sys/class/net')).filter(name => name.startsWith('br-')).length).toBe(bridges.length - 1);
    expect(await rulesOf(BRIDGE, spec)).toEqual([]);
    expect(await stopDaemon(world, spec)).toBe(false);
  });

  test('has its networks back when it starts again', async () => {
    await startDaemon(world, spec, progress);
    const network = engine.docker.getNetwork('gpudock-test-kept');
    expect(await outputOf(engine, REACH_MIRROR, {NetworkMode: 'gpudock-test-kept'})).toBe('200');
    await network.remove();
    await stopDaemon(world, spec);
  });

  test('that cannot start shows its last words and leaves nothing', async () => {
    const broken = {...spec, settings: {'no-such-setting': true}};
    await expect(startDaemon(world, broken, progress)).rejects.toMatchObject({
      code: 'private_engine_failed',
      details: expect.arrayContaining([expect.stringContaining('no-such-setting')]),
    });
    expect(existsSync(`/sys/class/net/${BRIDGE}`)).toBe(false);
    expect(await processesNaming(spec.folder)).toEqual([]);
  });
});

describe("the lab's engine with the stand-in GPU", () => {
  beforeAll(() => pull(labEngine), 60_000);

  test('takes a device request, and the container gets exactly that GPU', async () => {
    const {uuid} = STAND_IN.gpus[1];
    const DeviceRequests = [{DeviceIDs: [uuid], Capabilities: [['gpu']]}];
    expect(await outputOf(labEngine, ['printenv', 'NVIDIA_VISIBLE_DEVICES'], {DeviceRequests})).toBe(uuid);
  });

  test('injects a CDI device: its variable and its mount', async () => {
    const DeviceRequests = [{Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=1']}];
    const ask = ['sh', '-c', `printenv ${STAND_IN.variable}; nvidia-smi -L`];
    const [device, ...gpus] = (await outputOf(labEngine, ask, {DeviceRequests})).split('\n');
    expect(device).toBe('1');
    expect(gpus.join('\n')).toContain(STAND_IN.gpus[1].uuid);
  });

  test('refuses a CDI device that no specification names', async () => {
    const DeviceRequests = [{Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=7']}];
    await expect(outputOf(labEngine, ['true'], {DeviceRequests})).rejects.toThrow(/unresolvable CDI devices/);
  });
});

/** Plain HTTP: node's own fetch loses a request whose connection is closed before the container listens. */
async function untilAnswers(url: string): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const status = await new Promise<number | null>(resolve => {
      const request = get(url, {timeout: 1_000}, response => resolve(response.resume().statusCode ?? null));
      request.on('error', () => resolve(null));
      request.on('timeout', () => request.destroy());
    });
    if (status !== null) return status;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

async function rulesOf(bridge: string, spec: DaemonSpec): Promise<string[]> {
  const env = await programEnv(world, spec.root, [join(spec.folder, 'programs')]);
  const tables = ['nat', 'filter'].map(table => world.run({program: 'iptables', args: ['-w', '-t', table, '-S'], env}));
  const outcomes = await Promise.all(tables);
  expect(outcomes.map(({status}) => status)).toEqual(['ran', 'ran']);
  return outcomes.flatMap(({stdout}) => stdout.split('\n')).filter(rule => rule.includes(bridge));
}

/** Command lines of the processes that name a folder. */
async function processesNaming(path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return found.filter(line => line.includes(`${path}/`)).map(line => line.replaceAll('\0', ' '));
}
