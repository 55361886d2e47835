import {existsSync} from 'node:fs';
import {chmod, readFile, rm, stat} from 'node:fs/promises';
import {createServer} from 'node:http';
import {networkInterfaces, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import type {Engine} from '../../src/engine/connect.js';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {STAND_IN} from '../lab/stand-in-gpu.js';
import {Terminal} from '../lab/terminal.js';

let lab: Lab;
let engine: Engine;
const folders: string[] = [];

beforeAll(async () => {
  lab = await readLab();
  const world = liveWorld(engineGetter);
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: world.read});
});

afterAll(async () => {
  await Promise.all(folders.map(folder => gpudock(lab, ['rm', '--force', folder])));
  await Promise.all(folders.map(folder => rm(folder, {recursive: true, force: true})));
  await tidyUp();
});

async function project(files: Record<string, string>, uid = 0): Promise<string> {
  const folder = await makeProject(files, uid);
  folders.push(folder);
  return folder;
}

/** Where only root may be: a shell that became another user stands in such a folder. */
async function closedFolder(): Promise<string> {
  const folder = await project({});
  await chmod(folder, 0o700);
  return folder;
}

async function inside(name: string, command: string[]): Promise<string> {
  const exec = await engine.docker
    .getContainer(name)
    .exec({Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true});
  const stream = await exec.start({Tty: true});
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text.trim();
}

const nameOf = (stderr: string): string => /gpudock stop (\S+)/.exec(stderr)?.[1] ?? '';

const containers = async (folder: string): Promise<number> =>
  (await engine.docker.listContainers({all: true, filters: {label: [`gpudock.project=${folder}`]}})).length;

describe('a notebook of an ordinary user', () => {
  let folder: string;
  let first: Awaited<ReturnType<typeof gpudock>>;

  beforeAll(async () => {
    folder = await project({'requirements.txt': 'packaging\n'}, 1234);
    first = ended(await gpudock(lab, ['notebook', folder, '--no-open'], {uid: 1234, cwd: await closedFolder()}));
  }, 600_000);

  test('ends with a link that answers 200, and says how to stop it', async () => {
    expect((await fetch(first.stdout.trim())).status).toBe(200);
    expect(nameOf(first.stderr)).toMatch(/^gpudock-/);
    expect(first.stderr).toMatch(/no NVIDIA GPU: going on with the CPU/);
  });

  test('keeps the token out of the environment, the labels, the arguments and the log', async () => {
    const token = new URL(first.stdout.trim()).searchParams.get('token') ?? 'none';
    const facts = await engine.docker.getContainer(nameOf(first.stderr)).inspect();
    expect(token).toHaveLength(48);
    expect(JSON.stringify(facts)).not.toContain(token);
    const log = (await gpudock(lab, ['logs', folder])).stdout;
    expect(log).not.toContain(token);
    expect(log).not.toMatch(/tini/i);
  });

  test('runs as that user, with a name, a home and caches that work', async () => {
    const name = nameOf(first.stderr);
    expect(await inside(name, ['id', '-u'])).toBe('1234');
    const user = await inside(name, ['whoami']);
    expect(user).not.toMatch(/cannot|unknown/);
    expect(await inside(name, ['python', '-c', 'import getpass; print(getpass.getuser())'])).toBe(user);
    expect(
      await inside(name, ['sh', '-c', 'touch ~/x && pip cache dir >/dev/null && touch ~/.cache/y && echo works']),
    ).toBe('works');
    expect(
      await inside(name, ['sh', '-c', 'ps -eo uid= 2>/dev/null || cat /proc/[0-9]*/status | grep ^Uid']),
    ).not.toMatch(/^Uid:\s+0\s/m);
  });

  test('writes files that belong to the user on the host', async () => {
    await inside(nameOf(first.stderr), ['touch', '/workspace/made-inside']);
    expect(await stat(join(folder, 'made-inside'))).toMatchObject({uid: 1234, gid: 1234});
  });

  test('is found again: the second call gives the same link and builds nothing', async () => {
    const second = await gpudock(lab, ['notebook', folder, '--no-open'], {uid: 1234});
    expect(second).toMatchObject({exit: 0, stdout: first.stdout});
    expect(second.stderr).toMatch(/running already/);
    const open = await gpudock(lab, ['open', folder, '--json'], {uid: 1234});
    expect(JSON.parse(ended(open).stdout).url).toBe(first.stdout.trim());
  });

  test('opens in the browser of a desktop: here a stand-in for xdg-open that writes its argument down', async () => {
    const desktop = await project({'xdg-open': '#!/bin/sh\nprintf %s "$1" > "$0.opened"\n'});
    await chmod(join(desktop, 'xdg-open'), 0o755);
    const env = {DOCKER_HOST: lab.host, DISPLAY: ':99', SSH_CONNECTION: '', PATH: `${desktop}:${process.env.PATH}`};
    const terminal = await Terminal.open([process.execPath, resolve('bin/run.js'), 'open', folder], {env});
    try {
      await terminal.until(/exit 0/);
      const opened = async () => readFile(join(desktop, 'xdg-open.opened'), 'utf8').catch(() => '');
      for (let round = 0; round < 100 && (await opened()) === ''; round++) await sleep(100);
      expect(await opened()).toBe(first.stdout.trim());
    } finally {
      await terminal.close();
    }
  });

  test('stops, starts again from the same image, and is removed', async () => {
    const images = (await engine.docker.listImages()).length;
    expect((await gpudock(lab, ['stop', folder])).exit).toBe(0);
    const again = await gpudock(lab, ['notebook', folder, '--no-open'], {uid: 1234});
    expect(again.exit).toBe(0);
    expect(again.stderr).not.toMatch(/builder/);
    expect((await engine.docker.listImages()).length).toBe(images);
    const ps = JSON.parse((await gpudock(lab, ['ps', '--json'])).stdout);
    expect(ps.containers).toContainEqual(expect.objectContaining({project: folder, state: 'running'}));
    expect((await gpudock(lab, ['rm', folder])).exit).toBe(1);
    expect((await gpudock(lab, ['rm', '--force', folder])).exit).toBe(0);
    expect(await containers(folder)).toBe(0);
  });

  test('killed for memory: says so, with the limit', async () => {
    const own = await project({'requirements.txt': 'packaging\n'}, 1234);
    const run = await gpudock(lab, ['notebook', own, '--no-open', '--memory', '20MiB', '--json'], {uid: 1234});
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'notebook_ended',
      cause: 'it was killed for memory: its limit was 20 MiB',
      fix: expect.stringMatching(/--memory/),
    });
    expect((await gpudock(lab, ['ps'])).stderr).toMatch(/killed for memory: its limit was 20\.0 MiB/);
  });

  test('a port that only root may open is opened by the engine', async () => {
    const own = await project({'requirements.txt': 'packaging\n'}, 1234);
    const again = () => gpudock(lab, ['notebook', own, '--no-open', '--port', '842'], {uid: 1234});
    expect(ended(await again()).stdout).toMatch(/^http:\/\/127\.0\.0\.1:842\/lab/);
    // What it has already is nothing that a new start would have to grant.
    expect(ended(await again()).stderr).not.toMatch(/--port/);
  });
});

