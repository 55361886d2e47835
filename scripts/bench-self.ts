// npm run bench:self [-- --pairs N]: how gpudock compares with the plain thing, as ratios of interleaved pairs.
import {spawnSync} from 'node:child_process';
import {closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {nodeOf} from '../test/lab/packed.js';
import {knownReferences} from './bench/check.js';
import {execBench} from './bench/exec.js';
import {launchPairs} from './bench/launch.js';
import {type Comparison, compare, table, timed} from './bench/pairs.js';
import {psRow} from './bench/ps.js';

const NODE = process.execPath;
const GPUDOCK = 'bin/run.js';
const IMAGE = 'pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime';
const LONG_LOG = {name: '1 GB', bytes: 1e9};
const SHORT_LOG = {name: '50 MB', bytes: 5e7};
const SLOW_SOURCE_SECONDS = 2;
const ELSEWHERE = ['--for-driver', '570.86.15', '--for-gpu', 'RTX 4090'];
/** They keep compiled code from run to run; fetched from npm. */
const NEWER_NODES = [22, 24];

const {values} = parseArgs({options: {pairs: {type: 'string', default: '9'}}});
const pairs = Number(values.pairs);
if (!Number.isInteger(pairs) || pairs < 1) throw new Error('--pairs takes a whole number from 1 up');

/** Time of one run in milliseconds. Exit codes up to 4 are verdicts, not breakdowns. */
const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  timed(() => {
    const {status, error, stderr} = spawnSync(program, args, {stdio: ['ignore', 'ignore', 'pipe'], env});
    if (error !== undefined || status === null || status > 4)
      throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `exit ${status}\n${stderr}`}`);
  });

const gpudock = (...args: string[]) => run(NODE, [GPUDOCK, ...args]);

/** `folder` gets a capture of this machine. */
async function startUp(folder: string): Promise<(() => Promise<Comparison>)[]> {
  const beside = (name: string, args: string[], target: number | null) => () =>
    compare({
      name,
      against: '`gpudock --help`',
      target,
      pairs,
      ours: () => gpudock(...args),
      plain: () => gpudock('--help'),
    });
  const besideNode = (name: string, args: string[], target: number) => () =>
    compare({
      name,
      against: '`node -e 0`',
      target,
      pairs,
      ours: () => gpudock(...args),
      plain: () => run(NODE, ['-e', '0']),
    });
  const capture = join(folder, 'capture');
  await gpudock('host', '--capture', capture);
  const known = knownReferences([NODE, GPUDOCK]);
  const onNewer = await Promise.all(
    NEWER_NODES.map(async line => {
      const node = await nodeOf(line);
      return () =>
        compare({
          name: `\`gpudock --help\` on Node ${line}`,
          against: `the same on Node ${process.versions.node.split('.')[0]}`,
          target: line === Number(process.versions.node.split('.')[0]) ? null : 1,
          pairs,
          ours: () => run(node, [GPUDOCK, '--help']),
          plain: () => gpudock('--help'),
        });
    }),
  );
  return [
    besideNode('`gpudock --version`', ['--version'], 1.8),
    besideNode('`gpudock --help`', ['--help'], 2.2),
    besideNode('`gpudock match --from` a capture', ['match', '--from', capture], 2.5),
    ...onNewer,
    beside('`gpudock check --offline`, one image', ['check', '--offline', IMAGE], 1.5),
    ...(known === null
      ? []
      : [
          beside('`gpudock check` of a digest that was read before', ['check', known.digest], 1.5),
          beside('`gpudock check` of a tag that was read before: one request', ['check', known.tag], null),
        ]),
    beside('`gpudock match`, whole matrix, of a machine that is not here', ['match', ...ELSEWHERE], 1.4),
    beside('`gpudock match`, whole matrix and a look at this machine', ['match'], null),
    beside('`gpudock host`', ['host'], null),
  ];
}

/** Lines as training prints them, none of them a failure. */
function writeHealthyLog(path: string, bytes: number): void {
  const line = (step: number) => `step ${step} loss ${(5 / (1 + step)).toFixed(6)} lr 3.0e-4 tokens/s 51234 gpu 0\n`;
  const block = Array.from({length: 20_000}, (_, step) => line(step)).join('');
  const file = openSync(path, 'w');
  for (let written = 0; written < bytes; written += block.length) writeSync(file, block);
  closeSync(file);
}

