import {execFile, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {connect as connectTo, createServer} from 'node:net';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import {buildModelServer} from '../lab/model-server.js';
import type {Lab} from '../lab/place.js';
import {type SshServer, startSshd} from '../lab/sshd.js';

const IMAGE = `gpudock-test/remote-server:${process.pid}`;

let lab: Lab;
let engine: Engine;
let server: SshServer;
let folder: string;
let env: Record<string, string>;
const leading: Leading[] = [];

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  server = await startSshd();
  folder = await makeProject({
    'requirements.txt': 'packaging\n',
    'rows.csv': 'rows\n',
    'both.txt': 'sent\n',
    'old/gone.txt': '',
    'main.py': `async def app(scope, receive, send):
  await send({'type': 'http.response.start', 'status': 200, 'headers': []})
  await send({'type': 'http.response.body', 'body': b'hello'})
`,
    'model/1/saved_model.pb': '',
  });
  env = {
    PATH: `${server.programs}:${process.env.PATH}`,
    DOCKER_HOST: `ssh://${server.alias}${lab.host.replace('unix://', '')}`,
  };
  await buildModelServer(lab, IMAGE);
}, 600_000);

afterEach(() => Promise.all(leading.splice(0).map(each => each.interrupt())));

afterAll(async () => {
  for (const each of [folder, join(folder, 'model')])
    for (const {Id} of await listed(each)) await engine.docker.getContainer(Id).remove({force: true, v: true});
  await engine.docker.getImage(IMAGE).remove({force: true});
  await server.end();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

const listed = (project: string) =>
  engine.docker.listContainers({all: true, filters: {label: [`gpudock.project=${project}`]}});
const volumes = async () =>
  (await engine.docker.listVolumes({filters: {label: [`gpudock.project=${folder}`]}})).Volumes ?? [];
const remote = (...words: string[]) => gpudock(lab, words, {env});
const inside = async (name: string, script: string) => ended(await remote('exec', name, 'sh', '-c', script)).stdout;
const answers = (url: string) =>
  fetch(url).then(
    answer => answer.status,
    () => null,
  );

/** A gpudock that goes on: a tunnel is open as long as it runs. */
interface Leading {
  stdout: string;
  stderr: string;
  /** The code it ends with after a Ctrl-C, or by itself. */
  interrupt(): Promise<number | null>;
  exit: Promise<number | null>;
}

async function leads(words: string[], more = {}): Promise<Leading> {
  const child = spawn(process.execPath, [resolve('bin/run.js'), ...words], {
    env: {...process.env, ...env, ...more},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>(done => child.on('close', done));
  const state: Leading = {
    stdout: '',
    stderr: '',
    exit,
    interrupt() {
      child.kill('SIGINT');
      return exit;
    },
  };
  leading.push(state);
  child.stdout.on('data', chunk => {
    state.stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    state.stderr += chunk;
  });
  const over = exit.then(() => 'over');
  while (!/Tunnel: /.test(state.stderr))
    if ((await Promise.race([over, sleep(50)])) === 'over') throw new Error(`${state.stderr}${state.stdout}`);
  return state;
}

describe('a notebook on another machine', () => {
  let name: string;

  test('answers at a port of this machine as long as gpudock runs, and runs on after that', async () => {
    const first = await leads(['notebook', folder, '--sync', '--gpus', 'none', '--no-open']);
    const url = first.stdout.trim();
    name = /gpudock stop (\S+?):/.exec(first.stderr)?.[1] ?? '';
    expect(await answers(url)).toBe(200);
    const [published] = (await engine.docker.getContainer(name).inspect()).NetworkSettings.Ports['8888/tcp'] ?? [];
    expect(published).toMatchObject({HostIp: '127.0.0.1'});
    expect(new URL(url).port).not.toBe(published?.HostPort);
    expect(first.stderr).toContain(
      `Tunnel: ssh -N -L 127.0.0.1:${new URL(url).port}:127.0.0.1:${published?.HostPort} gpu-box`,
    );
    expect(await first.interrupt()).toBe(0);
    expect(first.stderr).toMatch(/The tunnel is closed\. \S+ runs on/);
    expect(await answers(url)).toBeNull();
    expect((await listed(folder)).map(({State}) => State)).toEqual(['running']);
  }, 600_000);

  test('open, and a second call, lead to it again', async () => {
    const again = await leads(['open', name, '--json']);
    const {url} = JSON.parse(again.stdout);
    expect(await answers(url)).toBe(200);
    const second = await leads(['notebook', folder, '--sync', '--no-open']);
    expect(second.stderr).toMatch(/running already/);
    expect(await answers(second.stdout.trim())).toBe(200);
    expect(new URL(second.stdout.trim()).port).not.toBe(new URL(url).port);
  });

  test('a tunnel that breaks is said', async () => {
    const open = await leads(['open', name]);
    const {stdout} = await promisify(execFile)('pgrep', [
      '-f',
      '--',
      `-L 127.0.0.1:${new URL(open.stdout.trim()).port}:`,
    ]);
    process.kill(Number(stdout.trim().split('\n')[0]));
    expect(await open.exit).toBe(1);
    expect(open.stderr).toMatch(/the tunnel to \S+ has broken(?:.|\n)*gpudock open/);
  });

  test('stop brings back what has changed; what was changed on both sides lies beside', async () => {
    await inside(
      name,
      'cat rows.csv; echo new > made.txt; rm -r old; echo theirs > both.txt; ln -s /etc/hostname way-out; ln made.txt twin; mkdir -p deep/er; echo x > deep/er/file; mkfifo pipe',
    );
    await writeFile(join(folder, 'both.txt'), 'mine and longer\n');
    await writeFile(join(folder, 'mine.txt'), '');
    const before = await stat(join(folder, 'rows.csv'));
    const stopped = ended(await remote('stop', name));
    expect(stopped.stderr).toMatch(/is back in .*\n.*lies beside yours: both\.txt\.from-/);
    const text = (path: string) => readFile(join(folder, path), 'utf8');
    expect(await Promise.all(['made.txt', 'twin', 'deep/er/file', 'both.txt'].map(text))).toEqual([
      'new\n',
      'new\n',
      'x\n',
      'mine and longer\n',
    ]);
    expect(await text(`both.txt.from-${name}`)).toBe('theirs\n');
    await expect(stat(join(folder, 'old'))).rejects.toThrow();
    expect((await stat(join(folder, 'rows.csv'))).ctimeMs).toBe(before.ctimeMs);
    expect(await text('way-out')).toBe(await readFile('/etc/hostname', 'utf8'));
    await writeFile(join(folder, 'made.txt'), 'changed since');
    expect((await remote('stop', name)).exit).toBe(0);
    expect(await text('made.txt')).toBe('changed since');
  });

  test('another machine with a folder of that name is told where the copy belongs', async () => {
    const script = `hostname elsewhere; exec "$@"`;
    const words = ['-u', 'sh', '-c', script, 'sh', process.execPath, resolve('bin/run.js'), 'stop', name];
    const run = await promisify(execFile)('unshare', words, {env: {...process.env, ...env}}).catch(error => error);
    expect(run.stderr).toMatch(/has a copy of .* of the machine/);
  });

  test('rm removes it with its copy, and what it has changed comes back first', async () => {
    const started = await leads(['notebook', folder, '--sync', '--gpus', 'none', '--no-open', '--json']);
    expect(JSON.parse(started.stdout)).toMatchObject({schema: 'gpudock/notebook/1', running: false});
    await started.interrupt();
    await inside(name, 'echo last > last.txt');
    expect(await volumes()).toHaveLength(1);
    ended(await remote('rm', '--force', name));
    expect(await readFile(join(folder, 'last.txt'), 'utf8')).toBe('last\n');
    expect(await listed(folder)).toEqual([]);
    expect(await volumes()).toEqual([]);
  });

  test('a start that fails leaves neither container nor copy', async () => {
    const run = await remote(
      'notebook',
      folder,
      '--sync',
      '--gpus',
      'none',
      '--no-open',
      '--memory',
      '20MiB',
      '--json',
    );
    expect(JSON.parse(run.stdout).error.code).toBe('notebook_ended');
    ended(await remote('rm', folder));
    expect(await volumes()).toEqual([]);
  });

  test('what cannot be brought back for want of room stays, and comes with the next try', async () => {
    const small = await makeProject({});
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      await writeFile(join(small, 'requirements.txt'), 'packaging\n');
      const words = ['run', '--sync', '--gpus', 'none', '-C', small, 'sh', '-c', 'head -c 4000000 /dev/zero > large'];
      const run = await remote(...words);
      expect(run).toMatchObject({exit: 125, stderr: expect.stringMatching(/could not be copied back(?:.|\n)*ENOSPC/)});
      const again = /gpudock stop (\S+)/.exec(run.stderr)?.[1] ?? '';
      expect(await readdir(small)).toEqual(['requirements.txt']);
      execFileSync('mount', ['-o', 'remount,size=20m', small]);
      ended(await remote('rm', again));
      expect((await stat(join(small, 'large'))).size).toBe(4e6);
    } finally {
      execFileSync('umount', ['-l', small]);
      await rm(small, {recursive: true});
    }
  }, 120_000);
});

describe('a server on another machine', () => {
  test('a model of this machine is refused without --sync, and copied with it', async () => {
    const words = ['serve', 'tensorflow', join(folder, 'model'), '--gpus', 'none', '--image', IMAGE];
    expect(await remote(...words)).toMatchObject({exit: 5, stderr: expect.stringMatching(/--sync copies the model/)});
    const served = await leads([...words, '--sync', '--json']);
    const {curl, servers} = JSON.parse(served.stdout);
    expect((await promisify(execFile)('sh', ['-c', curl[0]])).stdout).toMatch(/'1'/);
    expect((await engine.docker.getContainer(servers[0].id).inspect()).HostConfig.Binds ?? []).toEqual([]);
    ended(await remote('stop', servers[0].name));
    expect(await served.exit).toBe(0);
    expect(served.stderr).toMatch(/has ended/);
  }, 120_000);

  test('an app needs no copy: its image holds the project', async () => {
    await writeFile(join(folder, 'requirements.txt'), 'packaging\nuvicorn\n');
    const served = await leads(['serve', 'app', 'main:app', '-C', folder, '--gpus', 'none', '--replicas', '2']);
    for (const line of served.stdout.trim().split('\n'))
      expect((await promisify(execFile)('sh', ['-c', line])).stdout).toBe('hello');
    expect(served.stdout.trim().split('\n')).toHaveLength(2);
  }, 600_000);
});

test('behind plain TCP a notebook has to be public: nothing else leads to its port', async () => {
  const door = createServer(client => {
    const daemon = connectTo(lab.host.replace('unix://', ''));
    for (const socket of [client, daemon]) socket.on('error', () => socket.destroy());
    client.pipe(daemon).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  const tcp = {DOCKER_HOST: `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`};
  const words = ['notebook', folder, '--sync', '--gpus', 'none', '--no-open'];
  try {
    expect(await gpudock(lab, words, {env: tcp})).toMatchObject({
      exit: 5,
      stderr: expect.stringMatching(/nothing leads from here to a port(?:.|\n)*--public/),
    });
    const {url, name} = JSON.parse(ended(await gpudock(lab, [...words, '--public', '--json'], {env: tcp})).stdout);
    expect(await answers(url)).toBe(200);
    ended(await gpudock(lab, ['rm', '--force', name], {env: tcp}));
  } finally {
    door.close();
  }
}, 600_000);
