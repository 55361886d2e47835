import {execFileSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import type {Host} from '../../src/contract/host.js';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {gpudock, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

let lab: Lab;
const folders: string[] = [];

beforeAll(async () => {
  lab = await readLab();
});
afterAll(async () => {
  await tidyUp();
  for (const folder of folders) await rm(folder, {recursive: true, force: true});
});

const hostOf = (stdout: string): Host => JSON.parse(stdout) as Host;

describe('the engine of the lab', () => {
  test('GPU access: the CDI folder that it was told, and the hook on its own PATH', async () => {
    const {engine, sources} = hostOf((await gpudock(lab, ['host', '--json'])).stdout);
    expect(engine.gpuAccess).toEqual({cdi: true, hook: true, runtime: false});
    expect(engine.cdiDevices).toEqual(['nvidia.com/gpu=0', 'nvidia.com/gpu=1', 'nvidia.com/gpu=all']);
    expect(sources['engine.gpuAccess.cdi']).toBe('CDI specifications');
  });

  test("a user who may not read the daemon's environment and folders is told no guess", async () => {
    const {engine} = hostOf((await gpudock(lab, ['host', '--json'], {uid: 1234})).stdout);
    expect(engine).toMatchObject({kind: 'docker', gpuAccess: {cdi: null, hook: null, runtime: false}});
  });

  test('a capture of it replays the same access, and holds no environment but the PATH', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gpudock-recorded-'));
    folders.push(folder);
    await gpudock(lab, ['host', '--capture', folder], {env: {HF_TOKEN: 'hf_abcdefghijklmnop'}});
    const {engine} = hostOf(
      (await gpudock(lab, ['host', '--from', folder, '--json'], {env: {DOCKER_HOST: ''}})).stdout,
    );
    expect(engine.gpuAccess).toEqual({cdi: true, hook: true, runtime: false});
    expect(() => execFileSync('grep', ['-rlE', 'hf_abcdef|HOME=/', folder])).toThrow();
  });
});

describe('doctor', () => {
  test('a docker context that is not there: an error, and no other engine in its place', async () => {
    const env = {DOCKER_HOST: '', DOCKER_CONTEXT: 'nowhere'};
    const {exit, stdout} = await gpudock(lab, ['doctor', '--json'], {env});
    const {engine, findings} = hostOf(stdout);
    expect(exit).toBe(1);
    expect(engine.kind).toBeNull();
    expect(findings.map(({id}) => id)).toContain('docker_context_missing');
    expect((await gpudock(lab, ['ps'], {env})).exit).toBe(5);
  });

  test('a running container: its open port, and the GPU that it lost', async () => {
    const {docker} = await connect({...liveWorld(engineGetter), env: {DOCKER_HOST: lab.host}});
    const name = `gpudock-doctor-test-${process.pid}`;
    const script = `printf '#!/bin/sh\\necho "Failed to initialize NVML: Unknown Error"\\nexit 255\\n' >/usr/bin/nvidia-smi; chmod +x /usr/bin/nvidia-smi; sleep 300`;
    const container = await docker.createContainer({
      name,
      Image: 'python:3.12-slim',
      Cmd: ['sh', '-c', script],
      Env: ['PASSWORD=verysecret'],
      ExposedPorts: {'80/tcp': {}},
      HostConfig: {
        DeviceRequests: [{Driver: '', Count: 0, Capabilities: [['gpu']]}],
        PortBindings: {'80/tcp': [{HostIp: '0.0.0.0', HostPort: ''}]},
      },
    });
    try {
      await container.start();
      const {findings} = hostOf((await gpudock(lab, ['doctor', '--json'])).stdout);
      const ours = findings.filter(({cause}) => cause.includes(name));
      expect(ours.map(({id}) => id)).toEqual(['container_lost_gpu', 'port_open_to_network']);
      const folder = await mkdtemp(join(tmpdir(), 'gpudock-recorded-'));
      folders.push(folder);
      await gpudock(lab, ['host', '--capture', folder]);
      expect(() => execFileSync('grep', ['-rl', 'verysecret', folder])).toThrow();
      const {stdout} = await gpudock(lab, ['doctor', '--from', folder, '--json']);
      expect(hostOf(stdout).findings.filter(({cause}) => cause.includes(name))).toEqual(ours);
    } finally {
      await container.remove({force: true});
    }
  });
});
