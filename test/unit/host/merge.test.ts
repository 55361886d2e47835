import {describe, expect, test} from '@jest/globals';
import {busKey, mergeGpus} from '../../../src/host/gpus.js';
import {hostOf} from '../../../src/host/probe.js';
import type {Answer, GpuReading, SourceReading, Status} from '../../../src/host/reading.js';

const answer = (source: string, says: SourceReading, status: Status = 'ok'): Answer => ({source, status, says});
const absent = (source: string): Answer => answer(source, {}, 'not-found');

test.each([
  ['00000000:0A:00.0', '0000:0a:00.0'],
  ['0000000F:01:00.0', '000f:01:00.0'],
  ['0000:04:00.0', '04:00.0'],
])('%s is %s', (one, other) => {
  expect(busKey(one)).toBe(busKey(other));
});

describe('one GPU of several sources', () => {
  const merge = (...sources: GpuReading[][]) =>
    mergeGpus(sources.map((gpus, at) => ({source: `source ${at + 1}`, gpus})));

  test.each([
    ['by bus id', [{busId: '00000000:0A:00.0', index: 0}], [{busId: '0a:00.0', name: 'A'}]],
    ['by UUID', [{uuid: 'GPU-1', index: 0}], [{uuid: 'GPU-1', name: 'A'}]],
    ['by index', [{index: 0, uuid: 'GPU-1'}], [{index: 0, name: 'A'}]],
    ['by place', [{index: 0}], [{name: 'A'}]],
  ] as [string, GpuReading[], GpuReading[]][])('%s', (_, first, second) => {
    expect(merge(first, second)).toMatchObject([{index: 0, name: 'A', sources: ['source 1', 'source 2']}]);
  });

  test.each([
    [
      'two bus ids are two GPUs, though the UUIDs are masked',
      [{busId: '01:00.0', uuid: 'GPU-0'}],
      [{busId: '02:00.0', uuid: 'GPU-0'}],
      2,
    ],
    ['two of one source are two GPUs', [{uuid: 'GPU-0'}, {uuid: 'GPU-0'}], [], 2],
    ['a GPU that one source alone names', [{busId: '01:00.0'}], [{busId: '01:00.0'}, {busId: '02:00.0'}], 2],
    ['a process list of no known GPU is none', [{index: 0}, {index: 1}], [{processes: []}], 2],
  ] as [string, GpuReading[], GpuReading[], number][])('%s', (_, first, second, count) => {
    expect(merge(first, second)).toHaveLength(count);
  });

  test('the earlier word stands, gaps are filled, a whole name replaces a cut one', () => {
    const table: GpuReading = {index: 0, name: 'NVIDIA GeForce RTX 50...', nameCut: true, memoryMiB: null, usedMiB: 1};
    const list: GpuReading = {
      index: 0,
      name: 'NVIDIA GeForce RTX 5070 Ti',
      uuid: 'GPU-1',
      memoryMiB: 12_227,
      usedMiB: 2,
    };
    expect(merge([table], [list])).toMatchObject([{name: list.name, uuid: 'GPU-1', memoryMiB: 12_227, usedMiB: 1}]);
  });

  test('a source that a sick GPU still answers does not make it well', () => {
    expect(merge([{index: 0, state: 'ok'}], [{index: 0, state: 'lost'}])[0]?.state).toBe('lost');
  });

  test('MIG devices: instances and memory of one source, UUIDs and profiles of the other', () => {
    const empty = {uuid: null, profile: null, gi: null, ci: null, memoryMiB: null};
    const report = {...empty, gi: 2, ci: 0, memoryMiB: 9728};
    const list = {...empty, uuid: 'MIG-1', profile: '1g.10gb'};
    expect(merge([{index: 0, migDevices: [report]}], [{index: 0, migDevices: [list]}])[0]?.mig.devices).toEqual([
      {gi: 2, ci: 0, memoryMiB: 9728, uuid: 'MIG-1', profile: '1g.10gb'},
    ]);
  });
});

test('of each fact the first word stands, with its source', () => {
  const host = hostOf(
    [
      answer('a', {driver: {version: '1.2', cudaVersion: null}}),
      answer('b', {driver: {version: '3.4', cudaVersion: '12.4'}}),
    ],
    {},
  );
  expect(host.driver).toMatchObject({version: '1.2', cudaVersion: '12.4', source: 'a'});
  expect(host.sources).toMatchObject({'driver.version': 'a', 'driver.cudaVersion': 'b'});
});

describe('what follows by the matrix', () => {
  test.each([
    ['a Linux driver', {version: '535.104.05'}, null, '12.2'],
    ['a driver that no branch lists', {version: '999.1'}, null, null],
    ['Tegra has numbers of its own', {version: '540.4.0', flavor: 'tegra' as const}, null, null],
  ])('%s', (_, driver, wsl, cuda) => {
    expect(hostOf([answer('a', {driver, os: {wsl}})], {}).driver.cudaVersionDerived).toBe(cuda);
  });

  test('a driver under WSL2 is the Windows one', () => {
    expect(hostOf([answer('a', {driver: {version: '560.94'}, os: {wsl: true}})], {}).driver.flavor).toBe('wsl');
  });

  test.each([
    ['NVIDIA GeForce RTX 4090', '8.9'],
    ['GA100 [A100 SXM4 40GB]', '8.0'],
    ['NVIDIA GeForce RTX 5070 ...', '12.0'],
    ['a GPU that nobody knows', null],
  ])('%s', (name, computeCapability) => {
    expect(hostOf([answer('a', {gpus: [{index: 0, name}]})], {}).gpus?.[0]?.computeCapability).toBe(computeCapability);
  });
});

