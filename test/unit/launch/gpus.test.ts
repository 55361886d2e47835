import {describe, expect, test} from '@jest/globals';
import type {Gpu, Host} from '../../../src/contract/host.js';
import {claimsOf} from '../../../src/launch/gpu-units.js';
import {grantGpus} from '../../../src/launch/gpus.js';
import {reasonForCpu} from '../../../src/launch/without-gpus.js';
import {machine} from '../verdict/machines.js';

const HOST = machine('550.54.14', ['NVIDIA H100']);
const [MODEL] = HOST.gpus ?? [];
if (MODEL === undefined) throw new Error('the machine has a GPU');
const gpu = (index: number, change: Partial<Gpu> = {}): Gpu => ({
  ...(MODEL as Gpu),
  index,
  uuid: `GPU-${index}`,
  memoryMiB: 80_000,
  usedMiB: 0,
  state: 'ok',
  processes: [],
  ...change,
});
const slice = (uuid: string, memoryMiB: number) => ({uuid, profile: '1g.10gb', gi: 1, ci: 0, memoryMiB});
const mig = (...uuids: string[]): Partial<Gpu> => ({
  mig: {mode: 'enabled', devices: uuids.map((uuid, position) => slice(uuid, 9_856 * (position + 1)))},
});
const NAMELESS = {uuid: null, index: null};
const host = (gpus: Gpu[], cdiDevices: string[] = []): Host => ({...HOST, gpus, engine: {...HOST.engine, cdiDevices}});
const process = {pid: 1, name: 'python', user: null, type: 'C', usedMiB: 100};
const needs = (held: Record<string, number>, memoryMiB: number | null = null) => ({
  claims: new Map(Object.entries(held)),
  memoryMiB,
});

describe('auto', () => {
  test.each<[string, Gpu[], Record<string, number>, string[]]>([
    ['most free memory', [gpu(0, {usedMiB: 10}), gpu(1)], {}, ['GPU-1']],
    [
      'no program on it, before more free memory',
      [gpu(0, {processes: [process]}), gpu(1, {usedMiB: 10})],
      {},
      ['GPU-1'],
    ],
    [
      'not held, before anything else',
      [gpu(0), gpu(1, {usedMiB: 70_000, processes: [process]})],
      {'GPU-0': 1},
      ['GPU-1'],
    ],
    ['fewest holders when all are held', [gpu(0), gpu(1)], {'GPU-0': 2, 'GPU-1': 1}, ['GPU-1']],
    ['never a lost one', [gpu(0, {state: 'lost'}), gpu(1, {usedMiB: 79_000})], {}, ['GPU-1']],
    ['a slice in MIG mode', [gpu(0, mig('MIG-a', 'MIG-b'))], {'MIG-b': 1}, ['MIG-a']],
    ['the larger slice', [gpu(0, mig('MIG-a', 'MIG-b'))], {}, ['MIG-b']],
    ['nothing of MIG mode without slices', [gpu(0, mig()), gpu(1)], {}, ['GPU-1']],
  ])('takes %s', (_, gpus, held, ids) => {
    expect(grantGpus(host(gpus), 'auto', needs(held)).ids).toEqual(ids);
  });

  test('says when it has to share', () => {
    expect(grantGpus(host([gpu(0)]), 'auto', needs({'GPU-0': 1})).decision.why).toMatch(/shared/);
  });

  test('takes none with less free memory than asked for', () => {
    const gpus = [gpu(0, {usedMiB: 70_000}), gpu(1, {usedMiB: 20_000, processes: [process]})];
    expect(grantGpus(host(gpus), 'auto', needs({}, 20_480)).ids).toEqual(['GPU-1']);
    expect(() => grantGpus(host(gpus), 'auto', needs({}, 70_000))).toThrow(
      expect.objectContaining({code: 'gpu_memory_taken', reason: expect.stringMatching(/GPU-0: 10000 MiB free/)}),
    );
  });
});

test.each<[string, Gpu[], string, string]>([
  ['a lost one', [gpu(0, {state: 'lost'})], 'GPU-0', 'gpu_lost'],
  ['a slice that is not there', [gpu(0, mig('MIG-a'))], 'MIG-b', 'gpu_not_found'],
  ['two slices by the GPU', [gpu(0, mig('MIG-a', 'MIG-b'))], 'GPU-0', 'one_mig_slice'],
  ['two slices by count', [gpu(0, mig('MIG-a', 'MIG-b'))], '2', 'one_mig_slice'],
  ['a GPU in MIG mode without slices', [gpu(0, mig())], 'GPU-0', 'gpu_not_found'],
])('%s is refused', (_, gpus, wanted, code) => {
  expect(() => grantGpus(host(gpus), wanted)).toThrow(expect.objectContaining({code}));
});

