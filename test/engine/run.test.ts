import {execFile} from 'node:child_process';
import {chmod, chown, mkdir, rm, stat, writeFile} from 'node:fs/promises';
import {connect as connectTo, createServer, type Socket} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {connect, type Engine} from '../../src/engine/connect.js';
import {createContainer} from '../../src/engine/containers.js';
import {engineGetter} from '../../src/engine/get.js';
import {startPlanned} from '../../src/engine/start.js';
import type {LaunchPlan} from '../../src/launch/plan.js';
import {liveWorld} from '../../src/world/live.js';
import {ensureDockerCli} from '../lab/docker-cli.js';
import {ended, gpudock, makeProject, type RunOptions, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';

/** Of nobody on this machine. */
const GROUP = 5555;

let lab: Lab;
let engine: Engine;
let folder: string;
let image: string;

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  folder = await makeProject({'requirements.txt': 'packaging\n'}, 1234);
  image = JSON.parse(ended(await gpudock(lab, ['build', folder, '--json'])).stdout).image;
}, 600_000);

afterAll(async () => {
  for (const {Id} of await containers()) await engine.docker.getContainer(Id).remove({force: true});
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

const containers = () => engine.docker.listContainers({all: true, filters: {label: [`gpudock.project=${folder}`]}});
const run = (words: string[], options = {}) => gpudock(lab, ['run', '-C', folder, ...words], {uid: 1234, ...options});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}

describe('run', () => {
  test('passes on outputs and exit code, belongs to the caller, and leaves nothing', async () => {
    const done = await run(['sh', '-c', 'echo out; echo err >&2; touch made; id -u; exit 7']);
    expect(done).toMatchObject({exit: 7, stdout: 'out\n1234\n', stderr: expect.stringMatching(/^err$/m)});
    expect(await stat(join(folder, 'made'))).toMatchObject({uid: 1234, gid: 1234});
    expect(await containers()).toEqual([]);
  });

  test('passes on what is piped in, every byte of much, in order', async () => {
    const input = Array.from({length: 200_000}, (_, line) => `line ${line}\n`).join('');
    expect((await run(['cat'], {input})).stdout === input).toBe(true);
  });

  test("words after the program's name are the program's", async () => {
    expect((await run(['echo', 'a', '--help', '--json', '-n', 'b', 'a', '--', 'x'])).stdout).toBe(
      'a --help --json -n b a -- x\n',
    );
  });

  test('--json: one document on stdout, the output on stderr', async () => {
    const done = await run(['--json', '--', 'sh', '-c', 'echo hello; exit 3']);
    expect(JSON.parse(done.stdout)).toMatchObject({schema: 'gpudock/run/1', exit: 3});
    expect(done).toMatchObject({exit: 3, stderr: expect.stringMatching(/hello/)});
  });

  test('a signal reaches the program, whose answer counts', async () => {
    const script = 'trap "echo caught; exit 9" INT; echo ready >&2; sleep 60 & wait';
    expect(await run(['sh', '-c', script], {interruptAt: /ready/})).toMatchObject({exit: 9, stdout: 'caught\n'});
    const plain = await run(['sh', '-c', 'echo ready >&2; exec sleep 60'], {interruptAt: /ready/});
    expect(plain.exit).toBe(130);
    expect(await containers()).toEqual([]);
  });

  test('an engine that goes away is said, and ends the run', async () => {
    const clients = new Set<Socket>();
    const path = join(folder, 'engine.sock');
    const door = createServer(client => {
      const daemon = connectTo(lab.host.replace('unix://', ''));
      for (const socket of [client, daemon]) clients.add(socket.on('error', () => socket.destroy()));
      client.pipe(daemon).pipe(client);
    }).listen(path);
    const gone = until(async () => (await containers()).some(({State}) => State === 'running')).then(async () => {
      door.close();
      for (const socket of clients) socket.destroy();
    });
    const done = await run(['sleep', '300'], {uid: undefined, env: {DOCKER_HOST: `unix://${path}`}});
    await gone;
    expect(done).toMatchObject({exit: 125, stderr: expect.stringMatching(/engine went away(?:.|\n)*gpudock ps/)});
    for (const {Id} of await containers()) await engine.docker.getContainer(Id).remove({force: true});
  });

  test('killed for memory: says so, with the limit', async () => {
    const hungry = 'x = bytearray(200 * 1024 * 1024); print(len(x))';
    const done = await run(['--memory', '64MiB', 'python', '-c', hungry]);
    expect(done).toMatchObject({exit: 137, stderr: expect.stringMatching(/more than its 64\.0 MiB of memory/)});
  });

  test('names the known failure that the output ends with, and nothing else', async () => {
    const said = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.';
    const failing = ['sh', '-c', `echo '${said}'; exit 1`];
    const done = await run(failing);
    expect(done).toMatchObject({exit: 1, stdout: `${said}\n`, stderr: expect.stringMatching(/^Why: +.+\nFix: +.+$/m)});
    const document = await run(['--json', '--', ...failing]);
    expect(JSON.parse(document.stdout)).toEqual({
      schema: 'gpudock/run/1',
      name: expect.anything(),
      exit: 1,
      outOfMemory: null,
    });
    expect((await run(['no-such-program'])).stderr).toMatch(/Fix: +install it in the image/);
    for (const unsaid of ['exit 7', `echo '${said}'`, `echo '${said}'; kill -INT $$`])
      expect((await run(['sh', '-c', unsaid])).stderr).not.toMatch(/Why:/);
  });

  test.each([
    [['no-such-program'], 127],
    [[], 125],
    [['--no-such-flag', 'true'], 125],
    [['--memory', 'lots', 'true'], 125],
    [['--name', 'no name!', 'true'], 125],
    [['--gpus', '7', 'true'], 125],
  ])('%j ends with %i', async (words, exit) => {
    expect((await run(words)).exit).toBe(exit);
    expect(await containers()).toEqual([]);
  });

  test('data is mounted, for reading only where asked; a path that is not there is an error', async () => {
    const data = await makeProject({'rows.csv': 'a'}, 1234);
    const script = 'cd /data/*; cat rows.csv; touch x 2>/dev/null || echo closed';
    expect(await run(['--data', `${data}:ro`, 'sh', '-c', script])).toMatchObject({stdout: 'aclosed\n'});
    expect(await run(['--data', data, 'sh', '-c', script])).toMatchObject({stdout: 'a'});
    expect(await stat(join(data, 'x'))).toMatchObject({uid: 1234});
    const gone = await run(['--data', `${data}/gone`, 'true']);
    expect(gone).toMatchObject({exit: 125, stderr: expect.stringMatching(/cannot be read/)});
    await expect(stat(join(data, 'gone'))).rejects.toThrow();
    await rm(data, {recursive: true});
  });

  test('data that only a group may read is read by its members', async () => {
    const data = await makeProject({'rows.csv': 'shared'});
    await chown(data, 0, GROUP);
    await chmod(data, 0o750);
    const words = ['--data', data, 'sh', '-c', 'cat /data/*/rows.csv; id -G'];
    expect(ended(await run(words, {groups: [GROUP]})).stdout).toBe(`shared1234 ${GROUP}\n`);
    expect(await run(words)).toMatchObject({exit: 125, stderr: expect.stringMatching(/cannot be read/)});
    await rm(data, {recursive: true});
  });

  test('a terminal is passed through', async () => {
    const words = `${process.execPath} bin/run.js run -C ${folder} sh -c 'tty; stty size; echo CUDA out of memory; false'`;
    const text = await new Promise<string>(done =>
      execFile(
        'script',
        ['-qec', `stty rows 33 cols 99; ${words}`, '/dev/null'],
        {env: {...process.env, DOCKER_HOST: lab.host}},
        (_, out) => done(out),
      ),
    );
    expect(text).toMatch(/\/dev\/pts\/0/);
    expect(text).toMatch(/33 99/);
    expect(text).toMatch(/^CUDA out of memory\r+\nWhy: /m);
  });

  test('who is inside: the caller, the numbers asked for, or root', async () => {
    const who = async (...flags: string[]) =>
      ended(await run([...flags, 'sh', '-c', 'id -u; id -g; whoami; echo ~'])).stdout;
    expect(await who('--user', '4321:100')).toBe('4321\n100\nuser\n/home/gpudock\n');
    expect(await who('--root')).toBe('0\n0\nroot\n/home/gpudock\n');
    expect((await run(['--user', 'ada', 'true'])).stderr).toMatch(/UID or UID:GID/);
  });

  test('the other users are those of the image as it is now, whatever its tag named before', async () => {
    ended(await run(['true']));
    const {Id: before} = await engine.docker.getImage(image).inspect();
    const container = await engine.docker.createContainer({
      ...{Image: image, User: '0', Entrypoint: ['sh', '-c'], Cmd: ['echo ada:x:4321:4321::/:/bin/sh >> /etc/passwd']},
    });
    await container.start();
    await container.wait();
    const [repo = '', tag = ''] = image.split(':');
    const {Id: after} = (await container.commit({repo, tag})) as {Id: string};
    await container.remove();
    try {
      expect(ended(await run(['id', '-un', '4321'])).stdout).toBe('ada\n');
    } finally {
      await engine.docker.getImage(before).tag({repo, tag});
      await engine.docker.getImage(after).remove();
    }
    expect((await run(['id', '-un', '4321'])).exit).toBe(1);
  });

  test('a token is a file of the user, and in no variable', async () => {
    const script = 'cat "$HF_TOKEN_PATH"; stat -c " %a %u" "$HF_TOKEN_PATH"; env | grep -c secret';
    const done = await run(['-e', 'HF_TOKEN', 'sh', '-c', script], {env: {HF_TOKEN: 'hf_secret'}});
    expect(done.stdout).toBe('hf_secret 600 1234\n0\n');
  });

  test('a limit that the engine may not raise is left out, with a line that says so', async () => {
    const plan = JSON.parse(ended(await run(['--dry-run', '--json', 'sleep', '60'])).stdout) as LaunchPlan;
    const HostConfig = {...plan.container.HostConfig, Ulimits: [{Name: 'memlock', Soft: -1, Hard: -1}]};
    const asked = {...plan, name: `gpudock-test-memlock-${process.pid}`, container: {...plan.container, HostConfig}};
    const made = {plan: asked, container: await createContainer(engine, asked.name, asked.container)};
    const notes: string[] = [];
    const {container} = await startPlanned(engine, made, {
      prepare: async () => {},
      signal: new AbortController().signal,
      note: line => notes.push(line),
    });
    const {State, HostConfig: host} = await container.inspect();
    expect(State.Running).toBe(true);
    // An engine with every right raises it: then there is nothing to say.
    expect(notes).toEqual(host.Ulimits?.length ? [] : [expect.stringMatching(/may not raise memlock/)]);
    await container.remove({force: true});
  });

  const asMember: RunOptions = {uid: 1234, groups: [1234, 44]};
  const withGpus = (): RunOptions => ({env: {PATH: `${lab.gpuFolder}:${process.env.PATH}`}});
  test.each<[string, () => string[], () => RunOptions]>([
    ['run', () => ['run', '-C', folder, '--memory', '1GiB', '--cpus', '1', 'sh', '-c', "echo 'it is'"], () => ({})],
    [
      'run by a member of groups',
      () => ['run', '-C', folder, '--data', `${folder}:ro`, '--shm-size', '256m', '--pids', '99', 'true'],
      () => asMember,
    ],
    [
      'run --detach with GPUs',
      () => ['run', '-C', folder, '-d', '--gpus', '0,1', '--gpu-memory', '1GiB', 'true'],
      withGpus,
    ],
    ['run --user', () => ['run', '-C', folder, '--user', '1234:44', '--name', 'it', 'true'], () => ({})],
    ['serve', () => ['serve', 'tensorflow', join(folder, 'model'), '--image', image, '--port', '18501'], () => ({})],
    [
      'serve --replicas',
      () => ['serve', 'triton', join(folder, 'model'), '--image', image, '--replicas', '2', '--gpus', '1'],
      withGpus,
    ],
    ['notebook', () => ['notebook', folder, '--port', '18502', '--public', '--root', '-e', 'A=b c'], () => ({})],
    ['notebook --idle-stop', () => ['notebook', folder, '--idle-stop', '2h', '--gpus', 'auto'], withGpus],
  ])('the printed docker line of %s gives the same container', async (_, asked, options) => {
    await mkdir(join(folder, 'model/1/1'), {recursive: true});
    await writeFile(join(folder, 'model/1/saved_model.pb'), '');
    const [command = '', ...rest] = asked();
    const run = await gpudock(lab, [command, '--json', '--dry-run', ...rest], options());
    const plan = JSON.parse(ended(run).stdout);
    const stays = command !== 'run' || rest.includes('-d');
    expect(plan.command).toMatch(stays ? /^docker run --detach / : /^docker run --rm /);
    // One for GPUs need not be built to be compared.
    const line = plan.command.replace(plan.image, image);
    const argv = await words(line.replace(/^docker run (?:--rm|--detach)/, 'docker create'));
    const pasted = (await ran(await ensureDockerCli(), argv.slice(1))).trim();
    const own = await engine.docker.createContainer({...plan.container, Image: image, name: `own-${process.pid}`});
    try {
      expect(await settings(pasted)).toEqual(await settings(own.id));
    } finally {
      for (const id of [pasted, own.id]) await engine.docker.getContainer(id).remove();
    }
  });
});

const ran = (program: string, args: string[]): Promise<string> =>
  new Promise((done, failed) =>
    execFile(program, args, {env: {...process.env, DOCKER_HOST: lab.host}}, (error, out) =>
      error ? failed(error) : done(out),
    ),
  );

const words = async (line: string): Promise<string[]> =>
  (await ran('sh', ['-c', `printf '%s\\0' ${line}`])).split('\0').slice(0, -1);

/** What is the container's own: not its ids, nor what `docker create` attaches to, nor an order that it shuffles. */
async function settings(id: string): Promise<object> {
  const {Config, HostConfig} = await engine.docker.getContainer(id).inspect();
  const {Hostname, AttachStdin, AttachStdout, AttachStderr, StdinOnce, ...config} = Config;
  const lists = Object.entries(HostConfig).map(([name, value]) => [
    name,
    Array.isArray(value) && value.length === 0 ? null : value,
  ]);
  return {
    config: {...config, Env: [...Config.Env].sort()},
    host: {
      ...Object.fromEntries(lists),
      Binds: [...(HostConfig.Binds ?? [])].sort(),
      // docker's own command line adds an empty one.
      Mounts: HostConfig.Mounts?.map(({VolumeOptions, ...mount}) => ({...mount, labels: VolumeOptions?.Labels})),
      ConsoleSize: null,
      ContainerIDFile: '',
    },
  };
}

describe('what ps and open say', () => {
  const ps = async (name: string) =>
    JSON.parse((await gpudock(lab, ['ps', '--json'])).stdout).containers.find(
      (each: {name: string}) => each.name === name,
    );

  test('killed for memory, with the limit', async () => {
    const hungry = 'x = bytearray(200 * 1024 * 1024)';
    const name = ended(await run(['-d', '--memory', '64MiB', 'python', '-c', hungry])).stdout.trim();
    await engine.docker.getContainer(name).wait();
    expect((await ps(name)).trouble).toEqual({kind: 'out-of-memory', limitBytes: 64 * 1024 ** 2});
    expect((await gpudock(lab, ['ps'])).stderr).toMatch(/was killed for memory: its limit was 64\.0 MiB/);
    expect(await gpudock(lab, ['open', name])).toMatchObject({exit: 1, stderr: expect.stringMatching(/has no link/)});
  });

  test('a GPU that no longer answers, and one that does', async () => {
    const env = {PATH: `${lab.gpuFolder}:${process.env.PATH}`};
    const name = ended(
      await run(['-d', '--gpu-check', 'off', '--gpus', 'auto', 'sleep', '300'], {env, uid: undefined}),
    ).stdout.trim();
    expect((await ps(name)).trouble).toBeNull();
    // The image's own nvidia-smi comes later in PATH than one that says what a lost GPU says.
    const exec = [
      'sh',
      '-c',
      'printf "#!/bin/sh\\necho Failed to initialize NVML: Unknown Error; exit 255\\n" > /opt/venv/bin/nvidia-smi; chmod 755 /opt/venv/bin/nvidia-smi',
    ];
    ended(await gpudock(lab, ['exec', name, ...exec]));
    expect((await ps(name)).trouble).toEqual({kind: 'gpu-lost'});
    await engine.docker.getContainer(name).remove({force: true});
  }, 600_000);
});

describe('detached, exec', () => {
  test('a terminal is passed through to exec, with its size from the first look on', async () => {
    const name = ended(await run(['-d', 'sleep', '300'])).stdout.trim();
    const words = `${process.execPath} bin/run.js exec ${name} sh -c 'tty; stty size'`;
    const text = await new Promise<string>(done =>
      execFile(
        'script',
        ['-qec', `stty rows 33 cols 99; ${words}`, '/dev/null'],
        {env: {...process.env, DOCKER_HOST: lab.host}},
        (_, out) => done(out),
      ),
    );
    expect(text).toMatch(/\/dev\/pts\/\d+\s+33 99/);
    await engine.docker.getContainer(name).remove({force: true});
  });

  test('a detached job runs on, exec works inside it, and passes code, input and signals', async () => {
    const name = ended(await run(['-d', 'sleep', '300'])).stdout.trim();
    const exec = (args: string[], options = {}) => gpudock(lab, ['exec', name, ...args], options);
    expect(await exec(['sh', '-c', 'echo $A; cat; exit 4'].slice(0), {input: 'piped'})).toMatchObject({
      exit: 4,
      stdout: '\npiped',
    });
    expect([126, 127]).toContain((await exec(['no-such-program'])).exit);
    expect((await exec(['sh', '-c', 'echo ready >&2; exec sleep 61'], {interruptAt: /ready/})).exit).toBe(130);
    expect((await exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'])).stdout).not.toMatch(/sleep 61/);
    expect((await gpudock(lab, ['exec', 'nothing-of-ours', 'true'])).exit).toBe(125);
    // One that has ended is newer, and the folder stands for the one that runs.
    await engine.docker.getContainer(ended(await run(['-d', 'true'])).stdout.trim()).wait();
    expect((await gpudock(lab, ['stop', folder, '--dry-run'])).stderr).toContain(`would stop ${name}`);
  });

  test.each([
    ['stop', 'stopped', 'exited'],
    ['rm', 'removed', undefined],
  ])('%s takes several: one that is not there keeps it from none of the others', async (command, done, state) => {
    const two = await Promise.all([1, 2].map(async () => ended(await run(['-d', 'sleep', '300'])).stdout.trim()));
    const [first = '', second = ''] = two;
    const force = command === 'rm' ? ['--force'] : [];
    const made = await gpudock(lab, [command, first, 'nothing-of-ours', second, first, ...force, '--json']);
    expect(made.exit).toBe(1);
    expect(JSON.parse(made.stdout).containers).toEqual([
      {name: first, id: expect.any(String), [done]: true, error: null},
      {name: 'nothing-of-ours', id: null, error: expect.objectContaining({code: 'container_not_found'})},
      {name: second, id: expect.any(String), [done]: true, error: null},
    ]);
    const {containers} = JSON.parse(ended(await gpudock(lab, ['ps', '--json'])).stdout);
    const states = new Map(containers.map((each: {name: string; state: string}) => [each.name, each.state]));
    expect(two.map(name => states.get(name))).toEqual([state, state]);
    if (state !== undefined) ended(await gpudock(lab, ['rm', ...two]));
  });
});