describe('a stand-in GPU', () => {
  test('reaches the container as a device request with explicit ids', async () => {
    const folder = await project({'requirements.txt': 'packaging\n'});
    const env = {PATH: `${lab.gpuFolder}:${process.env.PATH}`};
    const run = await gpudock(lab, ['notebook', folder, '--no-open', '--gpus', 'all', '--gpu-check', 'warn'], {env});
    ended(run);
    const {Config, HostConfig} = await engine.docker.getContainer(nameOf(run.stderr)).inspect();
    const ids = (HostConfig.DeviceRequests ?? []).flatMap(request => request.DeviceIDs ?? []);
    expect(Config.Labels['gpudock.gpus']).toBe(STAND_IN.gpus.map(gpu => gpu.uuid).join(','));
    expect(ids).toHaveLength(2);
    // What a runtime hook adds is in the process's environment, not in the container's configuration.
    const variables = await inside(nameOf(run.stderr), ['sh', '-c', "tr '\\0' '\\n' < /proc/1/environ"]);
    // By CDI, which this engine lists, or by a request of the ids.
    expect(variables).toMatch(
      ids[0]?.startsWith('nvidia.com/gpu=') ? /GPUDOCK_STAND_IN_GPU=[01]/ : /NVIDIA_VISIBLE_DEVICES=GPU-/,
    );
  }, 600_000);

  test('that is not seen inside is an error, and nothing is left', async () => {
    const folder = await project({'requirements.txt': 'packaging\n'});
    const env = {PATH: `${lab.gpuFolder}:${process.env.PATH}`};
    const run = await gpudock(lab, ['notebook', folder, '--no-open', '--gpus', 'all', '--json'], {env});
    expect(JSON.parse(run.stdout).error.code).toBe('gpu_missing_inside');
    expect(await containers(folder)).toBe(0);
  }, 600_000);
});

