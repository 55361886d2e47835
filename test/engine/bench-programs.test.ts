import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {readStarted} from '../../src/bench/phases.js';
import {readReport} from '../../src/bench/reading.js';
import {benchDocument} from '../../src/bench/result.js';
import {readSideFacts} from '../../src/bench/side-facts.js';
import type {Bench} from '../../src/contract/bench.js';
import {connect, type Engine} from '../../src/engine/connect.js';
import {engineGetter} from '../../src/engine/get.js';
import {demultiplex} from '../../src/engine/streams.js';
import {liveWorld} from '../../src/world/live.js';
import {readLab} from '../lab/gpudock.js';
import {FACTS, race, trials} from '../unit/bench/sessions.js';

/** The programs of benchmarks by themselves, in a container. */
const IMAGE = 'python:3.12-slim';
const LIMIT = 120_000;

let engine: Engine;
let folder: string;

beforeAll(async () => {
  const {host} = await readLab();
  engine = await connect({env: {...process.env, DOCKER_HOST: host}, read: liveWorld(engineGetter).read});
  const pull = await engine.docker.pull(IMAGE);
  await new Promise((resolve, reject) =>
    engine.docker.modem.followProgress(pull, error => (error ? reject(error) : resolve(null))),
  );
  folder = await mkdtemp(join(tmpdir(), 'gpudock-programs-'));
}, LIMIT);

afterAll(() => rm(folder, {recursive: true, force: true}));

/** What a program of templates/bench prints in a container. */
async function printed(argv: string[], limits: object = {}): Promise<string> {
  const container = await engine.docker.createContainer({
    Image: IMAGE,
    Cmd: argv,
    WorkingDir: '/programs',
    Env: ['PYTHONPATH=/stand-in', 'PYTHONDONTWRITEBYTECODE=1', 'CUDA_VISIBLE_DEVICES=GPU-1'],
    HostConfig: {
      Binds: [`${resolve('templates/bench')}:/programs:ro`, `${resolve('test/fixtures/torch')}:/stand-in:ro`],
      ...limits,
    },
  });
  await container.start();
  await container.wait();
  const output = demultiplex(await container.logs({stdout: true, stderr: true, follow: false})).toString();
  await container.remove();
  return output;
}

test(
  'the statistics come out the same again from the raw samples, by a program that has nothing of gpudock',
  async () => {
    const noisy = race(
      'small-layer',
      trials(25, 1.4, block => (block % 6 === 5 ? 'other programs' : null)),
    );
    const bench = benchDocument([race('interpreter', trials(20, 1)), noisy, race('gemm-bf16', [], 'no GPU')], FACTS);
    const again = async (session: Bench): Promise<string> => {
      await writeFile(join(folder, 'session.json'), JSON.stringify(session));
      const Binds = [`${folder}:/session:ro`, `${resolve('scripts/bench')}:/programs:ro`];
      return printed(['sh', '-c', 'python3 again.py /session/session.json; echo "exit $?"'], {Binds});
    };
    expect(await again(bench)).toMatch(/^interpreter .*\n(.*itself.*\n)small-layer .*\n(.*itself.*\n)exit 0$/m);
    const [first, ...rest] = bench.workloads;
    const wrong = {...bench, workloads: [...(first ? [{...first, ratio: (first.ratio ?? 0) + 0.01}] : []), ...rest]};
    expect(await again(wrong)).toMatch(/DIFFERS[\s\S]*exit 1$/m);
  },
  LIMIT,
);

test(
  'a container’s own limits are told as CPUs and bytes, no limit as none',
  async () => {
    const look = async (limits: object) => readSideFacts(await printed(['python3', 'facts.py'], limits));
    const none = {cpuLimit: 'none', memoryLimit: 'none'};
    expect(await look({})).toMatchObject({...none, packages: {numpy: null}, fio: false});
    const limited = {cpuLimit: 0.5, memoryLimit: 256 << 20, cpus: '0', shmMiB: 32};
    const limits = {NanoCpus: 5e8, Memory: 256 << 20, CpusetCpus: '0', ShmSize: 32 << 20};
    expect(await look(limits)).toMatchObject(limited);
  },
  LIMIT,
);

/** Notes what runs between the two readings of the clock around a step. */
const TIMED = `
import sys, time
sys.path.insert(0, "/programs")
import harness
inside, seen = False, set()
def look(frame, event, function):
    global inside
    if event == "c_call" and function is time.perf_counter_ns:
        inside = not inside
    elif inside and event in ("call", "c_call"):
        seen.add(frame.f_code.co_name if event == "call" else function.__name__)
def step():
    pass
sys.setprofile(look)
harness.measure(step, lambda seconds: 1 + seconds)
sys.setprofile(None)
print("inside:", sorted(seen))
`;

test('nothing but the step itself runs inside a timed region', async () => {
  expect(await printed(['python3', '-c', TIMED])).toMatch(/^inside: \['step'\]$/m);
});

/** The programs alone: no GPU takes part, and the stand-in's two milliseconds are nobody's speed. */
test(
  'the GPU programs use events, flags and devices as a stand-in for PyTorch wants them used',
  async () => {
    const [flop, bytes] = [2 * 4096 ** 3, 512 << 20];
    const figures: Readonly<Record<string, number>> = {
      'gemm.py fp32': flop / (0.002 / 10) / 1e12,
      'gemm.py tf32': flop / (0.001 / 10) / 1e12,
      'gemm.py bf16': flop / (0.002 / 10) / 1e12,
      'gpu.py h2d': bytes / (0.002 / 3) / 1e9,
      'gpu.py d2h': bytes / (0.002 / 3) / 1e9,
      'gpu.py device': (2 * bytes) / (0.002 / 3) / 1e9,
      'gpu.py launch': 2,
    };
    const each = 'for program; do echo "=== $program"; python3 $program; done';
    const programs = [...Object.keys(figures), 'allreduce.py', 'started.py torch'];
    const output = await printed(['sh', '-c', each, 'sh', ...programs]);
    const outputs = new Map(output.split('=== ').map(part => [part.slice(0, part.indexOf('\n')), part]));
    for (const [program, figure] of Object.entries(figures)) {
      const report = readReport(outputs.get(program) ?? '');
      for (const iteration of report?.iterations ?? [Number.NaN]) expect(iteration).toBeCloseTo(figure, 6);
      expect(report?.readings).toMatchObject({smClockMHz: 1410, smClockMaxMHz: 1980, temperature: 61});
    }
    expect(readReport(outputs.get('allreduce.py') ?? '')?.iterations).toHaveLength(10);
    expect(Object.keys(readStarted(outputs.get('started.py torch') ?? ''))).toContain('cuda');
  },
  LIMIT,
);
