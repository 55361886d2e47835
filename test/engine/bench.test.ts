import {readdir, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import type {Engine} from '../../src/engine/connect.js';
import {connect} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {liveWorld} from '../../src/world/live.js';
import {ended, gpudock, makeProject, type Run, readLab, tidyUp} from '../lab/gpudock.js';
import type {Lab} from '../lab/place.js';
import {documentOf, REPOSITORY, session} from './bench-session.js';

const IMAGE = 'python:3.12-slim';
const LIMIT = 240_000;

let lab: Lab;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  const world = liveWorld(engineGetter);
  engine = await connect({env: {...process.env, DOCKER_HOST: lab.host}, read: world.read});
  const pull = await engine.docker.pull(IMAGE);
  await new Promise((resolve, reject) =>
    engine.docker.modem.followProgress(pull, error => (error ? reject(error) : resolve(null))),
  );
  await engine.docker.getImage(IMAGE).tag({repo: REPOSITORY, tag: 'session'});
  folder = await makeProject({
    'tps.sh': 'echo warming up; echo "TPS: 700.5"\n',
    'bad.sh': 'echo no room >&2; exit 7\n',
    'nan.sh': 'echo "TPS: nan"\n',
    'hang.sh': 'sleep 1000\n',
    'inside.sh': '[ "$PWD" = /workspace ] && exit 9; echo "TPS: 1"\n',
  });
}, LIMIT);

afterAll(async () => {
  await engine.docker.getImage(`${REPOSITORY}:session`).remove();
  await rm(folder, {recursive: true, force: true});
  await tidyUp();
});

const bench = (...args: string[]): Promise<Run> => gpudock(lab, ['bench', ...args], {cwd: folder});
const own = (script: string, time: string): Promise<Run> =>
  bench(
    '--image',
    IMAGE,
    '--mode',
    'as-shipped',
    '--time',
    time,
    '--json',
    '--metric',
    'TPS: ([0-9.a-z]+)',
    '--',
    'sh',
    script,
  );

/** Containers of benchmarks and folders of sessions. */
async function leftOver(): Promise<string[]> {
  const containers = await engine.docker.listContainers({all: true, filters: {label: ['gpudock.purpose=bench']}});
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gpudock', 'bench');
  const folders = await readdir(cache).catch(() => []);
  return [...containers.map(({Id}) => Id), ...folders.filter(name => name.startsWith('session-'))];
}

describe('a session on the real engine', () => {
  test(
    'measures the same files on both sides, says what it has no GPU for, and leaves nothing',
    async () => {
      const page = join(folder, 'report.html');
      const args = [
        'interpreter',
        'small-layer',
        'gemm-bf16',
        '--image',
        `${REPOSITORY}:session`,
        '--seed',
        '5',
        '--json',
      ];
      // A look, the tree's own, two warm-ups, three blocks of each, and the beginning of another: two stay where one is disturbed.
      const containers = 1 + 1 + 2 + 2 * 2 * 3 + 1;
      const run = await session({lab, engine}, containers, [...args, '--html', page], {cwd: folder});
      const {workloads, seed, sides, conditions} = documentOf(run);
      expect(seed).toBe(5);
      expect(sides).toEqual({host: 'the image’s files on the host', container: `${REPOSITORY}:session`});
      const [interpreter, gpu, layer] = workloads;
      for (const measured of [interpreter, layer]) {
        expect(measured?.host.length).toBeGreaterThanOrEqual(2);
        expect(measured?.trials.filter(({side}) => side === 'host').length).toBe(
          measured?.trials.filter(({side}) => side === 'container').length,
        );
      }
      expect(gpu).toMatchObject({verdict: 'skipped', note: 'no GPU', ratio: null});
      expect(conditions.join('\n')).toMatch(
        /^machine: .*\ncontainer: Python .*\nhost, same-bits: Python .*\ntime: \d+ s to prepare/m,
      );
      expect(await readdir(folder)).toContain('report.html');
      await writeFile(join(folder, 'session.json'), run.stdout);
      const compared = ended(await bench('compare', 'session.json', 'session.json'));
      expect(compared.stdout).toMatch(/^interpreter \(same-bits\) /m);
      expect(compared.stdout).toMatch(/Nothing else is known to differ/);
      expect(await leftOver()).toEqual([]);
    },
    LIMIT,
  );

  test(
    'of one’s own program reads its figure on both sides',
    async () => {
      const args = ['--image', `${REPOSITORY}:session`, '--mode', 'as-shipped', '--json', '--metric', 'TPS: ([0-9.]+)'];
      // A look, a warm-up, three blocks, and the beginning of another: one beside other load is left out, and two stay.
      const run = await session({lab, engine}, 1 + 1 + 2 * 3 + 1, [...args, '--', 'sh', 'tps.sh'], {cwd: folder});
      const [workload] = documentOf(run).workloads;
      expect(workload?.host.length).toBeGreaterThanOrEqual(2);
      expect(workload?.ratio).toBe(1);
    },
    LIMIT,
  );

  test.each([
    ['bad.sh', /exit code 7: no room/],
    ['nan.sh', /no positive number/],
    ['inside.sh', /on python:3\.12-slim: it ended with exit code 9/],
    ['hang.sh', /did not end within/],
  ])(
    'of a program that does not work says where and why: %s',
    async (script, why) => {
      const run = await own(script, '20s');
      expect(run.exit).toBe(1);
      const [workload] = documentOf(run).workloads;
      expect(workload).toMatchObject({verdict: 'skipped', ratio: null});
      expect(workload?.note).toMatch(why);
      expect(await leftOver()).toEqual([]);
    },
    LIMIT,
  );

  test(
    'that is interrupted while a program hangs ends at once, with what it has, and leaves nothing',
    async () => {
      const run = gpudock(
        lab,
        [
          'bench',
          '--image',
          IMAGE,
          '--mode',
          'as-shipped',
          '--time',
          '5m',
          '--metric',
          'TPS: ([0-9]+)',
          '--',
          'sh',
          '-c',
          'echo TPS: 5; sleep 3',
        ],
        {cwd: folder, interruptAt: /pairs so far|measuring/},
      );
      const {exit, stdout} = await run;
      expect(exit).toBe(130);
      expect(stdout).toMatch(/own/);
      expect(await leftOver()).toEqual([]);
    },
    LIMIT,
  );
});

test.each([
  [['nonsense'], 2, /no workload called nonsense/],
  [['--metric', 'TPS', '--', 'true'], 2, /no pattern for a figure/],
  [['--metric', '([0-9]+)'], 2, /needs a program/],
  [['--time', 'long'], 2, /is no time/],
  [['interpreter', '--image', 'no/such:image'], 1, /does not hold no\/such:image/],
  [['compare', '/no/such.json', '/no/such.json'], 2, /is no session/],
])('bench %j ends with %d', async (args, exit, message) => {
  const run = await bench(...args);
  expect(run.exit).toBe(exit);
  expect(run.stderr).toMatch(message);
});
