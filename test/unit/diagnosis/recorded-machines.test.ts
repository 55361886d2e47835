import {describe, expect, test} from '@jest/globals';
import {diagnose} from '../../../src/diagnosis/doctor.js';
import {captureWorld, enginePlace} from '../../../src/host/capture.js';
import {readEvidence} from '../../../src/host/evidence.js';
import {probe} from '../../../src/host/probe.js';
import {layOut} from '../host/layout.js';

/** Machines that are not here, each as a capture of what they say, in the formats of their tools. */

type Places = Record<string, string>;

const examined = async (places: Places) => {
  const world = captureWorld(layOut(Object.entries(places)));
  const host = await probe(world);
  const findings = diagnose(host, await readEvidence(world, host));
  return {host, found: findings.map(({severity, id}) => `${severity} ${id}`), findings};
};

const UBUNTU = {
  'files/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n',
  'files/proc/version': 'Linux version 6.8.0-60-generic (build@host)\n',
};
const WSL2 = {...UBUNTU, 'files/proc/version': 'Linux version 5.15.153.1-microsoft-standard-WSL2 (root@build)\n'};

const docker = (info: object): Places => ({
  'engine/info.json': JSON.stringify({
    ServerVersion: '28.1.1',
    Driver: 'overlay2',
    DockerRootDir: '/var/lib/docker',
    Runtimes: {runc: {}},
    OSType: 'linux',
    CgroupVersion: '2',
    CgroupDriver: 'systemd',
    CDISpecDirs: [],
    SecurityOptions: ['name=seccomp,profile=builtin'],
    ...info,
  }),
  [enginePlace('/containers/json')]: '[]',
});

const table = (...rows: string[]): string =>
  ['| NVIDIA-SMI 580.95.05  Driver Version: 580.95.05  CUDA Version: 13.0 |', ...rows].join('\n');
const L4 = {
  'commands/nvidia-smi.stdout': table(),
  'commands/nvidia-smi-L.stdout': 'GPU 0: NVIDIA L4 (UUID: GPU-1)\n',
};

const tried = (status: string, ...sources: string[]) => sources.map(source => ({source, status}));
const NO_DRIVER = tried(
  'not-found',
  'commands/nvidia-smi',
  'commands/nvidia-smi-q-x',
  'commands/nvidia-smi-query-gpu',
  'commands/nvidia-smi-L',
  'files/proc/driver/nvidia/version',
  'files/sys/module/nvidia/version',
  'listings/usr/lib/aarch64-linux-gnu',
  'listings/usr/lib64',
);

describe('WSL2', () => {
  const without = (...more: object[]): Places => ({
    ...WSL2,
    'listings/usr/lib/wsl/lib.txt': 'libd3d12.so\nlibdxcore.so\n',
    'listings/usr/lib/x86_64-linux-gnu.txt': 'libc.so.6\n',
    'listings/usr/lib.txt': 'os-release\n',
    'capture.json': JSON.stringify([...NO_DRIVER, ...more]),
  });

  test('without a driver of Windows: it is to be installed there', async () => {
    const facts = {kind: 'other', uid: 0, gid: 0, readable: true, writable: true};
    const {host, found, findings} = await examined(without({source: 'stat/dev/dxg', status: 'ok', facts}));
    expect(host).toMatchObject({os: {wsl: true}, driver: {status: 'absent'}, gpus: null});
    expect(found).toEqual(['warning driver_absent']);
    expect(findings[0]?.fix).toMatch(/in Windows .*wsl --shutdown/);
  });

  test('without /dev/dxg: Windows lends it no GPU', async () => {
    const {found, findings} = await examined(without({source: 'stat/dev/dxg', status: 'not-found'}));
    expect(found).toEqual(['warning wsl_no_adapter']);
    expect(findings[0]?.fix).toMatch(/wsl --set-version/);
  });

  test('with the driver of Windows and Docker Desktop: nothing is wrong', async () => {
    const {host, found} = await examined({
      ...WSL2,
      ...docker({OperatingSystem: 'Docker Desktop', Runtimes: {runc: {}, nvidia: {}}}),
      'commands/nvidia-smi.stdout':
        '| NVIDIA-SMI 580.65.05   Driver Version: 580.88   CUDA Version: 13.0 |\n|   0  NVIDIA GeForce RTX 4090   On  |   00000000:01:00.0  On |   Off |\n',
    });
    expect(host).toMatchObject({
      driver: {status: 'ok', version: '580.88', flavor: 'wsl'},
      engine: {desktop: true},
    });
    expect(found).toEqual([]);
  });
});