async function explain(folder: string): Promise<Comparison[]> {
  const [long, short] = [join(folder, 'long.log'), join(folder, 'short.log')];
  writeHealthyLog(long, LONG_LOG.bytes);
  writeHealthyLog(short, SHORT_LOG.bytes);
  return [
    await compare({
      name: `\`gpudock explain\`, ${LONG_LOG.name} without a failure`,
      against: '`grep -c` of one word',
      target: 80,
      pairs: Math.min(pairs, 5),
      ours: () => gpudock('explain', long),
      plain: () => run('grep', ['-c', 'CUDA out of memory', long]),
    }),
    await compare({
      name: `most memory of \`gpudock explain\`, ${LONG_LOG.name}`,
      against: `the same, ${SHORT_LOG.name}`,
      target: 1.2,
      pairs: Math.min(pairs, 5),
      ours: async () => mostMemory('explain', long),
      plain: async () => mostMemory('explain', short),
    }),
  ];
}

/** Most memory of one run that was resident, in KiB. */
function mostMemory(...args: string[]): number {
  const hook = 'process.on("exit",()=>process.stderr.write(String(process.resourceUsage().maxRSS)))';
  const {status, stderr} = spawnSync(NODE, ['--import', `data:text/javascript,${hook}`, GPUDOCK, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0 || !/^\d+$/.test(stderr)) throw new Error(`gpudock ${args.join(' ')}: exit ${status}\n${stderr}`);
  return Number(stderr);
}

/** The slow source is an `nvidia-smi` that says nothing for two seconds: a stand-in for a driver that is waking up. */
async function probe(folder: string): Promise<Comparison> {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const program = join(programs, 'nvidia-smi');
  writeFileSync(program, `#!/bin/sh\nexec sleep ${SLOW_SOURCE_SECONDS}\n`, {mode: 0o755});
  const env = {...process.env, PATH: `${programs}:${process.env.PATH}`};
  return compare({
    name: '`gpudock host`, one source takes 2 s',
    against: 'that source alone',
    target: 1.2,
    pairs: Math.min(pairs, 5),
    ours: () => run(NODE, [GPUDOCK, 'host'], env),
    plain: () => run(program, []),
  });
}

async function notebook(folder: string): Promise<Comparison[]> {
  // A name of its own: containers are called after their project's folder.
  const project = join(folder, `bench-${process.pid}`);
  mkdirSync(project);
  copyFileSync('examples/first-notebook/requirements.txt', join(project, 'requirements.txt'));
  const launch = await launchPairs(project);
  if (launch === null) {
    process.stderr.write('no engine answers: the row of the notebook is left out (npm start brings one up)\n');
    return [];
  }
  try {
    return [
      await compare({
        name: '`gpudock notebook` on a built image, to the first 200',
        against: 'its `docker run` line, pasted, and a polling loop',
        target: 1.2,
        pairs: Math.min(pairs, 7),
        ...launch,
      }),
    ];
  } finally {
    await launch.end();
  }
}

/** What a person waits for: docker's own call, and half again as long as it takes to start gpudock at all. */
async function exec(): Promise<Comparison[]> {
  const bench = await execBench();
  if (bench === null) return [];
  const {container, docker, end} = bench;
  try {
    const row = {
      name: '`gpudock exec NAME true`',
      against: '`docker exec NAME true` and 1.5 × `gpudock --help`',
      target: 1,
      pairs,
      ours: () => gpudock('exec', container, 'true'),
      plain: async () => (await run(docker, ['exec', container, 'true'])) + 1.5 * (await gpudock('--help')),
    };
    return [await compare(row)];
  } finally {
    await end();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'gpudock-bench-'));
try {
  const rows: Comparison[] = [];
  for (const row of await startUp(folder)) rows.push(await row());
  rows.push(
    await probe(folder),
    ...(await explain(folder)),
    ...(await exec()),
    ...(await psRow(pairs, () => gpudock('ps'))),
    ...(await notebook(folder)),
  );
  process.stdout.write(table(rows));
  if (rows.some(({ratio, target}) => target !== null && ratio > target)) process.exitCode = 1;
} finally {
  rmSync(folder, {recursive: true, force: true});
}
