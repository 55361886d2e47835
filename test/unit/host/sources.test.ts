import {describe, expect, test} from '@jest/globals';
import {captureWorld} from '../../../src/host/capture.js';
import {probe} from '../../../src/host/probe.js';
import {parseCdiList, parseContainerCli, parseCtkVersion} from '../../../src/host/sources/container-toolkit.js';
import {parseCudaJson, parseCudaText, parseNvcc} from '../../../src/host/sources/cuda-toolkit.js';
import {parseDmesg} from '../../../src/host/sources/dmesg.js';
import {parseLspci} from '../../../src/host/sources/lspci.js';
import {parseKernelVersion} from '../../../src/host/sources/os.js';
import {parseOsRelease} from '../../../src/host/sources/os-release.js';
import {parseProcGpus, parseProcVersion} from '../../../src/host/sources/proc.js';
import {parseSystemJson} from '../../../src/host/system-json.js';
import {layOut} from './layout.js';

describe('lspci', () => {
  test.each([
    [
      '-D -nn',
      '0000:01:00.0 3D controller [0302]: NVIDIA Corporation GA100 [A100 SXM4 40GB] [10de:20b0] (rev a1)',
      {busId: '0000:01:00.0', pciId: '10de:20b0', name: 'GA100 [A100 SXM4 40GB]'},
    ],
    [
      'plain',
      '01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)',
      {busId: '01:00.0', pciId: null, name: 'AD102 [GeForce RTX 4090]'},
    ],
    [
      'an id in words',
      '01:00.0 VGA compatible controller: NVIDIA Corporation Device 1f95 (rev a1)',
      {pciId: '10de:1f95', name: null},
    ],
    ['-n', '01:00.0 0302: 10de:20b0 (rev a1)', {pciId: '10de:20b0', name: null}],
    [
      '-mm',
      '01:00.0 "VGA compatible controller" "NVIDIA Corporation" "GP102 [TITAN X]" -ra1 "NVIDIA" "x"',
      {busId: '01:00.0', name: 'GP102 [TITAN X]'},
    ],
  ])('%s', (_, text, gpu) => {
    expect(parseLspci(text).gpus).toEqual([expect.objectContaining(gpu)]);
  });

  test.each([
    ['audio of a card', '01:00.1 Audio device [0403]: NVIDIA Corporation Device [10de:10ef] (rev a1)'],
    [
      'a whole listing under WSL2',
      '0000:00:00.0 Host bridge: x\n0000:01:00.0 3D controller: Microsoft Corporation Basic Render Driver',
    ],
    ['an excerpt without bridges', '00:02.0 VGA compatible controller: Intel Corporation UHD Graphics (rev 05)'],
    ['nothing', ''],
  ])('%s proves nothing', (_, text) => {
    expect(parseLspci(text)).toEqual({});
  });

  test('a whole listing without an NVIDIA GPU proves that there is none', () => {
    expect(parseLspci('00:00.0 Host bridge: Intel\n03:00.0 Display controller: AMD Vega 20\n').gpus).toEqual([]);
    expect(parseLspci('00:00.0 Host bridge: Intel\n03:00.0 Display controller: AMD Ve').gpus).toBeUndefined();
  });
});

test.each([
  [
    'closed',
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  440.31  Sun Oct 27 02:19:35 UTC 2019',
    {version: '440.31', flavor: 'proprietary'},
  ],
  [
    'open',
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build  (dvs-builder@U16-A01)',
    {version: '570.86.10', flavor: 'open'},
  ],
])('/proc/driver/nvidia/version: %s', (_, text, driver) => {
  expect(parseProcVersion(`${text}\nGCC version:  gcc version 12.2.0 (Debian)`)).toEqual({driver});
});

test('drivers before 2010 print the bus with dots', () => {
  const text = 'Model: \t\t GeForce 8600M GS\nVideo BIOS: \t ??.??.??.??.??\nBus Location: \t 01.00.0\n';
  expect(parseProcGpus(text).gpus).toMatchObject([{name: 'GeForce 8600M GS', busId: '01.00.0'}]);
});