test('Docker Desktop on Linux has no GPU', async () => {
  const {found} = await examined({...UBUNTU, ...L4, ...docker({OperatingSystem: 'Docker Desktop'})});
  expect(found).toEqual(['error docker_desktop_without_gpu']);
});

test('Docker from snap, without a runtime of NVIDIA', async () => {
  const info = {OperatingSystem: 'Ubuntu Core 24', DockerRootDir: '/var/snap/docker/common/var-lib-docker'};
  const {host, found} = await examined({...UBUNTU, ...L4, ...docker(info)});
  expect(host.engine).toMatchObject({snap: true, desktop: false});
  expect(found).toEqual(['error docker_from_snap']);
});

test("a Jetson: its driver is that of its board, its memory is the machine's, and nothing is wrong", async () => {
  const {host, found} = await examined({
    'files/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n',
    'files/proc/version': 'Linux version 5.15.148-tegra (build@host)\n',
    'files/etc/nv_tegra_release': '# R36 (release), REVISION: 4.3, GCID: 1, BOARD: generic, EABI: aarch64\n',
    'commands/nvidia-smi.stdout': [
      '| NVIDIA-SMI 540.4.0                Driver Version: 540.4.0      CUDA Version: 12.6     |',
      '|-----------------------------------------+----------------------+----------------------+',
      '|   0  Orin (nvgpu)                  N/A  | N/A              N/A |                  N/A |',
      '| N/A   N/A  N/A               N/A /  N/A | Not Supported        |     N/A          N/A |',
    ].join('\n'),
    ...docker({Runtimes: {runc: {}, nvidia: {}}}),
  });
  expect(host.driver).toMatchObject({status: 'ok', flavor: 'tegra', version: '540.4.0', cudaVersion: '12.6'});
  expect(host.driver.cudaVersionDerived).toBeNull();
  expect(host.gpus).toMatchObject([{name: 'Orin (nvgpu)', memoryMiB: null, computeCapability: '8.7'}]);
  expect(found).toEqual([]);
});

test('a guest with a share of a GPU (vGPU): its own memory, and nothing is wrong', async () => {
  const {host, found} = await examined({
    ...UBUNTU,
    'commands/nvidia-smi-q.stdout': [
      'Driver Version                            : 535.161.08',
      'CUDA Version                              : 12.2',
      'Attached GPUs                             : 1',
      'GPU 00000000:02:00.0',
      '    Product Name                          : GRID A100D-10C',
      '    Product Brand                         : NVIDIA Virtual Compute Server',
      '    GPU Virtualization Mode',
      '        Virtualization Mode               : VGPU',
      '    vGPU Software Licensed Product',
      '        Product Name                      : NVIDIA Virtual Compute Server',
      '        License Status                    : Licensed',
      '    FB Memory Usage',
      '        Total                             : 10240 MiB',
      '        Used                              : 0 MiB',
    ].join('\n'),
  });
  expect(host.gpus).toMatchObject([{name: 'GRID A100D-10C', memoryMiB: 10_240, architecture: 'Ampere'}]);
  expect(found).toEqual([]);
});

describe('a board with NVSwitch', () => {
  const unit = (load: string, active: string): Places => ({
    ...UBUNTU,
    ...L4,
    'listings/proc/driver/nvidia-nvswitch/devices.txt': '0000:07:00.0\n',
    'commands/systemctl-show-property-LoadState-ActiveState-nvidia-fabricmanager.stdout': `LoadState=${load}\nActiveState=${active}\n`,
  });

  test('without the fabric manager: the package of exactly this driver', async () => {
    const {found, findings} = await examined(unit('not-found', 'inactive'));
    expect(found).toEqual(['error fabric_manager_not_ready']);
    expect(findings[0]?.fix).toMatch(/nvidia-fabricmanager-580 \(of exactly the driver version 580\.95\.05\)/);
  });

  test('whose fabric manager failed', async () => {
    const {findings} = await examined(unit('loaded', 'failed'));
    expect(findings[0]?.fix).toBe('sudo systemctl enable --now nvidia-fabricmanager');
  });

  test('whose fabric manager runs', async () => {
    expect((await examined(unit('loaded', 'active'))).found).toEqual([]);
  });
});
