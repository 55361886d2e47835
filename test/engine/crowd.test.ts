import {rm, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {createContainer} from '../../src/engine/containers.js';
import {engineGetter} from '../../src/engine/get.js';
import {startPlanned} from '../../src/engine/start.js';
import type {Flow} from '../../src/flow/flow.js';
import {detachJob} from '../../src/flow/job.js';
import {isPortFree} from '../../src/flow/port.js';
import type {LaunchPlan} from '../../src/launch/plan.js';
import {NO_WISHES} from '../../src/launch/wishes.js';
import {job} from '../../src/launch/work.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {STAND_IN} from '../lab/stand-in-gpu.js';

let lab: Lab;
let engine: Engine;
let folder: string;
let flow: Flow;
let path: string | undefined;

beforeAll(async () => {
  lab = await readLab();
  path = process.env.PATH;
  const env = {PATH: `${lab.gpuFolder}:${process.env.PATH}`};
  folder = await makeProject({'requirements.txt': 'packaging\n'});
  ended(await gpudock(lab, ['build', folder, '--gpus', 'auto'], {env}));
  // The flow runs in this process: fifty programs of node at once would measure node.
  process.env.PATH = env.PATH;
  process.env.DOCKER_HOST = lab.host;
  const world = liveWorld(engineGetter);
  engine = await connect(world);
  const nothing = (): void => {};
  const during = <T>(_: string, work: Promise<T>) => work;
  flow = {world, signal: new AbortController().signal, note: nothing, status: nothing, during, onEvent: nothing};
}, 600_000);

afterAll(async () => {
  process.env.PATH = path;
  delete process.env.DOCKER_HOST;
  await removeAll();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

const filters = () => ({label: [`gpudock.project=${folder}`]});
const listed = () => engine.docker.listContainers({all: true, filters: filters()});

async function removeAll(): Promise<void> {
  await Promise.all((await listed()).map(({Id}) => engine.docker.getContainer(Id).remove({force: true})));
}

const REQUEST = {...NO_WISHES, folder: '', from: null, base: null, sync: false, gpuCheck: 'off' as const, gpus: 'auto'};

test('fifty at once: each gets a name and a GPU, and all are told apart', async () => {
  const work = job(['sleep', '300'], {detach: true});
  const started = await Promise.all(
    Array.from({length: 50}, () => detachJob(flow, {...REQUEST, folder, name: null, work})),
  );
  expect(new Set(started.map(({name}) => name)).size).toBe(50);
  const gpus = (await listed()).map(({Labels, State}) => `${State} ${Labels['gpudock.gpus']}`);
  expect(gpus).toHaveLength(50);
  expect([...new Set(gpus)].sort()).toEqual(STAND_IN.gpus.map(({uuid}) => `running ${uuid}`));
  await removeAll();
}, 180_000);

test('one name for several: one gets it, the others get a clear no, and nothing is left of them', async () => {
  const work = job(['sleep', '300'], {detach: true});
  const name = `gpudock-test-crowd-${process.pid}`;
  const all = await Promise.allSettled(
    Array.from({length: 5}, () => detachJob(flow, {...REQUEST, folder, name, work})),
  );
  const refused = all.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
  expect(refused).toHaveLength(4);
  const whose = {reason: `gpudock has started it for ${folder}`, fix: expect.stringContaining(`gpudock rm ${name}`)};
  for (const reason of refused) expect(reason).toMatchObject({code: 'name_taken', ...whose});
  expect(await listed()).toHaveLength(1);
  await removeAll();
}, 120_000);

describe('one port for several', () => {
  const PORT = '18651';

  async function race(portFixed: boolean): Promise<PromiseSettledResult<string>[]> {
    const given = await gpudock(lab, ['run', '-C', folder, '--gpus', 'auto', '--dry-run', '--json', 'sleep', '300']);
    const plan = JSON.parse(ended(given).stdout) as LaunchPlan;
    const {HostConfig} = plan.container;
    const container = {
      ...plan.container,
      ExposedPorts: {'80/tcp': {}},
      HostConfig: {...HostConfig, PortBindings: {'80/tcp': [{HostIp: '127.0.0.1', HostPort: PORT}]}},
    };
    const one = async (number: number): Promise<string> => {
      const own = {...plan, container, portFixed, name: `gpudock-test-port-${process.pid}-${number}`};
      const made = {plan: own, container: await createContainer(engine, own.name, own.container)};
      const started = await startPlanned(engine, made, {...flow, prepare: async () => {}});
      const {NetworkSettings} = await started.container.inspect();
      return NetworkSettings.Ports['80/tcp']?.[0]?.HostPort ?? 'none';
    };
    return Promise.allSettled(Array.from({length: 5}, (_, number) => one(number)));
  }

  test('each gets a port of its own', async () => {
    const ports = (await race(false)).map(each => (each.status === 'fulfilled' ? each.value : String(each.reason)));
    expect(ports).toContain(PORT);
    expect(new Set(ports).size).toBe(5);
    await removeAll();
  }, 120_000);

  test('that was asked for: one gets it, the others a clear no, and nothing is left of them', async () => {
    const all = await race(true);
    const refused = all.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(4);
    for (const reason of refused) expect(reason).toMatchObject({code: 'port_taken'});
    expect(await listed()).toHaveLength(1);
    await removeAll();
  }, 120_000);

  test.each(['127.0.0.1', '0.0.0.0', '::1', '::'])('a port that somebody has on %s alone is taken', async host => {
    const server = createServer();
    const listening = await new Promise<boolean>(done => {
      server.once('error', () => done(false));
      server.listen({port: 0, host, ipv6Only: host === '::'}, () => done(true));
    });
    const address = server.address();
    // A machine without IPv6 has nobody there.
    if (listening && address !== null && typeof address === 'object')
      expect(await isPortFree(address.port)).toBe(false);
    else expect(host).toMatch(/:/);
    server.close();
  });
});

test('a GPU that has gone between plan and start: the cause, and nothing is left', async () => {
  const given = await gpudock(lab, ['run', '-C', folder, '--gpus', 'auto', '--dry-run', '--json', 'sleep', '300']);
  const plan = JSON.parse(ended(given).stdout) as LaunchPlan;
  const HostConfig = {...plan.container.HostConfig, DeviceRequests: [{Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=7']}]};
  const own = {...plan, container: {...plan.container, HostConfig}, name: `gpudock-test-gone-${process.pid}`};
  const made = {plan: own, container: await createContainer(engine, own.name, own.container)};
  await expect(startPlanned(engine, made, {...flow, prepare: async () => {}})).rejects.toMatchObject({
    code: expect.stringMatching(/cdi|gpu/),
    fix: expect.any(String),
  });
  expect(await listed()).toEqual([]);
}, 60_000);

test('data that is a file, or a link to one, is mounted as what it is', async () => {
  await writeFile(join(folder, 'rows.csv'), 'rows');
  await symlink('rows.csv', join(folder, 'latest.csv'));
  const words = ['--data', join(folder, 'rows.csv'), '--data', `${join(folder, 'latest.csv')}:ro`];
  const script = 'cat /data/rows.csv /data/latest.csv';
  const run = await gpudock(lab, [
    'run',
    '-C',
    folder,
    '--gpus',
    'auto',
    '--gpu-check',
    'off',
    ...words,
    'sh',
    '-c',
    script,
  ]);
  expect(ended(run).stdout).toBe('rowsrows');
}, 60_000);