test('/proc GPUs: a masked UUID is none, and the minor number no index', () => {
  const text =
    'Model: \t\t NVIDIA A10G\nGPU UUID: \t GPU-????????-????\nBus Location: \t 0000:00:1e.0\nDevice Minor: \t 3\n';
  expect(parseProcGpus(text).gpus).toEqual([
    {name: 'NVIDIA A10G', uuid: null, busId: '0000:00:1e.0', state: 'unknown'},
  ]);
});

test('the CUDA toolkit', () => {
  expect(parseNvcc('Cuda compilation tools, release 12.6, V12.6.68\n\nPython 3.10.12').cudaToolkit?.version).toBe(
    '12.6',
  );
  expect(parseCudaText('CUDA Version 10.2.89\n').cudaToolkit?.version).toBe('10.2.89');
  const cut =
    '{"cuda" : {"name" : "CUDA SDK", "version" : "11.8.20220929"}, "nvidia_driver" : {"version" : "520.61.05"';
  expect(parseCudaJson(cut).cudaToolkit?.version).toBe('11.8.20220929');
  expect(parseCudaJson(cut.replace('"cuda"', '"cuda_x"'))).toEqual({});
});

test('the container toolkit', () => {
  expect(parseCtkVersion('NVIDIA Container Toolkit CLI version 1.17.0-rc.2\ncommit: 5505e2f').toolkit?.version).toBe(
    '1.17.0-rc.2',
  );
  expect(
    parseCdiList('INFO[0000] Found 2 CDI devices\nnvidia.com/pva=0\nnvidia.com/gpu=all').engine?.cdiDevices,
  ).toEqual(['nvidia.com/gpu=all']);
  expect(parseCdiList('INFO[0000] Found 0 CDI devices').engine?.cdiDevices).toEqual([]);
  expect(parseCdiList('bash: nvidia-ctk: command not found')).toEqual({});
});

test('nvidia-container-cli, with its log around the facts', () => {
  const text = [
    'I0514 05:28:58.047819 3500294 nvc.c:396] initializing library context (version=1.19.0)',
    'NVRM version:   580.126.09',
    'CUDA version:   13.0',
    'Device Index:   0',
    'Model:          NVIDIA GeForce RTX 4080',
    'GPU UUID:       GPU-5a6b7c8d-0000-4000-8000-000000000001',
    'Bus Location:   00000000:01:00.0',
    'Architecture:   8.9',
  ].join('\n');
  expect(parseContainerCli(text)).toMatchObject({
    driver: {version: '580.126.09', cudaVersion: '13.0'},
    gpus: [{index: 0, name: 'NVIDIA GeForce RTX 4080', computeCapability: '8.9'}],
  });
  const refused = 'nvidia-container-cli: initialization error: WSL environment detected but no adapters were found';
  expect(parseContainerCli(refused).troubles?.map(({id}) => id)).toEqual(['wsl_no_adapter']);
});

test.each([
  ['NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus.', 'gpu_lost'],
  ['NVRM: Xid (PCI:0000:01:00): 48, pid=1234, DBE', 'gpu_ecc_error'],
  ['NVRM: API mismatch: the client has the version 535.1', 'driver_library_mismatch'],
  ['NVRM: request_free_mem_region() err -34', 'kernel_address_space_conflict'],
])('dmesg: %s', (line, id) => {
  expect(parseDmesg(`[    1.0] ${line}`).troubles?.map(trouble => trouble.id)).toEqual([id]);
});