describe('a notebook with wishes', () => {
  let folder: string;
  let run: Awaited<ReturnType<typeof gpudock>>;
  let url: URL;

  beforeAll(async () => {
    folder = await project({'requirements.txt': 'packaging\n'}, 1234);
    const data = await project({'rows.csv': 'a'}, 1234);
    const wishes = ['--public', '--password', '--idle-stop', '2h', '--data', `${data}:ro`, '-e', 'COLOUR=blue'];
    run = ended(
      await gpudock(lab, ['notebook', folder, '--no-open', '--memory', '2GiB', ...wishes], {
        uid: 1234,
        input: 'a secret\n',
      }),
    );
    url = new URL(run.stdout.trim());
  }, 600_000);

  test('--public: answers at other addresses of the machine, with a warning', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find(each => each?.internal === false && each.family === 'IPv4')?.address;
    expect((await fetch(run.stdout.trim().replace('127.0.0.1', address ?? 'none'))).status).toBe(200);
    expect(run.stderr).toMatch(/Warning: .*not encrypted/);
  });

  test('--password: the right one logs in, another does not, and none is to be seen', async () => {
    expect(await logIn('a secret')).toBe(302);
    expect(await logIn('a guess')).toBe(401);
    const facts = await engine.docker.getContainer(nameOf(run.stderr)).inspect();
    expect(JSON.stringify(facts)).not.toContain('a secret');
  });

  async function logIn(password: string): Promise<number> {
    const page = await fetch(new URL('/login', url));
    const xsrf = /_xsrf=([^;]+)/.exec(page.headers.get('set-cookie') ?? '')?.[1] ?? '';
    const body = new URLSearchParams({_xsrf: xsrf, password});
    const headers = {cookie: `_xsrf=${xsrf}`};
    return (await fetch(new URL('/login', url), {method: 'POST', body, headers, redirect: 'manual'})).status;
  }

  test('limits, data and variables are inside, and VS Code is told where', async () => {
    const name = nameOf(run.stderr);
    expect(await inside(name, ['sh', '-c', 'cat /data/*/rows.csv; echo " $COLOUR"'])).toBe('a blue');
    expect((await engine.docker.getContainer(name).inspect()).HostConfig.Memory).toBe(2 * 1024 ** 3);
    expect(run.stderr).toMatch(/code --folder-uri vscode-remote:\/\/attached-container\+[0-9a-f]+\/workspace/);
  });

  test('--idle-stop: a program in the background that has a GPU open is activity', async () => {
    const status = new URL(`/api/status?token=${url.searchParams.get('token')}`, url);
    const lastActivity = async () => ((await (await fetch(status)).json()) as {last_activity: string}).last_activity;
    const before = await lastActivity();
    expect(await lastActivity()).toBe(before);
    // A file in the place of the device: what counts is who has it open.
    const container = engine.docker.getContainer(nameOf(run.stderr));
    const started = async (script: string, User: string) => {
      const exec = await container.exec({Cmd: ['sh', '-c', script], User});
      // Nobody reads its answer: unread it would keep the connection, and this program.
      (await exec.start({Detach: true})).destroy();
    };
    await started('touch /dev/nvidia0; chmod 666 /dev/nvidia0', '0');
    await started('until [ -e /dev/nvidia0 ]; do sleep 0.1; done; exec sleep 20 3</dev/nvidia0', '1234:1234');
    for (let waited = 0; waited < 15 && (await lastActivity()) === before; waited++)
      await new Promise(done => setTimeout(done, 1_000));
    expect(await lastActivity()).not.toBe(before);
  }, 60_000);

  test('a second call says which of its wishes only a start can grant', async () => {
    const second = await gpudock(lab, ['notebook', folder, '--no-open', '--public', '--gpus', 'none'], {uid: 1234});
    expect(second).toMatchObject({
      stdout: run.stdout,
      stderr: expect.stringMatching(/Only a start grants --public, --gpus: /),
    });
  });
});

