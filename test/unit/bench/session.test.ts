import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {ownWorkload} from '../../../src/bench/catalogue.js';
import {hostSide} from '../../../src/bench/host-side.js';
import {benchDocument} from '../../../src/bench/result.js';
import {type Race, runSession, type SessionOptions} from '../../../src/bench/session.js';
import {FACTS} from './sessions.js';

/** Sessions of real processes; what would be the container's side differs from the host's by a variable alone. */
let folder: string;
let options: SessionOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpudock-session-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));
beforeEach(() => {
  options = {
    time: 60_000,
    seed: 3,
    cpus: 2,
    signal: new AbortController().signal,
    limit: 20_000,
    busy: () => Promise.resolve(null),
    progress: () => {},
  };
});

const side = (name: string) =>
  hostSide({name, python: 'no-such', programs: '/', scratch: folder, folder, prefix: () => [], env: {SIDE: name}});

const raceOf = (...argv: string[]): Race => ({
  workload: ownWorkload(argv, 'TPS: (\\S+)', 'TPS', 0.03, 'higher'),
  mode: 'as-shipped',
  host: side('outside'),
  container: side('inside'),
  trials: [],
  ended: null,
});

const script = (text: string): Race => raceOf('sh', '-c', text);
const GOOD = 'echo "TPS: 1$(date +%N)"';

describe('a program that does not work on one side ends its workload, which says where and why', () => {
  test.each<[string, string, RegExp]>([
    ['fails', 'echo no room >&2; exit 9', /^on inside: it ended with exit code 9: no room$/],
    ['prints no figure', 'echo hello', /^on inside: its output has no positive number .*; it ends: hello$/],
    ['prints nothing', ':', /it ends: it said nothing$/],
    ['prints NaN', 'echo "TPS: nan"', /no positive number/],
    ['prints minus', 'echo "TPS: -4"', /no positive number/],
    ['prints infinity', 'echo "TPS: 1e999"', /no positive number/],
    ['prints garbage', 'head -c 300000 /dev/urandom', /no positive number/],
    ['prints without end', 'yes', /did not end within 2 seconds/],
    ['hangs', 'sleep 1000', /^on inside: it did not end within 2 seconds, a fifth of --time$/],
    ['hangs with children', 'sleep 1000 & sleep 1000 & wait', /did not end within 2 seconds/],
  ])('%s', async (_, bad, why) => {
    const race = script(`[ "$SIDE" = inside ] || { ${GOOD}; exit 0; }; ${bad}`);
    await runSession([race], {...options, limit: 2_000});
    expect(race.ended).toMatch(why);
    expect(benchDocument([race], FACTS).workloads[0]).toMatchObject({
      verdict: 'skipped',
      ratio: null,
      note: race.ended,
    });
  });

  test('is not there', async () => {
    const race = raceOf('/no/such/program');
    await runSession([race], options);
    expect(race.ended).toBe('on outside: there is no such program');
  });

  test('and the other workloads go on', async () => {
    const [bad, good] = [script('exit 1'), script('echo "TPS: 5"')];
    await runSession([bad, good], options);
    expect(good.trials.length).toBeGreaterThanOrEqual(40);
    expect(bad.trials).toEqual([]);
  });
});

test('a program that fails later keeps what it has measured', async () => {
  const race = script(`echo x >> count; [ $(wc -l < count) -gt 15 ] && exit 3; ${GOOD}`);
  await runSession([race], options);
  expect(race.trials).toHaveLength(12);
  const [workload] = benchDocument([race], FACTS).workloads;
  expect(workload).toMatchObject({verdict: 'undecided', note: expect.stringMatching(/exit code 3/)});
});

test('an interrupt keeps the samples, and the document says what they allow', async () => {
  const controller = new AbortController();
  const race = script(GOOD);
  await runSession([race], {
    ...options,
    signal: controller.signal,
    progress: line => {
      if (/: [4-9] pairs so far/.test(line)) controller.abort();
    },
  });
  const [workload] = benchDocument([race], {...FACTS, interrupted: true}).workloads;
  expect(workload?.verdict).toBe('undecided');
  expect(workload?.host).toHaveLength(4);
  expect(workload?.pairsMissing).toBeGreaterThan(0);
});

test('the time left is told, and the end of it ends the session', async () => {
  const lines: string[] = [];
  const race = script(GOOD);
  await runSession([race], {...options, time: 3_000, progress: line => lines.push(line)});
  expect(lines[0]).toBe('own: warming up …');
  expect(lines[1]).toMatch(/^own: 0 pairs so far; 1 workload to go on, 0:0[0-3] left at most$/);
  expect(race.trials.length % 4).toBe(0);
});

test('a time that is over in the warm-up leaves the other workloads out, and says so', async () => {
  const [slow, late] = [script(`sleep 0.3; ${GOOD}`), script(GOOD)];
  await runSession([slow, late], {...options, time: 100});
  expect([slow.trials, late.trials]).toEqual([[], []]);
  const [, workload] = benchDocument([slow, late], FACTS).workloads;
  expect(workload).toMatchObject({verdict: 'skipped', note: 'no time was left for it'});
});

describe('other load that begins half-way', () => {
  /** CPU seconds of the whole machine: little at first, nearly all of two CPUs once `loaded` says so. */
  const machine = (loaded: () => boolean) => {
    let [busy, last] = [0, performance.now()];
    return async (): Promise<number> => {
      const now = performance.now();
      busy += ((now - last) / 1000) * (loaded() ? 1.9 : 0.1);
      last = now;
      return busy;
    };
  };

  test('marks the trials, and their blocks are left out', async () => {
    const controller = new AbortController();
    let pairs = 0;
    const race = script(GOOD);
    await runSession([race], {
      ...options,
      signal: controller.signal,
      busy: machine(() => pairs >= 16),
      progress: line => {
        pairs = Number(/: (\d+) pairs so far/.exec(line)?.[1] ?? 0);
        if (pairs >= 24) controller.abort();
      },
    });
    const [workload] = benchDocument([race], FACTS).workloads;
    expect(race.trials.map(({marked}) => marked !== null)).toEqual(Array.from({length: 48}, (_, at) => at >= 32));
    expect(workload?.note).toMatch(/4 blocks left out: the machine was 1\.\d CPUs busier than else/);
    expect(workload?.host).toHaveLength(16);
  });
});
