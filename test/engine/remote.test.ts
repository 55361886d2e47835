import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync} from 'node:fs';
import {chmod, readFile, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {sshArguments, sshPlace} from '../../src/engine/ssh.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {type SshServer, startSshd} from '../lab/sshd.js';
import {STAND_IN} from '../lab/stand-in-gpu.js';

let lab: Lab;
let engine: Engine;
let server: SshServer;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  server = await startSshd();
  folder = await makeProject({
    'requirements.txt': 'packaging\n',
    'rows.csv': 'rows\n',
    'sub/kept.txt': 'kept',
    'old/gone.txt': '',
  });
  env = {
    PATH: `${server.programs}:${process.env.PATH}`,
    DOCKER_HOST: `ssh://${server.alias}${lab.host.replace('unix://', '')}`,
    // Other programs of this machine have tunnels too.
    TMPDIR: await makeProject({}),
  };
  // Through the tunnel, as everything else.
  ended(await remote('build', folder, '--gpus', 'none'));
}, 600_000);

afterAll(async () => {
  const filters = {label: [`gpudock.project=${folder}`]};
  for (const {Id} of await engine.docker.listContainers({all: true, filters}))
    await engine.docker.getContainer(Id).remove({force: true});
  await server.end();
  for (const each of [folder, env.TMPDIR ?? '']) await rm(each, {recursive: true, force: true});
  await tidyUp();
});

const remote = (...words: string[]) => gpudock(lab, words, {env});
const tunnels = (): string[] => readdirSync(env.TMPDIR ?? '').filter(name => name.startsWith('gpudock-ssh-'));

