import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {readdir, rm} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import type {Bench} from '../../src/contract/bench.js';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, type Run, type RunOptions, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {afterContainers, documentOf, REPOSITORY, session} from './bench-session.js';

const IMAGE = 'python:3.12-slim';
/** Debian with next to nothing, from which the lab's own images are made. */
const BARE = 'gpudock/bootstrap:trixie';
/** The same with Debian's own fio, under two names, and with the stand-in for PyTorch. */
const [FIRST, SECOND, TORCH] = ['first', 'second', 'torch'].map(tag => `${REPOSITORY}:${tag}`) as [
  string,
  string,
  string,
];
const STAND_IN_TORCH = `${resolve('test/fixtures/torch')}:/stand-in:ro`;
const USER = 1234;
const LIMIT = 240_000;

let lab: Lab;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: liveWorld(engineGetter).read});
  const pull = await engine.docker.pull(IMAGE);
  await new Promise((resolve, reject) =>
    engine.docker.modem.followProgress(pull, error => (error ? reject(error) : resolve(null))),
  );
  folder = await makeProject({'home.sh': 'id -un && touch "$HOME/mine" && echo "TPS: 1"\n'}, USER);
  await makeImages();
}, LIMIT);

afterAll(async () => {
  for (const name of [FIRST, SECOND, TORCH]) await engine.docker.getImage(name).remove();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

async function makeImages(): Promise<void> {
  const fio =
    'apt-get update && apt-get install -y --no-install-recommends fio && rm -r /var/lib/apt/lists /var/cache/apt';
  await makeImage(fio, [FIRST, SECOND]);
  await makeImage('cp -r /stand-in/torch "$(python3 -c "import sysconfig; print(sysconfig.get_path(\'purelib\'))")"', [
    TORCH,
  ]);
}

async function makeImage(command: string, names: readonly string[]): Promise<void> {
  const container = await engine.docker.createContainer({
    Image: IMAGE,
    Cmd: ['sh', '-c', command],
    HostConfig: {Binds: [STAND_IN_TORCH]},
  });
  await container.start();
  const {StatusCode} = await container.wait();
  expect(StatusCode).toBe(0);
  for (const name of names) {
    const [repo = '', tag = ''] = name.split(':');
    await container.commit({repo, tag});
  }
  await container.remove({v: true});
}

/** A session that is ended by Ctrl-C after so many containers. */
const run = (containers: number, args: string[], options: RunOptions = {}): Promise<Run> =>
  session({lab, engine}, containers, args, {cwd: folder, ...options});

/** Which workloads have a whole block of trials at least, and why the others have none. */
const measured = ({workloads}: Bench): [string, string][] =>
  workloads.map(({name, trials, note}) => [name, trials.length >= 4 ? 'measured' : (note ?? 'nothing')]);

test(
  'two images are measured against one another: a published port, files in every place, and fio',
  async () => {
    const names = ['small-bind', 'random-bind', 'random-volume', 'small-layer', 'random-layer', 'http'];
    // Two looks, then for each workload two trials to warm up and a block of four; http takes two containers a trial.
    const containers = 2 + 5 * 6 + 2 * 6;
    const bench = documentOf(await run(containers, ['images', FIRST, SECOND, ...names, '--json']));
    expect(measured(bench)).toEqual(names.map(name => [name, 'measured']));
    expect(bench).toMatchObject({interrupted: true, against: 'image', sides: {host: FIRST, container: SECOND}});
    expect(bench.machine.software).toMatchObject({container: {fio: true}, image: {fio: true}});
    const [bind, , volume, ...layer] = bench.workloads
      .slice(0, 5)
      .map(({trials}) => String(trials[0]?.readings?.fileSystem));
    expect(volume).toBe(bind);
    expect(layer).toEqual(['overlay', 'overlay']);
    for (const {unit, note} of bench.workloads.filter(({name}) => name.startsWith('random-'))) {
      expect(unit).toBe('IOPS');
      expect(note).toMatch(/page cache: (?:bypassed|as it is)/);
    }
  },
  LIMIT,
);

test(
  'gpudock is measured against plain docker, as Markdown for an issue',
  async () => {
    const {stdout} = await run(2 + 2 + 4, ['launch', 'start', '--image', FIRST, '--markdown']);
    const [head, rule, row] = stdout.split('\n');
    expect(head).toBe('| WORKLOAD | MODE | PAIRS | PLAIN | GPUDOCK | UNIT | RATIO \\[95 %\\] | VERDICT |');
    expect(rule).toBe('|---|---|---|---|---|---|---|---|');
    expect(row).toMatch(/^\| start \| as-shipped \| [1-9]\d* \| [0-9.]+ \| [0-9.]+ \| ms \| /);
    expect(stdout).toMatch(/plain: create \d+ ms, start \d+ ms.*gpudock: create \d+ ms, identity \d+ ms, start \d+ ms/);
  },
  LIMIT,
);

test(
  'the host’s own Python stands against the image’s; a host or an image without what it takes is named',
  async () => {
    const args = ['interpreter', 'gemm-numpy', '--image', FIRST, '--mode', 'as-shipped', '--json'];
    const python = spawnSync('python3', ['-c', '']).status === 0;
    const noPython = {verdict: 'skipped', note: 'no Python 3 in the host'};
    const first = python ? await run(1 + 1 + 2 + 1, args) : ended(await gpudock(lab, ['bench', ...args]));
    const [interpreter, gemm] = documentOf(first).workloads;
    if (python) expect(interpreter?.trials.length).toBeGreaterThanOrEqual(4);
    else expect(interpreter).toMatchObject(noPython);
    expect(gemm).toMatchObject({verdict: 'skipped', note: expect.stringMatching(/^no (numpy|Python 3) in /)});
    const [without] = documentOf(ended(await gpudock(lab, ['bench', ...args], {env: {PATH: '/nowhere'}}))).workloads;
    expect(without).toMatchObject(noPython);
    const bare = ['interpreter', '--image', BARE, '--mode', 'same-bits', '--json'];
    const [inside] = documentOf(ended(await gpudock(lab, ['bench', ...bare]))).workloads;
    expect(inside).toMatchObject({verdict: 'skipped', note: 'no Python 3 in the image’s files on the host'});
  },
  LIMIT,
);

test(
  'one virtual environment of the host is measured at one path on both sides; one of another Python is refused',
  async () => {
    const venv = join(folder, 'venv');
    const made = spawnSync('python3', ['-m', 'venv', '--without-pip', venv], {encoding: 'utf8'});
    if (made.status !== 0) throw new Error(made.stderr);
    const base = spawnSync(join(venv, 'bin/python3'), ['-c', 'import sys; print(sys.base_prefix)'], {encoding: 'utf8'});
    const args = ['interpreter', '--venv', venv, '--image', FIRST, '--json'];
    if (base.stdout.trim().startsWith('/usr')) {
      // The image has another interpreter in its place, or none.
      const [refused] = documentOf(ended(await gpudock(lab, ['bench', ...args]))).workloads;
      expect(refused).toMatchObject({verdict: 'skipped', note: expect.stringMatching(/not the same bits|no Python 3/)});
      return;
    }
    // A look, a warm-up, a block, and the beginning of another.
    const bench = documentOf(await run(1 + 1 + 2 + 1, args));
    expect(bench).toMatchObject({sides: {host: `the host, ${venv}`, container: FIRST}});
    expect(measured(bench)).toEqual([['interpreter', 'measured']]);
    const software = bench.machine.software as Record<string, {executable: string; pythonDigest: string}>;
    expect(software.container?.executable).toBe(join(venv, 'bin/python3'));
    expect(software.container?.pythonDigest).toBe(software['same-bits']?.pythonDigest);
  },
  LIMIT,
);

test(
  'other programs that begin half-way are seen: their trials are marked, and the report says what that means',
  async () => {
    const others: ChildProcess[] = [];
    // A look, the tree's own, a warm-up, and some blocks until the others begin.
    void afterContainers(engine, 1 + 1 + 1 + 8).then(() => {
      for (let cpu = 0; cpu < availableParallelism(); cpu++)
        others.push(spawn(process.execPath, ['-e', 'for (;;) {}'], {stdio: 'ignore'}));
    });
    const {stdout} = await run(1 + 1 + 1 + 8 + 12 + 1, ['interpreter', '--image', FIRST, '--json']);
    for (const other of others) other.kill();
    const bench = documentOf({exit: 130, stdout, stderr: ''});
    const [workload] = bench.workloads;
    const last = workload?.trials.slice(-12) ?? [];
    expect(last).toHaveLength(12);
    for (const {marked} of last) expect(marked).toMatch(/^other programs kept \d\.\d of \d+ CPUs busy$/);
    expect([workload?.note, ...bench.warnings].join('\n')).toMatch(
      /blocks left out: other programs|unusable: more than half/,
    );
  },
  LIMIT,
);

/** There is no GPU: what is tried is the way of its figures, clocks and states to the report. */
test(
  'the GPU workloads run on both sides of a machine with a stand-in GPU; its state is recorded, a low clock marks them',
  async () => {
    const names = ['gemm-bf16', 'host-to-device', 'kernel-launch', 'start', 'all-reduce'];
    const env = {PATH: `${lab.gpuFolder}:${process.env.PATH}`};
    const args = [...names, '--image', TORCH, '--json'];
    // A look, the tree's own, and for each workload a warm-up and two blocks.
    const bench = documentOf(await run(1 + 1 + names.length * (1 + 2 * 2) + 1, args, {env}));
    expect(measured(bench)).toEqual(names.map(name => [name, 'measured']));
    const slow = 'the GPU ran at 1410 of 1980 MHz';
    // A trial says one reason: on a machine that others use it may be another one.
    const marks = Object.fromEntries(
      bench.workloads.map(({name, trials}) => [name, trials.find(({marked}) => marked === slow)?.marked]),
    );
    expect(marks).toMatchObject({'gemm-bf16': slow, 'host-to-device': slow, 'kernel-launch': slow, 'all-reduce': slow});
    expect(bench.usable).toBe(false);
    expect(bench.warnings[0]).toMatch(/^unusable: more than half of the blocks are marked in gemm-bf16, /);
    expect(bench.workloads.find(({name}) => name === 'start')?.note).toMatch(/host: .*cuda \d+ ms; container: .*cuda/);
    expect(bench.conditions).toContainEqual(
      'GPU 0: NVIDIA A10, driver 570.172.08; persistence on, ECC on, MIG not known; before the start 210 of 1695 MHz, 35 °C, slowed down by nothing; NUMA node not known, near CPUs not known',
    );
    expect(bench.conditions).toContainEqual(
      expect.stringMatching(/^GPU clock: 1410 MHz \(1410–1410\) in \d+ trials, /),
    );
  },
  LIMIT,
);

test(
  'an ordinary user has a name and a home on both sides; the file tree goes away again, also after Ctrl-C half-way',
  async () => {
    const program = ['--metric', 'TPS: ([0-9]+)', '--', 'sh', 'home.sh'];
    // A look, the tree's own, a warm-up, a block, and the beginning of another.
    const first = await run(1 + 1 + 1 + 2 + 1, ['--image', FIRST, '--json', ...program], {uid: USER});
    expect(measured(documentOf(first))).toEqual([['own', 'measured']]);
    // The first container's end is the beginning of the tree.
    const {stdout} = await run(1, ['interpreter', '--image', FIRST, '--json'], {uid: USER});
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'interrupted'}});
    const cache = join(tmpdir(), `gpudock-home-${USER}`, '.cache/gpudock/bench');
    expect(await readdir(cache)).toEqual([]);
  },
  LIMIT,
);
