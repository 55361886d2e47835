import {execFileSync} from 'node:child_process';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {Gpu, Host} from '../../../src/contract/host.js';
import {quote} from '../../../src/launch/command-line.js';
import {grantGpus} from '../../../src/launch/gpus.js';
import {type LaunchQuestion, planLaunch} from '../../../src/launch/plan.js';
import {containerUser, type UserWish} from '../../../src/launch/user.js';
import {NO_WISHES} from '../../../src/launch/wishes.js';
import {requirement} from '../environment/memory.js';
import {machine} from '../verdict/machines.js';

const HOST = machine('550.54.14', ['NVIDIA H100', 'NVIDIA H100', 'NVIDIA H100']);
const gpu = (index: number, change: Partial<Gpu> = {}): Gpu => {
  const [model] = HOST.gpus ?? [];
  if (model === undefined) throw new Error('the machine has GPUs');
  return {...model, index, uuid: `GPU-${index}`, memoryMiB: 80_000, usedMiB: index * 100, state: 'ok', ...change};
};
const GPUS = [gpu(0, {usedMiB: 70_000}), gpu(1), gpu(2, {state: 'lost'})];
const host = (engine: Partial<Host['engine']> = {}, change: Partial<Host> = {}): Host => ({
  ...HOST,
  gpus: GPUS,
  engine: {
    ...HOST.engine,
    kind: 'docker',
    rootless: false,
    usernsRemap: false,
    cdiDevices: [],
    gpuAccess: {cdi: false, hook: true, runtime: false},
    ...engine,
  },
  ...change,
});
const CDI = {cdiDevices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=GPU-1', 'nvidia.com/gpu=all']};
const caller = {uid: 1000, gid: 1001, name: 'ada', groups: [1001, 0, 44]};

describe('GPUs', () => {
  test.each([
    ['all', {}, {form: 'request', ids: ['GPU-0', 'GPU-1']}],
    ['auto', {}, {form: 'request', ids: ['GPU-1']}],
    ['1', {}, {form: 'request', ids: ['GPU-1']}],
    ['0,1', {}, {form: 'request', ids: ['GPU-0', 'GPU-1']}],
    ['0,0,GPU-0', {}, {form: 'request', ids: ['GPU-0']}],
    ['gpu-1', {}, {form: 'request', ids: ['GPU-1']}],
    ['none', {}, {form: 'none'}],
    ['0,1', CDI, {form: 'cdi', devices: ['nvidia.com/gpu=0', 'nvidia.com/gpu=GPU-1']}],
    ['all', {gpuAccess: {cdi: false, hook: false, runtime: true}}, {form: 'runtime', ids: ['GPU-0', 'GPU-1']}],
    ['all', {gpuAccess: {cdi: null, hook: null, runtime: true}}, {form: 'request', ids: ['GPU-0', 'GPU-1']}],
  ])('%s on %j', (wanted, engine, grant) => {
    expect(grantGpus(host(engine), wanted).grant).toEqual(grant);
  });

  test.each(['3', '7,1', 'GPU-9', ''])('%j is refused', wanted => {
    expect(() => grantGpus(host(), wanted)).toThrow(
      expect.objectContaining({code: 'gpu_not_found', fix: expect.any(String)}),
    );
  });

  test.each<[string, Gpu[] | null, RegExp]>([
    ['none', GPUS, /^asked for$/],
    ['all', [gpu(0, {state: 'lost'})], /lost/],
    ['auto', null, /nothing tells/],
  ])('%s without one says why', (wanted, gpus, why) => {
    expect(grantGpus(host({}, {gpus}), wanted).decision.why).toMatch(why);
  });
});

test.each<[string, Partial<Host['engine']>, {user: string; groupAdd: string[]; usernsMode: string | null}]>([
  ['rootful', {}, {user: '1000:1001', groupAdd: ['44'], usernsMode: null}],
  ['unknown', {rootless: null, usernsRemap: null}, {user: '1000:1001', groupAdd: ['44'], usernsMode: null}],
  ['rootless Docker', {rootless: true}, {user: '0:0', groupAdd: [], usernsMode: null}],
  ['rootless Podman', {rootless: true, kind: 'podman'}, {user: '1000:1001', groupAdd: [], usernsMode: 'keep-id'}],
  ['remapped', {usernsRemap: true}, {user: '1000:1001', groupAdd: ['44'], usernsMode: 'host'}],
])('the user on an engine that is %s', (_, engine, expected) => {
  expect(containerUser(host(engine), caller)).toMatchObject(expected);
});

test.each<[string, Partial<Host['engine']>, UserWish, string, RegExp]>([
  ['root', {}, 'root', '0:0', /belong to 0/],
  ['numbers', {}, {uid: 1002, gid: 100}, '1002:100', /belong to 1002/],
  ['one number', {}, {uid: 1002, gid: null}, '1002:1002', /belong to 1002/],
  ['root on a rootless engine', {rootless: true}, 'root', '0:0', /maps the numbers/],
])('a user that was asked for: %s', (_, engine, wish, user, why) => {
  expect(containerUser(host(engine), caller, wish)).toMatchObject({
    user,
    groupAdd: [],
    decision: {why: expect.stringMatching(why)},
  });
});

test('a token of Hugging Face is a file and no variable, whatever name it came by', () => {
  const {container, secrets, command, decisions} = launch({
    wishes: {...NO_WISHES, env: ['A=b', 'HUGGING_FACE_HUB_TOKEN=old', 'HF_TOKEN=hf_secret']},
  });
  expect(container.Env).toEqual(expect.arrayContaining(['A=b', 'HF_TOKEN_PATH=/home/gpudock/.huggingface-token']));
  expect(JSON.stringify([container, command, decisions])).not.toMatch(/hf_secret|=old/);
  expect(secrets).toEqual([{path: '.huggingface-token', text: 'hf_secret'}]);
});

const launch = (change: Partial<LaunchQuestion> = {}) =>
  planLaunch({
    project: {dir: "/home/ada/it's", name: 'digits', requirements: []},
    image: 'gpudock/digits:0',
    host: host(),
    caller,
    gpus: 'none',
    port: 8888,
    portFixed: false,
    name: 'digits',
    certificates: false,
    mayRaiseLimits: null,
    dockerfile: null,
    decisions: [],
    ...change,
  });
const GIB = 1024 ** 3;
const ram = (memoryMiB: number | null): Host => host({}, {resources: {...HOST.resources, memoryMiB}});
const ray = {dir: '/x', name: 'x', requirements: [requirement({name: 'ray'})]};

test.each<[string, Partial<LaunchQuestion>, number]>([
  ['a quarter of RAM', {host: ram(64 * 1024)}, 16 * GIB],
  ['at least 1 GiB', {host: ram(3 * 1024)}, GIB],
  ['never over half of RAM', {host: ram(1024)}, GIB / 2],
  ['2 GiB a GPU', {host: ram(8 * 1024), gpus: 'all'}, 4 * GIB],
  ['a floor where RAM is unknown', {host: ram(null), gpus: 'all'}, 4 * GIB],
  ['30 % for ray', {host: ram(100 * 1024), project: ray}, 30 * GIB],
])('shared memory: %s', (_, change, bytes) => {
  expect(launch(change).container.HostConfig.ShmSize).toBe(bytes);
});

test('a launch is open to this machine alone, and every decision has its reason', () => {
  const {container, decisions, url} = launch();
  expect(container.HostConfig.PortBindings).toEqual({'8888/tcp': [{HostIp: '127.0.0.1', HostPort: '8888'}]});
  expect(container.HostConfig.SecurityOpt).toEqual(['no-new-privileges']);
  expect(container.Env).toContain('NVIDIA_VISIBLE_DEVICES=void');
  expect(url).toBe('http://127.0.0.1:8888/lab');
  expect(decisions.map(({setting}) => setting)).toEqual([
    'gpus',
    'user',
    'workspace',
    'cache',
    'shm',
    'ulimits',
    'port',
  ]);
  expect(decisions.filter(({why}) => why === '')).toEqual([]);
});

test.each<[boolean | null, string[]]>([
  [null, ['memlock', 'stack']],
  [true, ['memlock', 'stack']],
  [false, ['stack']],
])('limits where raising is %s', (mayRaiseLimits, names) => {
  expect(launch({mayRaiseLimits}).container.HostConfig.Ulimits.map(({Name}) => Name)).toEqual(names);
});

const words = (line: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'})
    .split('\0')
    .slice(0, -1);

test.each<[Partial<LaunchQuestion>, {HostIp: string; HostPort: string}, string]>([
  [{reach: 'network'}, {HostIp: '', HostPort: '8888'}, '8888:8888'],
  [{reach: 'network', port: 0}, {HostIp: '', HostPort: ''}, '8888'],
  [{port: 0}, {HostIp: '127.0.0.1', HostPort: ''}, '127.0.0.1::8888'],
])('%j is published as %j', (change, binding, word) => {
  const {container, command} = launch(change);
  expect(container.HostConfig.PortBindings).toEqual({'8888/tcp': [binding]});
  expect(words(command)).toContain(word);
});

test('the docker line means the same container to a shell', () => {
  const line = words(launch({host: host(CDI), gpus: '0,1'}).command);
  expect(line.slice(0, 3)).toEqual(['docker', 'run', '--detach']);
  expect(line).toEqual(
    expect.arrayContaining([
      "/home/ada/it's:/workspace",
      'nvidia.com/gpu=GPU-1',
      '127.0.0.1:8888:8888',
      'memlock=-1:-1',
    ]),
  );
  expect(line.at(-1)).toBe('gpudock/digits:0');
  expect(words(launch({gpus: 'all'}).command)).toContain('"device=GPU-0,GPU-1"');
});

test('a quoted word is that word to a shell', () => {
  const piece = fc.oneof(
    fc.string({unit: 'grapheme'}),
    fc.constantFrom("'", '"', '$HOME', '`id`', '\\', '\n', '*', '~', '!', '', '-e', '#'),
  );
  const word = fc.array(piece, {maxLength: 4}).map(parts => parts.join('').replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(word, {minLength: 1, maxLength: 20}), list => {
      expect(words(list.map(quote).join(' '))).toEqual(list);
    }),
  );
});