test.each([
  [
    'PCI id on the next line, off the bus',
    'NVRM: The NVIDIA GPU 0000:5d:00.0\n NVRM: (PCI ID: 10de:2330) installed in this system has\n NVRM: fallen off the bus and is not responding',
    ['gpu_lost'],
    null,
  ],
  [
    'not supported, wrapped elsewhere',
    'NVRM: The NVIDIA GPU 0000:02:00.0 (PCI ID: 10de:0e22) installed\nNVRM: in this system is not supported by the 270.29 NVIDIA Linux',
    ['gpu_unsupported_by_driver'],
    [{busId: '0000:02:00.0', pciId: '10de:0e22', state: 'error'}],
  ],
  [
    'the closed module on a GPU that needs the open one',
    'NVRM: The NVIDIA GPU 0000:01:00.0\nNVRM: installed in this system requires use of the NVIDIA open kernel modules.',
    ['gpu_unsupported_by_driver'],
    [{busId: '0000:01:00.0', pciId: null, state: 'error'}],
  ],
])('dmesg: %s', (_, text, ids, gpus) => {
  const reading = parseDmesg(text);
  expect(reading.troubles?.map(({id}) => id)).toEqual(ids);
  expect(reading.gpus).toEqual(gpus);
});

test('dmesg: other Xids and other drivers are no finding', () => {
  expect(parseDmesg('NVRM: Xid (PCI:0000:01:00): 13, pid=79\nusb 1-1: GPU has fallen off the bus').troubles).toEqual(
    [],
  );
});

test('the operating system', () => {
  expect(parseOsRelease('NAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n').os).toEqual({
    distro: 'ubuntu',
    like: ['debian'],
    release: '22.04',
    ostree: false,
  });
  expect(parseKernelVersion('Linux version 5.15.153.1-microsoft-standard-WSL2 (gcc)').os).toMatchObject({wsl: true});
  expect(parseKernelVersion('Linux version 6.8.0-45-generic (gcc)').os).toMatchObject({wsl: false});
  expect(parseSystemJson({resources: {cpus: 'many', memoryMiB: 5}})).toMatchObject({
    os: {arch: null},
    resources: {cpus: null, memoryMiB: 5},
    user: {uid: null},
  });
  expect(parseSystemJson('text')).toBeNull();
});

describe('the PCI bus as the kernel lists it', () => {
  const bus = (devices: Record<string, string>, more: [string, string][] = []) =>
    probe(
      captureWorld(
        layOut([
          ['listings/sys/bus/pci/devices.txt', Object.keys(devices).join('\n')],
          ...Object.entries(devices).map(([slot, event]): [string, string] => [
            `files/sys/bus/pci/devices/${slot}/uevent`,
            event,
          ]),
          ...more,
        ]),
      ),
    );
  const BRIDGE = 'PCI_CLASS=60400\nPCI_ID=8086:1234\nPCI_SLOT_NAME=0000:00:01.0\n';

  test('names GPUs that no driver serves', async () => {
    const host = await bus({'0000:01:00.0': 'PCI_CLASS=30200\nPCI_ID=10DE:20B0\nPCI_SLOT_NAME=0000:01:00.0\n'});
    expect(host.gpus).toMatchObject([{busId: '0000:01:00.0', pciId: '10de:20b0', state: 'unknown'}]);
  });

  test.each([
    ['a whole bus without one', {a: BRIDGE}, [], []],
    ['a Jetson: NVIDIA bridges, and the GPU elsewhere', {a: 'PCI_CLASS=60400\nPCI_ID=10DE:22D8\n'}, [], null],
    ['WSL2', {a: 'PCI_CLASS=30200\nPCI_ID=1414:008E\n'}, [], null],
    ['WSL2 by its kernel', {a: BRIDGE}, [['files/proc/version', 'Linux version 5.15.1-microsoft-standard-WSL2']], null],
    ['a device that could not be read', {a: BRIDGE, b: ''}, [], null],
  ] as [string, Record<string, string>, [string, string][], unknown][])('%s', async (name, devices, more, gpus) => {
    const readable = name.startsWith('a device') ? {a: BRIDGE} : devices;
    const listing: [string, string] = ['listings/sys/bus/pci/devices.txt', Object.keys(devices).join('\n')];
    expect((await bus(readable, [...more, listing])).gpus).toEqual(gpus);
  });
});
