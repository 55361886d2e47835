import {describe, expect, test} from '@jest/globals';
import {parseSmiApps, parseSmiCsv} from '../../../src/host/sources/smi-csv.js';
import {parseBareRows, parseSmiErrors} from '../../../src/host/sources/smi-errors.js';
import {parseSmiList} from '../../../src/host/sources/smi-list.js';
import {parseSmiQ} from '../../../src/host/sources/smi-q.js';
import {parseSmiTable} from '../../../src/host/sources/smi-table.js';
import {parseSmiVersion} from '../../../src/host/sources/smi-version.js';
import {parseSmiXml} from '../../../src/host/sources/smi-xml.js';
import {GPU_XML, TABLE} from './samples.js';

describe('the table', () => {
  test.each([
    ['up to R595', '| NVIDIA-SMI 580.95.05   Driver Version: 580.95.05   CUDA Version: 13.0 |', '580.95.05', '13.0'],
    ['from R610', '| NVIDIA-SMI 610.57.04   KMD Version: 610.57.04   CUDA UMD Version: 13.3 |', '610.57.04', '13.3'],
    ['WSL2', '| NVIDIA-SMI 615.71.08   KMD Version: 616.92   CUDA UMD Version: 13.4 |', '616.92', '13.4'],
    ['no libcuda', '| NVIDIA-SMI 418.181.07   Driver Version: 418.181.07   CUDA Version: N/A |', '418.181.07', null],
    ['an error in its place', '| NVIDIA-SMI 470.1.2   Driver Version: 470.1.2   CUDA Version: ERR! |', '470.1.2', null],
    ['before R410', '| NVIDIA-SMI 340.65     Driver Version: 340.65         |', '340.65', null],
    ['"12.10" is not 12.1', '| NVIDIA-SMI 599.1   Driver Version: 599.1   CUDA Version: 12.10 |', '599.1', '12.10'],
  ])('banner %s', (_, banner, version, cudaVersion) => {
    expect(parseSmiTable(banner).driver).toEqual({version, cudaVersion});
  });

  const row = (first: string, second: string, third = ''): string => `${first}\n${second}\n${third}\n`;
  test.each([
    [
      'two lines, no MIG',
      row(
        '|   0  Tesla K40m          Off  | 0000:03:00.0     Off |                    0 |',
        '| N/A   32C    P0    59W / 235W |     55MiB / 11519MiB |      0%      Default |',
      ),
      {
        index: 0,
        name: 'Tesla K40m',
        busId: '0000:03:00.0',
        memoryMiB: 11_519,
        usedMiB: 55,
        utilization: 0,
        state: 'ok',
      },
    ],
    [
      'squeezed by a web page',
      row('| 0 Tesla P4 On | 00000000:1A:00.0 Off | 0 |', '| N/A 25C P8 7W / 75W | 0MiB / 7611MiB | 0% Default |'),
      {index: 0, name: 'Tesla P4', memoryMiB: 7611, utilization: 0},
    ],
    [
      'unified memory',
      row(
        '|   0  NVIDIA GB10   On  |   0000000F:01:00.0  On |   N/A |',
        '| N/A   42C    P0   12W /  N/A  | Not Supported  |      0%      Default |',
        '|    |    |    N/A |',
      ),
      {name: 'NVIDIA GB10', memoryMiB: null, usedMiB: null, utilization: 0, migMode: 'unsupported'},
    ],
    [
      'a cut name',
      row(
        '|   0  NVIDIA GeForce RTX 30...  On   | 00000000:01:00.0 Off | N/A |',
        '|100%   28C    P5    57W / 575W | 1MiB / 2MiB | 1%  Default |',
      ),
      {name: 'NVIDIA GeForce RTX 30...', nameCut: true, memoryMiB: 2},
    ],
    [
      'MIG pending',
      row(
        '|   0  NVIDIA H100   On  | 00000000:81:00.0 Off |   On |',
        '| N/A   42C    P0   12W /  N/A  | 1MiB / 81559MiB  |  N/A  Default |',
        '|    |    |    Enabled* |',
      ),
      {migMode: 'enabled', utilization: null},
    ],
    [
      'power alone in error is a healthy GPU',
      row(
        '|   0  Quadro P1000        Off  | 00000000:65:00.0  On |  N/A |',
        '| 41%   53C    P0   ERR! /  N/A |    620MiB /  4035MiB |  0%  Default |',
      ),
      {state: 'ok'},
    ],
    [
      'all in error',
      row(
        '|   5  ERR!                On   | 00000000:91:00.0 Off |   ERR! |',
        '|ERR!  ERR! ERR!    ERR! / ERR! |      0MiB / 81920MiB |    ERR!  Default |',
      ),
      {name: null, state: 'error', utilization: null},
    ],
    [
      'behind a container log',
      row(
        'gpu-1  | |   0  NVIDIA L4   On  | 00000000:81:00.0 Off | 0 |',
        'gpu-1  | | N/A   42C  P0  12W / 72W | 1MiB / 23034MiB |  3%  Default |',
        'gpu-1  | |      |    |  N/A |',
      ),
      {name: 'NVIDIA L4', memoryMiB: 23_034, utilization: 3, migMode: 'unsupported'},
    ],
  ])('a GPU: %s', (_, text, gpu) => {
    expect(parseSmiTable(text).gpus).toEqual([expect.objectContaining(gpu)]);
  });

  const processes = (heading: string, line: string) =>
    parseSmiTable(`${TABLE.split('| Processes:')[0]}| Processes: |\n${heading}\n${line}\n`).gpus?.[0]?.processes;
  test.each([
    [
      'R450 and later',
      '|  GPU   GI   CI  PID  Type  Process name  GPU Memory |',
      '|    0   N/A  N/A   77   C+G   C:\\My Games\\a b.exe    N/A |',
      {pid: 77, type: 'C+G', name: 'C:\\My Games\\a b.exe', usedMiB: null},
    ],
    [
      'before R450',
      '|  GPU       PID   Type   Process name     Usage |',
      '|    0     10078      C   ...envs/keras/bin/python 11109MiB |',
      {pid: 10_078, type: 'C', name: '...envs/keras/bin/python', usedMiB: 11_109},
    ],
    [
      'before R346',
      '|  GPU       PID  Process name     Usage |',
      '|    0     10078  ./a.out     57MiB |',
      {pid: 10_078, type: null, name: './a.out', usedMiB: 57},
    ],
  ])('a process: %s', (_, heading, line, process) => {
    expect(processes(heading, line)).toEqual([{...process, user: null}]);
  });

  test('"No running processes found" is none; a list that was cut is not known', () => {
    expect(processes('|  GPU  PID  Type  Process name  Usage |', '|  No running processes found |')).toEqual([]);
    expect(processes('|  GPU  PID  Type  Process name  Usage |', '')).toBeUndefined();
  });

  test('MIG devices belong to their GPU', () => {
    const mig =
      '| MIG devices: |\n|  0    2   1   1  |    16925MiB / 71424MiB    | 32      0 |  3   0    3    0    3 |\n|     |    0MiB / 59237MiB    |           |                       |\n';
    expect(parseSmiTable(TABLE.replace('| Processes:', () => `${mig}| Processes:`)).gpus?.[0]?.migDevices).toEqual([
      {gi: 2, ci: 1, memoryMiB: 71_424, uuid: null, profile: null},
    ]);
  });

  test('text that is no table says nothing', () => {
    expect(parseSmiTable('hello | world\n| a | b | c |')).toEqual({});
  });
});

