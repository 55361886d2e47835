import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {captureWorld} from '../../../src/host/capture.js';
import {recordCapture} from '../../../src/host/capture-recording.js';
import {probe} from '../../../src/host/probe.js';
import {liveWorld} from '../../../src/world/live.js';
import type {World} from '../../../src/world/world.js';
import {layOut, newFolder} from './layout.js';
import {GPU_XML, TABLE} from './samples.js';

const folder = (): string => newFolder('gpudock-recorded-');
const filesOf = (dir: string): string[] =>
  readdirSync(dir, {recursive: true, encoding: 'utf8'}).filter(name => statSync(join(dir, name)).isFile());
const textOf = (dir: string): string =>
  filesOf(dir)
    .map(name => readFileSync(join(dir, name), 'utf8'))
    .join('\n');

const INFO = {
  ID: 'ABCD:EFGH',
  ServerVersion: '28.5.2',
  OperatingSystem: 'Debian GNU/Linux 12',
  DockerRootDir: '/var/lib/docker',
  SecurityOptions: ['name=seccomp,profile=builtin'],
  Runtimes: {runc: {}, nvidia: {}},
  CDISpecDirs: ['/etc/cdi'],
  HttpProxy: 'http://alice:s3cr3t@proxy:3128',
  RegistryConfig: {Mirrors: [], IndexConfigs: {}},
  Swarm: {JoinTokens: {Worker: 'SWMTKN-1'}},
};
const SPEC = 'cdiVersion: 0.6.0\nkind: nvidia.com/gpu\ndevices:\n  - name: "0"\n  - name: all\n';

const rich = (): string =>
  layOut([
    ['commands/nvidia-smi.stdout', TABLE],
    ['commands/nvidia-smi-q-x.stdout', GPU_XML],
    ['commands/ps.stdout', ''],
    ['files/etc/os-release', 'ID=ubuntu\nVERSION_ID="22.04"\n'],
    ['files/etc/cdi/nvidia.yaml', SPEC],
    ['files/etc/docker/daemon.json', '{"log-opts": {"splunk-token": "T0K3N"}, "runtimes": {"nvidia": {}}}'],
    ['engine/info.json', JSON.stringify(INFO)],
    ['engine/version.json', '{"Version": "28.5.2", "ApiVersion": "1.51"}'],
    ['system.json', '{"os": {"platform": "linux", "arch": "x64"}, "filesystems": [{"mount": "/", "freeMiB": 7}]}'],
  ]);

describe('a capture', () => {
  test('what was recorded replays to the same host', async () => {
    const dir = folder();
    const recorded = await recordCapture(captureWorld(rich()), dir);
    expect(recorded.gpus).toHaveLength(1);
    expect(recorded.engine).toMatchObject({version: '28.5.2', gpuAccess: {cdi: true, runtime: true}});
    expect(await probe(captureWorld(dir))).toEqual(recorded);
  });

  test('this machine, recorded, replays to the same host', async () => {
    const dir = folder();
    const world = liveWorld(() => async () => ({status: 'not-found', detail: 'none in this test'}));
    const recorded = await recordCapture(world, dir);
    expect(await probe(captureWorld(dir))).toEqual(recorded);
  });

  test('secrets and serial numbers stay behind', async () => {
    const dir = folder();
    await recordCapture(captureWorld(rich()), dir);
    const text = textOf(dir);
    expect(text).toContain('NVIDIA L40S');
    expect(text).toContain('http://proxy:3128');
    for (const secret of ['1320523012345', 's3cr3t', 'T0K3N', 'SWMTKN', 'ABCD:EFGH'])
      expect(text).not.toContain(secret);
  });

  test('capture.json names every source that was tried, and how that went', async () => {
    const dir = folder();
    await recordCapture(captureWorld(rich()), dir);
    const {sources} = JSON.parse(readFileSync(join(dir, 'capture.json'), 'utf8')) as {sources: object[]};
    expect(sources).toContainEqual({source: 'commands/nvidia-smi-q-x', status: 'ok', exit: 0});
    expect(sources).toContainEqual({source: 'files/sys/module/nvidia/version', status: 'not-recorded', exit: null});
  });

  test('a remote engine stays remote', async () => {
    const dir = folder();
    const world: World = {
      ...captureWorld(layOut([['system.json', '{}']])),
      engine: async () => ({status: 'ok', body: INFO, remote: true}),
    };
    await recordCapture(world, dir);
    expect((await probe(captureWorld(dir))).engine.remote).toBe(true);
  });
});

const NOTHING = ['commands/nvidia-smi', 'files/proc/driver/nvidia/version', 'files/sys/module/nvidia/version'];
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib/wsl/lib',
  '/usr/lib',
];

test('a folder that is not empty is left alone', async () => {
  await expect(recordCapture(captureWorld(rich()), rich())).rejects.toMatchObject({code: 'folder_not_empty'});
});

describe('what is absent from a capture', () => {
  test('is not known', async () => {
    const host = await probe(captureWorld(layOut([['commands/nvcc-version.stdout', '']])));
    expect(host).toMatchObject({
      driver: {status: 'unknown'},
      gpus: null,
      findings: [],
      os: {platform: null, wsl: null},
    });
    expect(host.user.uid).toBeNull();
    expect(host.engine.gpuAccess).toEqual({cdi: null, hook: null, runtime: null});
  });

  const tried = (sources: string[]): string =>
    layOut([['capture.json', JSON.stringify(sources.map(source => ({source, status: 'not-found', exit: null})))]]);

  test('is proved absent where capture.json says not-found, by whatever name', async () => {
    const places = [...NOTHING, ...LIBRARIES.map(path => `listings${path}`)];
    const names = ['nvidia-smi', '/proc/driver/nvidia/version', '/sys/module/nvidia/version', ...LIBRARIES];
    expect((await probe(captureWorld(tried(places)))).driver.status).toBe('absent');
    expect((await probe(captureWorld(tried(names)))).driver.status).toBe('absent');
  });

  test('proves nothing where a place was not looked at', async () => {
    expect((await probe(captureWorld(tried(NOTHING)))).driver.status).toBe('unknown');
  });

  test('a folder that is not there is a failure that says what a capture is', () => {
    expect(() => captureWorld('/nowhere/at/all')).toThrow(
      expect.objectContaining({code: 'capture_not_found', exit: 2}),
    );
  });

  test('paths cannot leave the folder', async () => {
    const dir = layOut([['files/x', '']]);
    expect(existsSync('/etc/passwd')).toBe(true);
    const world = captureWorld(dir);
    expect((await world.read('/../../../../../../../../etc/passwd')).status).toBe('not-recorded');
    expect((await world.list('/../../../../../../../../etc')).status).toBe('not-recorded');
    expect((await world.stat('/../../../../../../../../etc/passwd')).status).toBe('not-recorded');
  });
});

test.each([
  ['UTF-8 with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(TABLE)])],
  ['UTF-16, little end first', Buffer.from(`\ufeff${TABLE}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\ufeff${TABLE}`, 'utf16le').swap16()],
  ['UTF-16 without a mark', Buffer.from(TABLE, 'utf16le')],
  ['CRLF', Buffer.from(TABLE.replaceAll('\n', '\r\n'))],
])('encoding: %s', async (_, bytes) => {
  const host = await probe(captureWorld(layOut([['commands/nvidia-smi.stdout', bytes]])));
  expect(host.gpus?.[0]).toMatchObject({name: 'NVIDIA L40S', memoryMiB: 46_068, processes: [{pid: 212_480}]});
  expect(host.driver.version).toBe('580.95.05');
});