describe('the driver\u2019s state', () => {
  const smi = (id: string) => answer('nvidia-smi', {troubles: [{id, detail: ''}]});
  const MODULE = ['/proc/driver/nvidia/version', '/sys/module/nvidia/version'].map(absent);
  const NOTHING = [absent('nvidia-smi'), ...MODULE];
  test.each([
    ['a report', [answer('nvidia-smi', {driver: {version: '580.1'}})], 'ok'],
    ['GPUs without a banner', [answer('nvidia-smi -q -x', {gpus: [{index: 0}]})], 'ok'],
    [
      'the module alone',
      [absent('nvidia-smi'), answer('/proc/driver/nvidia/version', {driver: {version: '580.1'}})],
      'ok',
    ],
    ['a mismatch', [smi('driver_library_mismatch')], 'version-mismatch'],
    [
      'a mismatch beside the loaded module',
      [smi('driver_library_mismatch'), answer('/proc/driver/nvidia/version', {driver: {version: '1.2'}})],
      'version-mismatch',
    ],
    ['not loaded', [smi('driver_not_loaded')], 'not-loaded'],
    ['no permission', [smi('insufficient_permissions')], 'no-permission'],
    ['no devices', [smi('no_devices')], 'ok'],
    [
      'a GPU that is lost',
      [answer('nvidia-smi', {driver: {version: '1.2'}, gpus: [{index: 0, state: 'lost'}]})],
      'gpu-lost',
    ],
    ['NVML does not say', [smi('nvml_unknown_error')], 'unknown'],
    ['nothing found anywhere', [...NOTHING, absent('driver libraries')], 'absent'],
    ['libraries, no module', [...NOTHING, answer('driver libraries', {libraryVersions: ['1.2']})], 'not-loaded'],
    ['libraries not looked for', NOTHING, 'unknown'],
    ['nvidia-smi hangs', [answer('nvidia-smi', {}, 'timeout'), ...MODULE, absent('driver libraries')], 'unknown'],
    [
      'a Jetson without nvidia-smi',
      [...NOTHING, absent('driver libraries'), answer('/etc/nv_tegra_release', {driver: {flavor: 'tegra'}})],
      'unknown',
    ],
    ['a GPU on the bus says nothing of a driver', [answer('lspci', {gpus: [{busId: '01:00.0'}]})], 'unknown'],
    ['nothing asked', [], 'unknown'],
  ] as [string, Answer[], string][])('%s', (_, answers, status) => {
    expect(hostOf(answers, {}).driver.status).toBe(status);
  });
});

describe('findings', () => {
  const ids = (...answers: Answer[]) => hostOf(answers, {}).findings.map(({id, severity}) => `${severity} ${id}`);
  const trouble = (id: string) => ({troubles: [{id, detail: 'its words'}]});
  const SMI = 'nvidia-smi';

  test('one a failure, whichever sources say so, worst first', () => {
    const answers = [
      answer('nvidia-smi', trouble('empty_output')),
      answer('nvidia-smi -q', trouble('gpu_lost')),
      answer('nvidia-smi -L', trouble('gpu_lost')),
    ];
    expect(ids(...answers)).toEqual(['error gpu_lost', 'warning empty_output']);
    const [finding] = hostOf(answers, {}).findings;
    expect(finding).toMatchObject({
      source: 'nvidia-smi -q',
      cause: expect.stringContaining('its words'),
      fix: expect.stringContaining('reboot'),
    });
  });

  test.each([
    ['nvidia-smi missing where nothing speaks of a GPU is none', [absent(SMI)], []],
    [
      'where there is a GPU it is an error',
      [absent(SMI), answer('lspci', {gpus: [{busId: '01:00.0'}]})],
      ['error command_not_found'],
    ],
    [
      'where the whole driver is absent it is no finding of its own',
      [
        absent(SMI),
        absent('/proc/driver/nvidia/version'),
        absent('/sys/module/nvidia/version'),
        absent('driver libraries'),
        answer('lspci', {gpus: [{busId: '01:00.0'}]}),
      ],
      [],
    ],
    ['a recorded shell said so', [answer(SMI, trouble('command_not_found'))], ['warning command_not_found']],
    ['nvcc is never missed', [answer('nvcc --version', trouble('command_not_found'))], ['info command_not_found']],
    ['nvidia-smi hangs', [answer(SMI, {}, 'timeout')], ['error nvidia_smi_timeout']],
    ['a GPU in error', [answer(SMI, {gpus: [{index: 0, state: 'error'}]})], ['error gpu_error_state']],
    [
      'a GPU whose handle cannot be had is one finding',
      [answer(SMI, {...trouble('gpu_handle_unknown_error'), gpus: [{busId: '01:00.0', state: 'error'}]})],
      ['error gpu_handle_unknown_error'],
    ],
    ['the engine refuses', [answer('engine API', {}, 'denied')], ['error docker_permission_denied']],
    ['a healthy host', [answer(SMI, {driver: {version: '580.1'}, gpus: [{index: 0, state: 'ok'}]})], []],
  ] as [string, Answer[], string[]][])('%s', (_, answers, expected) => {
    expect(ids(...answers)).toEqual(expected);
  });
});