describe('the XML report', () => {
  test('whole', async () => {
    expect(await parseSmiXml(GPU_XML)).toEqual({
      driver: {version: '580.95.05', cudaVersion: '13.0'},
      gpus: [
        expect.objectContaining({
          index: 0,
          name: 'NVIDIA L40S',
          busId: '00000000:91:00.0',
          pciId: '10de:26b9',
          memoryMiB: 46_068,
          usedMiB: 657,
          utilization: 0,
          state: 'ok',
          migMode: 'unsupported',
          processes: [{pid: 212_480, name: 'python3', user: null, type: 'C', usedMiB: 644}],
        }),
      ],
    });
  });

  test.each([
    [
      'cut in the middle',
      GPU_XML.slice(0, GPU_XML.indexOf('<processes>')),
      {name: 'NVIDIA L40S', memoryMiB: 46_068, processes: null},
    ],
    ['a GPU that is lost', GPU_XML.replace('46068 MiB', 'GPU is lost'), {state: 'lost', memoryMiB: null}],
    [
      'processes that the driver cannot list',
      GPU_XML.replace(/<processes>[\s\S]*<\/processes>/, '<processes>N/A</processes>'),
      {processes: null},
    ],
    ['no process', GPU_XML.replace(/<process_info>[\s\S]*<\/process_info>/, ''), {processes: []}],
    ['R319', GPU_XML.replaceAll('fb_memory_usage', 'memory_usage').replace('46068 MiB', '2687 MB'), {memoryMiB: 2687}],
  ])('%s', async (_, text, gpu) => {
    expect((await parseSmiXml(text)).gpus).toEqual([expect.objectContaining(gpu)]);
  });

  test('from R610 the kernel and user mode versions stand beside the old elements', async () => {
    const text = GPU_XML.replace(
      '<attached_gpus>',
      '<kmd_version>610.57.04</kmd_version><cuda_umd_version>13.3</cuda_umd_version><attached_gpus>',
    );
    expect((await parseSmiXml(text)).driver).toEqual({version: '610.57.04', cudaVersion: '13.3'});
  });

  test('no GPU attached is none; no word of GPUs is not', async () => {
    const none =
      '<nvidia_smi_log><driver_version>580.1</driver_version><attached_gpus>0</attached_gpus></nvidia_smi_log>';
    expect((await parseSmiXml(none)).gpus).toEqual([]);
    expect((await parseSmiXml(none.replace('<attached_gpus>0</attached_gpus>', ''))).gpus).toBeNull();
  });
});

