import {execFileSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
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

const NVIDIA_CTK = `#!/bin/sh
[ "$*" = --version ] && printf 'NVIDIA Container Toolkit CLI version 1.17.8\\ncommit: f202b80\\n'
`;

/** A clock that is behind, for one program: the engine of the lab has that of this machine. */
const HOUR_BEHIND = `data:text/javascript,${encodeURIComponent(`
  const Now = Date;
  const behind = () => Now.now() - 3_600_000;
  globalThis.Date = class extends Now {
    constructor(...given) { super(...(given.length > 0 ? given : [behind()])); }
    static now() { return behind(); }
  };`)}`;

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

  test('a uid without an entry in the passwd file, in an environment without home and shell', async () => {
    const run = await gpudock(lab, ['host', '--json'], {uid: 1234, env: {HOME: undefined}});
    expect(run).toMatchObject({exit: 0, stderr: ''});
    expect(hostOf(run.stdout).engine.kind).toBe('docker');
  });

  test("the toolkit's version, as nvidia-ctk prints it, and the same from a capture", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gpudock-toolkit-'));
    folders.push(folder);
    await writeFile(join(folder, 'nvidia-ctk'), NVIDIA_CTK, {mode: 0o755});
    const env = {PATH: `${folder}:${process.env.PATH}`, DOCKER_HOST: '', DOCKER_CONTEXT: 'nowhere'};
    const host = hostOf((await gpudock(lab, ['host', '--json'], {env})).stdout);
    expect(host.toolkit.version).toBe('1.17.8');
    expect(host.sources['toolkit.version']).toMatch(/nvidia-ctk/);
    const recorded = join(folder, 'recorded');
    await gpudock(lab, ['host', '--capture', recorded], {env});
    const again = hostOf((await gpudock(lab, ['host', '--from', recorded, '--json'], {env: {DOCKER_HOST: ''}})).stdout);
    expect(again.toolkit).toEqual(host.toolkit);
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

  test('an engine that takes connections and never answers does not hold it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gpudock-silent-'));
    folders.push(folder);
    const silent = createServer(socket => socket.resume()).listen(join(folder, 'docker.sock'));
    try {
      const env = {DOCKER_HOST: `unix://${folder}/docker.sock`};
      const {stdout, stderr} = await gpudock(lab, ['doctor', '--json'], {env});
      const {engine, findings} = hostOf(stdout);
      expect(engine.kind).toBeNull();
      expect(findings.map(({id}) => id)).toContain('docker_daemon_hangs');
      expect(stderr).toMatch(/did not answer in time.*the engine/);
    } finally {
      silent.close();
    }
  });

  test("an engine whose clock is an hour ahead of this program's", async () => {
    const {stdout} = await gpudock(lab, ['doctor', '--json'], {env: {NODE_OPTIONS: `--import=${HOUR_BEHIND}`}});
    const skew = hostOf(stdout).findings.find(({id}) => id === 'clock_skew');
    expect(skew?.cause).toMatch(/^the engine's clock is 3[56]\d\d s ahead of/);
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

  test('--fix runs what it shows, looks again, and its undo lines take it back: in a mount namespace of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gpudock-etc-'));
    folders.push(folder);
    const script = `
      set -e
      mount -t tmpfs -o size=64m none /dev/shm
      mount -t tmpfs none ${folder}
      mkdir ${folder}/upper ${folder}/work
      mount -t overlay overlay -o lowerdir=/etc,upperdir=${folder}/upper,workdir=${folder}/work /etc
      echo '::1 localhost' > /etc/hosts
      state() { stat -f -c '%b*%S' /dev/shm | tr '*' ' ' | { read a b; echo $((a * b / 1048576)); }; cat /etc/hosts; }
      state > ${folder}/before
      ${process.execPath} bin/run.js doctor --fix --dry-run --json > ${folder}/dry
      state > ${folder}/after-dry
      ${process.execPath} bin/run.js doctor --fix --yes --json > ${folder}/fixed 2> ${folder}/said
      state > ${folder}/after
      sed -n 's/^Undo: //p' ${folder}/said | sh -e
      state > ${folder}/undone
      cd ${folder} && for file in before dry after-dry fixed after undone; do base64 -w0 $file; echo; done`;
    const output = execFileSync('unshare', ['--mount', 'sh', '-c', script], {
      encoding: 'utf8',
      stdio: 'pipe',
      env: {...process.env, DOCKER_HOST: lab.host, PATH: `${lab.gpuFolder}:${process.env.PATH}`},
    });
    const [before, dry, afterDry, fixed, after, undone] = output
      .trim()
      .split('\n')
      .map(line => Buffer.from(line, 'base64').toString());
    const ids = (document = ''): string[] =>
      hostOf(document)
        .findings.map(({id}) => id)
        .filter(id => ['shm_too_small', 'localhost_ipv6_only'].includes(id));
    expect(before).toBe('64\n::1 localhost\n');
    expect(ids(dry)).toEqual(['shm_too_small', 'localhost_ipv6_only']);
    expect(afterDry).toBe(before);
    expect(ids(fixed)).toEqual([]);
    expect(after).toContain('127.0.0.1 localhost\n::1 localhost\n');
    expect(Number(after?.split('\n')[0])).toBeGreaterThan(64);
    expect(undone).toBe(before);
  });
});