describe('an engine behind ssh', () => {
  test('is asked as any other, and nothing of the tunnel is left', async () => {
    expect(JSON.parse(ended(await remote('ps', '--json')).stdout).schema).toBe('gpudock/ps/1');
    expect(tunnels()).toEqual([]);
  });

  test.each([
    ['run', ['run', '-C', '.', 'true'], 125],
    ['notebook', ['notebook', '.', '--no-open'], 5],
  ])('%s: a folder of this machine cannot be mounted there, and there is a way out', async (_, words, exit) => {
    const run = await gpudock(lab, words, {env, cwd: folder});
    expect(run).toMatchObject({
      exit,
      stderr: expect.stringMatching(
        /runs on another machine(?:.|\n)*cannot be mounted(?:.|\n)*--sync copies the project there/,
      ),
    });
  });

  test('run --sync: the project is there, what has changed comes back, what was deleted goes, the rest stays', async () => {
    const before = await stat(join(folder, 'rows.csv'));
    const work = 'echo new > made.txt; echo more >> sub/kept.txt; rm -r old; exit 6';
    const script = `cat rows.csv sub/kept.txt; ${work}`;
    const run = await remote('run', '--sync', '--gpus', 'none', '-C', folder, 'sh', '-c', script);
    expect(run).toMatchObject({exit: 6, stdout: 'rows\nkept'});
    expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('new\n');
    expect(await readFile(join(folder, 'sub/kept.txt'), 'utf8')).toBe('keptmore\n');
    await expect(stat(join(folder, 'old'))).rejects.toThrow();
    expect((await stat(join(folder, 'rows.csv'))).ctimeMs).toBe(before.ctimeMs);
    const {Volumes} = await engine.docker.listVolumes({filters: {label: [`gpudock.project=${folder}`]}});
    expect(Volumes ?? []).toEqual([]);
  });

  test('the GPUs are those of that machine, seen from a container on it; what is known of this one is not said', async () => {
    const words = ['run', '--sync', '-C', folder, '--gpus', '1', '--dry-run', '--json', 'true'];
    const plan = JSON.parse(ended(await remote(...words)).stdout);
    const uuids = STAND_IN.gpus.map(({uuid}) => uuid);
    expect(uuids).toContain(plan.container.Labels['gpudock.gpus']);
    // A machine like this one, with another GPU that the container does not see.
    const programs = await makeProject({
      'nvidia-smi': '#!/bin/sh\necho "GPU 0: NVIDIA H100 (UUID: GPU-of-this-machine)"\n',
    });
    await chmod(join(programs, 'nvidia-smi'), 0o755);
    const own = {...env, PATH: `${programs}:${env.PATH}`};
    const refused = await gpudock(lab, ['run', '--sync', '-C', folder, '--gpus', 'GPU-of-this-machine', 'true'], {
      env: own,
    });
    expect(refused).toMatchObject({exit: 125, stderr: expect.stringMatching(/there is no GPU GPU-of-this-machine/)});
    await rm(programs, {recursive: true});
    expect(await engine.docker.listContainers({all: true, filters: {label: ['gpudock.purpose=probe']}})).toEqual([]);
  });

  test('data of this machine is refused', async () => {
    const run = await remote(
      'run',
      '--sync',
      '--gpus',
      'none',
      '--data',
      join(folder, 'rows.csv'),
      '-C',
      folder,
      'true',
    );
    expect(run).toMatchObject({exit: 125, stderr: expect.stringMatching(/runs on another machine/)});
  });

  test('a machine that cannot be reached: what ssh said, and what has to work', async () => {
    const run = await gpudock(lab, ['ps', '--json'], {env: {...env, DOCKER_HOST: 'ssh://nobody@127.0.0.1:1'}});
    expect(run.exit).toBe(5);
    expect(JSON.parse(run.stdout).error).toMatchObject({code: 'ssh_failed', cause: expect.stringMatching(/refused/)});
    expect(tunnels()).toEqual([]);
  });

  test.each([{DOCKER_HOST: 'ssh://nobody@127.0.0.1:1'}, {DOCKER_HOST: '', DOCKER_CONTEXT: 'nowhere'}])(
    'nothing is planned by this machine for one that cannot be asked: %j',
    async elsewhere => {
      const run = await gpudock(lab, ['notebook', folder, '--dry-run', '--json'], {env: {...env, ...elsewhere}});
      expect(run.exit).toBe(5);
      expect(JSON.parse(run.stdout).error.code).toMatch(/^(ssh_failed|docker_context_missing)$/);
    },
  );

  test('the tunnel ends with a gpudock that is killed', async () => {
    const words = ['bin/run.js', 'logs', '-f', await started()];
    const child = spawn(process.execPath, words, {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'ignore']});
    await once(child.stdout, 'data');
    expect(await sshProcesses()).toHaveLength(1);
    child.kill('SIGKILL');
    for (let waited = 0; waited < 20_000 && (await sshProcesses()).length > 0; waited += 100) await sleep(100);
    expect(await sshProcesses()).toEqual([]);
    for (const name of tunnels()) await rm(join(env.TMPDIR ?? '', name), {recursive: true});
  });

  async function started(): Promise<string> {
    const run = await gpudock(lab, [
      'run',
      '--gpus',
      'none',
      '-C',
      folder,
      '-d',
      'sh',
      '-c',
      'echo up; exec sleep 300',
    ]);
    return ended(run).stdout.trim();
  }

  /** The clients of our sshd, by its configuration's name. */
  async function sshProcesses(): Promise<string[]> {
    const {stdout} = await promisify(execFile)('ps', ['-eo', 'args']);
    return stdout
      .split('\n')
      .filter(line => line.startsWith('/usr/bin/ssh -F ') && line.includes(server.programs.replace(/programs$/, '')));
  }
});

test.each([
  ['ssh://ada@box:2222', ['-p', '2222', '-L', '/s:/e', '--', 'ada@box', 'cat']],
  ['ssh://box', ['-L', '/s:/e', '--', 'box', 'cat']],
  ['ssh://-oProxyCommand=x', ['-L', '/s:/e', '--', '-oProxyCommand=x', 'cat']],
])('%s', (host, words) => {
  expect(sshArguments(host, '/s:/e').slice(6)).toEqual(words);
});

test('the socket over there is the path of the address', () => {
  expect(sshPlace('ssh://box/run/user/1000/docker.sock')).toMatchObject({path: '/run/user/1000/docker.sock'});
  expect(sshPlace('ssh://box')).toMatchObject({path: ''});
});