test('the -q report: sub-headings do not mislead, notes in brackets neither', () => {
  const text = [
    'Driver Version                         : 616.92 [Deprecated; use KMD Version instead]',
    'CUDA Version                           : 13.4 [Deprecated]',
    '',
    'Attached GPUs                          : 1',
    'GPU 00000000:0C:00.0',
    '    Product Name                       : NVIDIA H200',
    '    MIG Mode',
    '        Current                        : Enabled',
    '        Pending                        : Disabled',
    '    MIG Device',
    '        Index                          : 0',
    '        GPU Instance ID                : 2',
    '        Compute Instance ID            : 1',
    '        Shared FB Memory Usage',
    '            Total                      : 71424 MiB',
    '    GPU UUID                           : GPU-5a6b7c8d-0000-4000-8000-000000000001',
    '    GPU Fabric GUID                    : 0x1',
    '    FB Memory Usage',
    '        Total                          : 143771 MiB',
    '        Used                           : 55 MiB',
    '    BAR1 Memory Usage',
    '        Total                          : 1 MiB',
    '    Processes',
    '        Process ID                     : 7',
    '            Type                       : C',
    '            Name                       : a : b',
    '            Used GPU Memory            : 9 MiB',
    '',
  ].join('\n');
  expect(parseSmiQ(text)).toEqual({
    driver: {version: '616.92', cudaVersion: '13.4'},
    gpus: [
      {
        index: 0,
        busId: '00000000:0C:00.0',
        state: 'ok',
        name: 'NVIDIA H200',
        uuid: 'GPU-5a6b7c8d-0000-4000-8000-000000000001',
        migMode: 'enabled',
        migDevices: [{uuid: null, profile: null, gi: 2, ci: 1, memoryMiB: 71_424}],
        memoryMiB: 143_771,
        usedMiB: 55,
        processes: [{pid: 7, type: 'C', name: 'a : b', user: null, usedMiB: 9}],
      },
    ],
  });
});

test('the -q report: where a heading was lost, the memory is not that of another kind', () => {
  const text = [
    'Attached GPUs : 1',
    'GPU 00000000:0C:00.0',
    '    FB Memory Usage',
    '        Total : 81559 MiB',
    '        Used  : 55 MiB',
    '        Total : 256 MiB',
    '        Used  : 2 MiB',
  ].join('\n');
  expect(parseSmiQ(text).gpus).toMatchObject([{memoryMiB: 81_559, usedMiB: 55}]);
});

