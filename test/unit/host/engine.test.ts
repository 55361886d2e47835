import {describe, expect, test} from '@jest/globals';
import {captureWorld} from '../../../src/host/capture.js';
import {probe} from '../../../src/host/probe.js';
import {parseEngine} from '../../../src/host/sources/engine.js';
import {parseDockerInfo, parseDockerVersion} from '../../../src/host/sources/engine-text.js';
import {layOut} from './layout.js';

const read = (info: unknown, version: unknown = null) => parseEngine({info, version, remote: false});

describe('the API', () => {
  test.each([
    [
      'rootless',
      {SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless']},
      {rootless: true, usernsRemap: false},
    ],
    ['userns-remap', {SecurityOptions: ['name=userns']}, {rootless: false, usernsRemap: true}],
    [
      'no word of security',
      {SecurityOptions: null, ServerVersion: '17.09.0-ce'},
      {rootless: null, version: '17.09.0-ce'},
    ],
    ['cgroup v2', {CgroupVersion: '2', CgroupDriver: 'systemd'}, {cgroupVersion: 2, cgroupDriver: 'systemd'}],
    ['snap', {DockerRootDir: '/var/snap/docker/common/var-lib-docker'}, {snap: true}],
    ['Docker Desktop', {OperatingSystem: 'Docker Desktop'}, {desktop: true}],
    [
      'a plain host',
      {OperatingSystem: 'Ubuntu 24.04', DockerRootDir: '/var/lib/docker'},
      {desktop: false, snap: false, kind: 'docker'},
    ],
    [
      'Podman, in Docker\u2019s form',
      {ServerVersion: '5.4.0', BuildahVersion: '1.39.0', Rootless: true},
      {kind: 'podman', version: '5.4.0', rootless: true},
    ],
    [
      'Podman, in its own',
      {host: {security: {rootless: true}, cgroupVersion: 'v2'}, version: {Version: '5.8.4'}},
      {kind: 'podman', version: '5.8.4', rootless: true, cgroupVersion: 2},
    ],
    ['a field of another type', {ServerVersion: 7, CgroupDriver: 'systemd'}, {version: null, cgroupDriver: 'systemd'}],
  ])('%s', (_, info, engine) => {
    expect(read(info).engine).toMatchObject(engine);
  });

  test('GPU access: each way on its own', () => {
    expect(read({Runtimes: {runc: {}, nvidia: {}}}).gpuAccess).toEqual({runtime: true, cdi: null});
    expect(read({Runtimes: {runc: {}}, CDISpecDirs: []}).gpuAccess).toEqual({runtime: false, cdi: false});
    const devices = (ids: string[]) => read({DiscoveredDevices: ids.map(ID => ({Source: 'cdi', ID}))});
    expect(devices(['nvidia.com/gpu=gpu0', 'vendor.com/x=1'])).toMatchObject({
      engine: {cdiDevices: ['nvidia.com/gpu=gpu0']},
      gpuAccess: {cdi: true},
    });
    expect(devices(['docker.com/gpu=webgpu'])).toMatchObject({engine: {cdiDevices: []}, gpuAccess: {cdi: false}});
  });

  test('versions', () => {
    expect(read(null, {Version: '28.5.2', ApiVersion: '1.51'}).engine).toMatchObject({
      version: '28.5.2',
      apiVersion: '1.51',
    });
    expect(read(null, {Client: {Version: '29.0'}, Server: {Version: '28.5.2'}}).engine?.version).toBe('28.5.2');
    expect(read(null, {Components: [{Name: 'Podman Engine', Version: '4.9.3'}], Version: '4.9.3'}).engine?.kind).toBe(
      'podman',
    );
  });

  test.each([[null], [{}], [[]], ['text'], [{unrelated: 1}]])('%j is no engine', document => {
    expect(read(document, document)).toEqual({});
  });
});

const INFO = `Client:
 Version:    29.0.0

Server:
 Server Version: 28.5.2
 Cgroup Driver: systemd
 Cgroup Version: 2
 Plugins:
  Log: awslogs
 CDI spec directories:
  /etc/cdi
 Discovered Devices:
  cdi: nvidia.com/gpu=0
 Runtimes: io.containerd.runc.v2 nvidia runc
 Default Runtime: runc
 Security Options:
  seccomp
   Profile: builtin
  rootless
 Operating System: Ubuntu 24.04.1 LTS
 Docker Root Dir: /var/lib/docker
`;

describe('the text', () => {
  const WHOLE = {
    engine: {
      version: '28.5.2',
      cgroupVersion: 2,
      rootless: true,
      usernsRemap: false,
      cdiDevices: ['nvidia.com/gpu=0'],
      rootDir: '/var/lib/docker',
      desktop: false,
    },
    gpuAccess: {runtime: true, cdi: true},
  };
  test('docker info', async () => {
    expect(await parseDockerInfo(INFO)).toMatchObject(WHOLE);
    expect(await parseDockerInfo(INFO.split('Server:\n')[1] ?? '')).toMatchObject(WHOLE);
  });

  test.each([
    ['JSON', '{"ServerVersion": "28.5.2"}', 'docker'],
    ['Podman\u2019s YAML', 'host:\n  arch: amd64\nversion:\n  Version: 4.9.3\n', 'podman'],
  ])('docker info as %s', async (_, text, kind) => {
    expect((await parseDockerInfo(text)).engine?.kind).toBe(kind);
  });

  test.each([
    ['Client:\n Version: 29.0.0\n\nServer:\n', undefined],
    [
      'Server:\nERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'docker_daemon_unreachable',
    ],
    ['permission denied while trying to connect to the Docker daemon socket', 'docker_permission_denied'],
  ])('no engine in %#', async (text, id) => {
    const {engine, troubles} = await parseDockerInfo(text);
    expect([engine, troubles?.[0]?.id]).toEqual([undefined, id]);
  });

  test('docker version: the server\u2019s, not the client\u2019s', async () => {
    const text =
      'Client:\n Version:  29.0.0\n\nServer: Docker Engine - Community\n Engine:\n  Version:  24.0.6\n  API version:  1.43 (minimum version 1.12)\n rootlesskit:\n  Version: 1.1.1\n';
    expect((await parseDockerVersion(text)).engine).toMatchObject({
      version: '24.0.6',
      apiVersion: '1.43',
      rootless: true,
      desktop: false,
    });
    expect(await parseDockerVersion('Docker version 29.8.0, build 88096ef')).toEqual({});
    expect((await parseDockerVersion('Client: Podman Engine\nVersion:      5.4.0\n')).engine).toMatchObject({
      kind: 'podman',
      version: '5.4.0',
    });
  });
});

describe('what engine and folders say together', () => {
  const SPEC: [string, string] = ['files/etc/cdi/nvidia.yaml', 'kind: nvidia.com/gpu\ndevices:\n  - name: 0\n'];
  const NO_SPEC: [string, string] = [
    'capture.json',
    JSON.stringify(['/etc/cdi', '/var/run/cdi'].map(source => ({source, status: 'not-found'}))),
  ];
  const HOOK: [string, string] = ['files/usr/bin/nvidia-container-runtime-hook', ''];
  const PLAIN = {ServerVersion: '27.5.1', OperatingSystem: 'Debian', DockerRootDir: '/var/lib/docker'};
  const host = (info: object | null, ...more: [string, string][]) =>
    probe(
      captureWorld(
        layOut([...(info ? [['engine/info.json', JSON.stringify(info)] as [string, string]] : []), ...more]),
      ),
    );

  test.each([
    ['CDI on, a specification there', {...PLAIN, CDISpecDirs: ['/etc/cdi']}, [SPEC], {cdi: true}, ['nvidia.com/gpu=0']],
    ['CDI on, no folder recorded', {...PLAIN, CDISpecDirs: ['/etc/cdi']}, [], {cdi: null}, null],
    ['CDI on, none there', {...PLAIN, CDISpecDirs: ['/etc/cdi']}, [NO_SPEC], {cdi: false}, null],
    ['CDI off', {...PLAIN, CDISpecDirs: []}, [SPEC], {cdi: false}, null],
    ['CDI not named', PLAIN, [SPEC], {cdi: null}, null],
    ['Podman', {...PLAIN, BuildahVersion: '1.39'}, [SPEC], {cdi: true}, ['nvidia.com/gpu=0']],
    ['no engine asked', null, [SPEC], {cdi: null}, ['nvidia.com/gpu=0']],
    ['a hook', PLAIN, [HOOK], {hook: true}, null],
    ['a hook, and a snap', {...PLAIN, DockerRootDir: '/var/snap/docker/x'}, [HOOK], {hook: null}, null],
    ['a hook, and Docker Desktop', {...PLAIN, OperatingSystem: 'Docker Desktop'}, [HOOK], {hook: null}, null],
  ] as [string, object | null, [string, string][], object, string[] | null][])(
    '%s',
    async (_, info, more, access, devices) => {
      const {engine} = await host(info, ...more);
      expect(engine.gpuAccess).toMatchObject(access);
      expect(engine.cdiDevices).toEqual(devices);
    },
  );

  test('free space is that of the file system where the engine stores images', async () => {
    const system = {
      filesystems: [
        {mount: '/', freeMiB: 1},
        {mount: '/var/lib', freeMiB: 2},
        {mount: '/var/library', freeMiB: 3},
      ],
    };
    const {resources} = await host(PLAIN, ['system.json', JSON.stringify(system)]);
    expect(resources.diskFreeMiB).toBe(2);
    expect((await host(null, ['system.json', JSON.stringify(system)])).resources.diskFreeMiB).toBe(1);
  });
});