test('all is every whole GPU; of slices a program would see one, and gets one', () => {
  expect(grantGpus(host([gpu(0), gpu(1, mig('MIG-a', 'MIG-b')), gpu(2)]), 'all').ids).toEqual(['GPU-0', 'GPU-2']);
  expect(grantGpus(host([gpu(0, mig('MIG-a', 'MIG-b'))]), 'all', needs({'MIG-b': 1})).ids).toEqual(['MIG-a']);
});

test('GPUs that cannot be told apart are not handed out under one name', () => {
  const {ids, decision} = grantGpus(host([gpu(0, NAMELESS), gpu(1, NAMELESS)]), 'all');
  expect([ids, decision.why]).toEqual([[], expect.stringMatching(/cannot be told apart/)]);
  expect(grantGpus(host([gpu(0, NAMELESS), gpu(1)]), 'all').ids).toEqual(['GPU-1']);
  expect(grantGpus(host([gpu(0, NAMELESS)]), 'all').ids).toEqual(['0']);
});

describe('where no GPU can be given', () => {
  const silent = {id: 'nvidia_smi_timeout', severity: 'error', cause: 'it hangs', fix: 'look', source: ''} as const;
  const found = (gpus: Gpu[] | null, findings: Host['findings'] = []): Host => ({...HOST, gpus, findings});
  const absent = {...found([]), driver: {...HOST.driver, status: 'absent' as const}};

  test.each<[string, Host, boolean]>([
    ['proved that there is none', absent, true],
    ['nothing tells, and nobody asked', found(null), false],
  ])('%s: the CPU, with its reason', (_, host, asked) => {
    expect(reasonForCpu(host, asked)).toMatch(/this machine/);
  });

  test.each<[string, Host, boolean, string]>([
    ['nothing tells, and one was asked for', found(null), true, 'gpus_unknown'],
    ['nvidia-smi hangs, and the bus shows none', found([], [silent]), false, 'gpus_unknown'],
    ['it is lost', found([gpu(0, {state: 'lost'})]), false, 'gpu_unusable'],
    ['MIG mode without an instance', found([gpu(0, mig())]), false, 'gpu_unusable'],
    ['several without a name', found([gpu(0, NAMELESS), gpu(1, NAMELESS)]), false, 'gpu_unusable'],
  ])('%s: a clear no, and the way to the CPU', (_, host, asked, code) => {
    const refusal = expect.objectContaining({code, fix: expect.stringMatching(/; on the CPU: --gpus none$/)});
    expect(() => reasonForCpu(host, asked)).toThrow(refusal);
  });

  test.each(['2', 'device=1', 'GPU-9'])('what nvidia-smi would have said is not known of --gpus %s either', wanted => {
    expect(() => grantGpus(found([gpu(0, {index: null})], [silent]), wanted)).toThrow(
      expect.objectContaining({code: 'gpus_unknown'}),
    );
  });
});

test('one index is named after device=; 0 alone has two meanings, and is none of them', () => {
  const gpus = [gpu(0), gpu(1)];
  expect(grantGpus(host(gpus), 'device=0').ids).toEqual(['GPU-0']);
  expect(grantGpus(host(gpus), 'device=1,GPU-0').ids).toEqual(['GPU-1', 'GPU-0']);
  expect(() => grantGpus(host(gpus), '0')).toThrow(
    expect.objectContaining({code: 'gpus_unclear', fix: expect.stringMatching(/--gpus none.*device=0/)}),
  );
});

test('a slice is named as the driver prints it, and by CDI where the engine lists it', () => {
  const gpus = [gpu(0, mig('MIG-a', 'MIG-b'))];
  expect(grantGpus(host(gpus), 'mig-B').ids).toEqual(['MIG-b']);
  expect(grantGpus(host(gpus, ['nvidia.com/gpu=0:1']), 'MIG-b').grant).toEqual({
    form: 'cdi',
    devices: ['nvidia.com/gpu=0:1'],
  });
});

test('claims come from what runs or is about to', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  const holder = (state: string, secondsAgo: number, ...gpus: string[]) => ({
    state,
    gpus,
    created: new Date(now.getTime() - secondsAgo * 1000),
  });
  const holders = [
    holder('running', 9_999, 'GPU-0', 'GPU-1'),
    holder('created', 5, 'GPU-1'),
    holder('created', 600, 'GPU-2'),
    holder('exited', 5, 'GPU-3'),
  ];
  expect([...claimsOf(holders, now)]).toEqual([
    ['GPU-0', 1],
    ['GPU-1', 2],
  ]);
});