test.each([
  [
    'GPU 0: NVIDIA H200 (UUID: GPU-5a6b7c8d-0000-4000-8000-000000000001)\n  MIG 1c.3g.71gb  Device  0: (UUID: MIG-2)',
    {
      name: 'NVIDIA H200',
      uuid: 'GPU-5a6b7c8d-0000-4000-8000-000000000001',
      migDevices: [expect.objectContaining({profile: '1c.3g.71gb', uuid: 'MIG-2'})],
    },
  ],
  [
    'GPU 0: A100 (UUID: GPU-5a6b7c8d-0000-4000-8000-000000000001)\n  MIG 1g.5gb Device 0: (UUID: MIG-GPU-1/7/0)',
    {migDevices: [expect.objectContaining({gi: 7, ci: 0})]},
  ],
  ['GPU 5: B300 (UUID: GPU-5a6b7c8d-0000-4000-8000-000000000001)\n         Link 0: 53.125 GB/s', {index: 5}],
  ['GPU 0: Tesla C2050 (S/N: 0320910032398)', {name: 'Tesla C2050', uuid: null}],
])('-L %#', (text, gpu) => {
  expect(parseSmiList(text).gpus).toEqual([expect.objectContaining(gpu)]);
});

describe('CSV', () => {
  test.each([
    [
      'units in header and cells',
      'index, name, memory.total [MiB], utilization.gpu [%]\n0, NVIDIA L4, 23034 MiB, 7 %',
      {index: 0, memoryMiB: 23_034, utilization: 7},
    ],
    [
      'nounits',
      'name, memory.total [MiB], utilization.gpu [%]\nNVIDIA L4, 23034, 7\n',
      {memoryMiB: 23_034, utilization: 7},
    ],
    [
      'no value',
      'name, memory.total [MiB], compute_cap\nNVIDIA GB10, [N/A], [Not Supported]',
      {memoryMiB: null, computeCapability: null},
    ],
    ['in CUDA 12.10 style, compute 10.3', 'name, compute_cap\nNVIDIA B300, 10.3', {computeCapability: '10.3'}],
    [
      'a prompt above',
      '$ nvidia-smi --query-gpu=name,uuid --format=csv\nname, uuid\nNVIDIA L4, GPU-5a6b7c8d-0000-4000-8000-000000000001',
      {name: 'NVIDIA L4', uuid: 'GPU-5a6b7c8d-0000-4000-8000-000000000001'},
    ],
    ['lost', 'name, memory.total [MiB]\nNVIDIA L4, [GPU is lost]', {state: 'lost', memoryMiB: null}],
  ])('%s', (_, text, gpu) => {
    expect(parseSmiCsv(text).gpus).toEqual([expect.objectContaining(gpu)]);
  });

  test('GPUs of one kind without an index are as many as rows, unless the rows are samples', () => {
    expect(parseSmiCsv('name\nNVIDIA B300\nNVIDIA B300\n').gpus).toHaveLength(2);
    expect(parseSmiCsv('timestamp, name\n2026/01/05 10:00:00.1, T4\n2026/01/05 10:00:01.1, T4').gpus).toBeNull();
    expect(
      parseSmiCsv('timestamp, index, name\n2026/01/05 10:00:00.1, 0, T4\n2026/01/05 10:00:01.1, 0, T4').gpus,
    ).toHaveLength(1);
  });

  test('process names may hold commas', () => {
    const text = 'gpu_uuid, pid, process_name, used_gpu_memory [MiB]\nGPU-1, 7, a, b, 25 MiB\nGPU-1, 8, c, [N/A]';
    expect(parseSmiApps(text).gpus).toEqual([
      expect.objectContaining({
        uuid: 'GPU-1',
        processes: [
          {pid: 7, name: 'a, b', user: null, type: null, usedMiB: 25},
          {pid: 8, name: 'c', user: null, type: null, usedMiB: null},
        ],
      }),
    ]);
  });
});

test.each([
  ['DRIVER version      : 595.71.05\nCUDA Version        : 13.2', {version: '595.71.05', cudaVersion: '13.2'}],
  [
    'NVIDIA-SMI version  : 610.57.04\nKMD version         : 610.57.04\nCUDA UMD Version    : 13.3',
    {version: '610.57.04', cudaVersion: '13.3'},
  ],
])('--version %#', (text, driver) => {
  expect(parseSmiVersion(text)).toEqual({driver});
});