describe('what goes wrong', () => {
  test('no engine: exit 5, what, why, what to do', async () => {
    const folder = await project({});
    const run = await gpudock(lab, ['notebook', folder], {env: {DOCKER_HOST: 'unix:///nowhere/docker.sock'}});
    expect(run.exit).toBe(5);
    expect(run.stderr).toMatch(/^Error: no container engine answers\nWhy: .*\nFix: /m);
  });

  test('an engine that hangs: exit 5 within the time limit', async () => {
    const folder = await project({});
    const path = join(tmpdir(), `gpudock-hang-${process.pid}.sock`);
    const server = createServer(() => {}).listen(path);
    try {
      const run = await gpudock(lab, ['notebook', folder], {env: {DOCKER_HOST: `unix://${path}`}});
      expect(run).toMatchObject({exit: 5, stderr: expect.stringMatching(/did not answer within 5 seconds/)});
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([
    ['a missing folder', ['/nowhere/at/all'], 'folder_missing'],
    ['a file', ['/etc/passwd'], 'not_a_folder'],
  ])('%s', async (_, args, code) => {
    const run = await gpudock(lab, ['notebook', ...args, '--json']);
    expect(run.exit).toBe(1);
    expect(JSON.parse(run.stdout).error.code).toBe(code);
  });

  test('a folder of somebody else', async () => {
    const run = await gpudock(lab, ['notebook', await project({}, 0), '--json'], {uid: 1234});
    expect(JSON.parse(run.stdout).error.code).toBe('folder_not_writable');
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const folder = await project({'requirements.txt': 'packaging\n'});
    const run = await gpudock(lab, ['notebook', folder, '--port', String(port), '--json']);
    server.close();
    expect(JSON.parse(run.stdout.trim()).error.code).toBe('port_taken');
    expect(await containers(folder)).toBe(0);
  }, 600_000);

  test('a name that is taken', async () => {
    const other = await engine.docker.createContainer({Image: 'gpudock/bootstrap:trixie', name: 'somebody-elses'});
    const folder = await project({'requirements.txt': 'packaging\n'});
    const run = await gpudock(lab, ['notebook', folder, '--name', 'somebody-elses', '--json']);
    await other.remove();
    expect(JSON.parse(run.stdout).error).toMatchObject({code: 'name_taken', cause: "it is not gpudock's"});
    expect(await containers(folder)).toBe(0);
  }, 600_000);

  test('an error page of JupyterLab, which comes with status 200, is no notebook', async () => {
    const folder = await project({'requirements.txt': 'packaging\n'});
    const run = await gpudock(lab, ['notebook', folder, '--no-open', '--json', '--env', 'JUPYTERLAB_DIR=/nowhere']);
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'notebook_broken',
      cause: expect.stringMatching(/not found in "\/nowhere"/),
    });
    expect(await containers(folder)).toBe(0);
  }, 600_000);

  test('a package that does not exist: the failed step with its last lines', async () => {
    const folder = await project({'requirements.txt': 'gpudock-no-such-package-anywhere\n'});
    const run = await gpudock(lab, ['notebook', folder, '--no-open']);
    expect(run.exit).toBe(1);
    expect(run.stderr).toMatch(/gpudock-no-such-package-anywhere was not found/);
    expect(run.stderr).toMatch(/^Error: this step of the build failed: /m);
  }, 600_000);
});

describe('plans', () => {
  test('--dry-run tells base, Dockerfile and docker line, and makes nothing', async () => {
    const folder = await project({'requirements.txt': 'numpy\n'});
    const run = await gpudock(lab, ['notebook', folder, '--dry-run', '--json', '--port', '18999']);
    const plan = JSON.parse(run.stdout);
    expect(plan.schema).toBe('gpudock/launch/1');
    expect(plan.dockerfile).toMatch(/^FROM python:3\.12-slim AS builder$/m);
    expect(plan.url).toBe('http://127.0.0.1:18999/lab');
    expect(plan.command).toMatch(/^docker run /);
    expect(plan.decisions.every((decision: {why: string}) => decision.why !== '')).toBe(true);
    expect(await containers(folder)).toBe(0);
    expect(existsSync(join(folder, 'Dockerfile'))).toBe(false);
  });

  test('a registry that does not answer leads to the bootstrap base, with one line that says so', async () => {
    const folder = await project({'gpudock.yaml': 'python: "3.13"\nbase: registry.invalid/none:1\n'});
    const refused = await gpudock(lab, ['notebook', folder, '--no-open', '--json']);
    expect(JSON.parse(refused.stdout).error.code).toBe('base_unavailable');
    const asked = await gpudock(lab, ['dockerfile', folder, '--base', 'bootstrap']);
    expect(asked.stdout).toMatch(/^FROM gpudock\/bootstrap:trixie AS builder$/m);
  });
});