describe('errors', () => {
  test.each([
    ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", 9, 'driver_not_loaded'],
    ['> NVIDIA-SMI has failed because it couldn\u2019t communicate with the >NVIDIA driver.', 255, 'driver_not_loaded'],
    ['Failed to initialize NVML: Driver/library version\nmismatch', 255, 'driver_library_mismatch'],
    ['Failed to initialize NVML: Unknown Error', 255, 'nvml_unknown_error'],
    ['Failed to initialize NVML: Insufficient Permissions', 4, 'insufficient_permissions'],
    ['Failed to initialize NVML: GPU access blocked by the operating system', 255, 'wsl_gpu_blocked'],
    ["NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.", 12, 'driver_library_missing'],
    [
      'nvidia-smi: error while loading shared libraries: libnvidia-ml.so.1: cannot open shared object file',
      127,
      'driver_library_missing',
    ],
    ['Unable to determine the device handle for gpu 0000:17:00.0: GPU requires reset', 0, 'gpu_handle_unknown_error'],
    ['No devices were found', 6, 'no_devices'],
    ['Unable to determine the device handle for GPU 0000:05:00.0: GPU is lost.', 15, 'gpu_lost'],
    ['Unable to determine the device handle for GPU0000:05:00.0: Unknown Error', 255, 'gpu_handle_unknown_error'],
    ['bash: nvidia-smi: command not found', 127, 'command_not_found'],
    ["Command 'nvidia-smi' not found, but can be installed with:", 127, 'command_not_found'],
    ['sh: 1: nvidia-smi: not found', 127, 'command_not_found'],
    ['zsh: command not found: nvidia-smi', 127, 'command_not_found'],
    ['bash: nvidia-smi: Kommando nicht gefunden.', 127, 'command_not_found'],
    ['nvidia-smi: \u672a\u627e\u5230\u547d\u4ee4', 127, 'command_not_found'],
    ['in a language that nobody here reads', 18, 'driver_library_mismatch'],
  ])('%s', (text, exit, id) => {
    expect(parseSmiErrors(text, exit, false).troubles?.map(trouble => trouble.id)).toEqual([id]);
  });

  test.each(['', 'Thu Jan  1 00:00:00 2026', 'Failed to initialize NVML: something new', TABLE])('none in %#', text => {
    expect(parseSmiErrors(text, 0, false).troubles).toEqual([]);
  });

  test('an exit code says nothing beside a report', () => {
    expect(parseSmiErrors(TABLE, 15, true).troubles).toEqual([]);
  });

  test.each([
    [
      'Unable to determine the device handle for GPU 0000:05:00.0: GPU is lost.',
      {index: null, busId: '0000:05:00.0', state: 'lost'},
    ],
    [
      'Unable to determine the device handle for GPU3: 0000:5F:00.0: Unknown Error',
      {index: 3, busId: '0000:5F:00.0', state: 'error'},
    ],
    ['Unable to determine the device handle for GPU2: Unknown Error', {index: 2, busId: null, state: 'error'}],
  ])('which GPU: %s', (text, gpu) => {
    expect(parseSmiErrors(text, 255, false).gpus).toEqual([gpu]);
  });

  test('rows of a CSV without its header beside an error', () => {
    expect(parseBareRows('4, 00000000:05:00.0, NVIDIA GeForce RTX 3080\n1, NVIDIA L4, 300.00 W\nfree text')).toEqual([
      {index: 4, busId: '00000000:05:00.0', name: 'NVIDIA GeForce RTX 3080', state: 'ok'},
      {index: 1, busId: null, name: 'NVIDIA L4', state: 'ok'},
    ]);
  });
});

test('what a GPU of a list cannot say is no name of it', () => {
  const list = parseSmiList(
    'GPU 0: NVIDIA H100 NVL (UUID: GPU-5a6b7c8d-0000-4000-8000-000000000001)\nGPU 1: Unable to determine the device handle for GPU1: 0000:C1:00.0: Unknown Error\nGPU 2: NVIDIA H1',
  );
  expect(list.gpus?.map(({index, name, state}) => [index, name, state])).toEqual([
    [0, 'NVIDIA H100 NVL', 'ok'],
    [1, null, 'unknown'],
    [2, null, 'unknown'],
  ]);
});

test('a GPU that cannot be opened is there, also where no other one is', () => {
  const said = 'Unable to determine the device handle for GPU1: 0000:B1:00.0: Unknown Error\nNo devices were found';
  expect(parseSmiErrors(said, 6, false).gpus).toEqual([{index: 1, busId: '0000:B1:00.0', state: 'error'}]);
});

test('a library that is missing by the loader is no missing program', () => {
  const said = 'nvidia-smi: error while loading shared libraries: libstdc++.so.6: cannot open shared object file';
  expect(parseSmiErrors(said, 127, false).troubles).toEqual([]);
});
