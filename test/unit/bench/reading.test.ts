import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {WORKLOADS} from '../../../src/bench/catalogue.js';
import {chosenWorkloads} from '../../../src/bench/choice.js';
import {machineBusy, markedByExcess, markOf} from '../../../src/bench/load.js';
import {type MachineFacts, machineWarnings} from '../../../src/bench/machine.js';
import {missingNeed} from '../../../src/bench/needs.js';
import {durations} from '../../../src/bench/phases.js';
import {runGroup} from '../../../src/bench/process.js';
import {checkMetric, readMetric, readReport} from '../../../src/bench/reading.js';
import {differences as differencesOf, type SideFacts} from '../../../src/bench/side-facts.js';
import {timeOf} from '../../../src/bench-flags.js';
import {trials, workload} from './sessions.js';

const report = (iterations: unknown): string =>
  `noise\nGPUDOCK-BENCH ${JSON.stringify({iterations, otherLoad: null, readings: {}})}\nmore\n`;

describe('a program’s report', () => {
  test('is found among other lines', () => expect(readReport(report([1, 2.5]))?.iterations).toEqual([1, 2.5]));

  test.each([
    [report([])],
    [report([0])],
    [report([-1])],
    [report(['1'])],
    [report([null])],
    ['GPUDOCK-BENCH {"iter'],
    [''],
  ])('%j is none', text => expect(readReport(text)).toBeNull());

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), text => expect([null]).toContain(readReport(`GPUDOCK-BENCH ${text}`))));
  });
});

describe('a metric of the user’s', () => {
  test.each<[string, string, number[] | null]>([
    ['TPS: 700.5\nTPS: 710', 'TPS: ([0-9.]+)', [700.5, 710]],
    ['nothing here', 'TPS: ([0-9.]+)', null],
    ['TPS: nan', 'TPS: (\\S+)', null],
    ['TPS: 0', 'TPS: ([0-9]+)', null],
    ['TPS: 1.2.3', 'TPS: ([0-9.]+)', null],
  ])('%j by %s: %j', (output, metric, figures) => {
    expect(readMetric(output, metric)?.iterations ?? null).toEqual(figures);
  });

  test('that would search for ever is given up', () => {
    expect(readMetric(`${'a'.repeat(60)}!`, '((?:a+)+)$')).toBeNull();
  });

  test.each(['TPS: [0-9]+', '([0-9]+) ([0-9]+)', '([0-9'])('%s is refused', metric => {
    expect(() => checkMetric(metric)).toThrow(/no pattern for a figure/);
  });
});

describe('marks', () => {
  const measured = {iterations: [1], otherLoad: null, readings: {}};
  test.each<[object, RegExp | null]>([
    [{}, null],
    [{otherLoad: 0.1}, null],
    [{otherLoad: 0.9}, /0\.9 of 2 CPUs/],
    [{readings: {smClockMHz: 1000, smClockMaxMHz: 1980}}, /1000 of 1980 MHz/],
    [{readings: {smClockMHz: 1900, smClockMaxMHz: 1980}}, null],
    [{readings: {cpuOverheated: 0, throttleReasons: 0x4}}, null],
    [{readings: {cpuOverheated: 2}}, /CPU slowed down for its heat/],
    [{readings: {throttleReasons: 0x20}}, /GPU was slowed down/],
    [{readings: {throttleReasons: 0x48}}, /GPU was slowed down/],
  ])('%j', (facts, mark) => {
    const found = markOf({...measured, ...facts}, 2);
    if (mark === null) expect(found).toBeNull();
    else expect(found).toMatch(mark);
  });
});

describe('load that a program cannot tell from its own', () => {
  const busy = (cpus: number[]) =>
    trials(2, 1).map((trial, place) => ({...trial, otherLoad: null, readings: {busyCpus: cpus[place] ?? 1}}));

  test('is seen by what is usual on that side', () => {
    const marks = markedByExcess(busy([1, 0.2, 1, 0.2, 1, 0.2, 1.9, 0.2]), 2).map(({marked}) => marked !== null);
    expect(marks).toEqual([false, false, false, false, false, false, true, false]);
  });

  test('is taken back when it proves to be usual', () => {
    expect(
      markedByExcess(markedByExcess(busy([1, 1, 1, 1, 1, 1, 1, 1]), 2), 2).every(({marked}) => marked === null),
    ).toBe(true);
  });

  test('does not take back the mark of a GPU that was slowed down', () => {
    const hot = busy([1, 1, 1, 1]).map(trial => ({...trial, readings: {...trial.readings, throttleReasons: 0x40}}));
    for (const {marked} of markedByExcess(hot, 2)) expect(marked).toMatch(/GPU was slowed down/);
  });

  test('leaves alone what the program has told', () => {
    const told = trials(2, 1, () => 'other programs');
    expect(markedByExcess(told, 2)).toEqual(told);
  });

  test.each([
    ['cpu  100 0 50 1000 9 0 0 0 0 0\ncpu0 1', 1.5],
    ['cpu', null],
    ['', null],
    ['intr 1 2 3 4 5 6 7 8', null],
  ])('%j', (stat, seconds) => expect(machineBusy(stat)).toBe(seconds));
});

const SIDE: SideFacts = {
  executable: '/usr/bin/python3',
  python: '3.12.1',
  pythonDigest: 'a',
  libc: 'glibc 2.41',
  packages: {numpy: {version: '2.1', libraries: 'x', compiled: true}, torch: null},
  loaded: {'libopenblas.so.0': 'x'},
  cpus: '0-1',
  nodes: '0',
  cpuLimit: null,
  memoryLimit: null,
  shmMiB: 64,
  fio: false,
  environment: {},
};

describe('what is unfair', () => {
  const differences = (host: SideFacts, container: SideFacts) =>
    differencesOf(host, container, {host: 'host', container: 'container'});

  test('another library build is not the same bits', () => {
    const numpy = {version: '2.1', libraries: 'y', compiled: true};
    expect(differences(SIDE, SIDE)).toEqual({lines: [], otherBits: false});
    expect(differences(SIDE, {...SIDE, packages: {...SIDE.packages, numpy}}).otherBits).toBe(true);
    expect(differences(SIDE, {...SIDE, pythonDigest: 'b'}).otherBits).toBe(true);
  });

  test('another arithmetic library under the same package is not the same bits', () => {
    expect(differences(SIDE, {...SIDE, loaded: {'libblas.so.3': 'y'}})).toEqual({
      lines: ['libopenblas.so.0: host x, container none', 'libblas.so.3: host none, container y'],
      otherBits: true,
    });
    expect(differences(SIDE, {...SIDE, loaded: {}}).lines).toEqual([]);
  });

  test('a package that one side lacks is named as none', () => {
    expect(differences({...SIDE, packages: {}}, SIDE).lines[0]).toBe(
      'numpy: host none, container 2.1 (x, bytecode there)',
    );
  });

  test('a limit that is not known is no difference, another one is', () => {
    expect(differences({...SIDE, cpuLimit: 2}, SIDE).lines).toEqual([]);
    const limited = differences(
      {...SIDE, cpuLimit: 2, memoryLimit: 'none'},
      {...SIDE, cpuLimit: 'none', memoryLimit: 1024},
    );
    expect(limited).toEqual({
      lines: ['CPU limit: host 2, container none', 'memory limit: host none, container 1024'],
      otherBits: false,
    });
  });

  test('fewer CPUs are named', () => {
    expect(differences(SIDE, {...SIDE, cpus: '0'})).toEqual({
      lines: ['CPUs allowed: host 0-1, container 0'],
      otherBits: false,
    });
  });

  test('a battery, a governor and other load are named; what is not known is not', () => {
    const machine: MachineFacts = {
      processor: null,
      governor: null,
      turbo: null,
      simultaneousThreads: null,
      numaNodes: null,
      onBattery: null,
      loadAverage: null,
      transparentHugePages: null,
      cpuPressure: null,
      gpus: null,
    };
    const host = {resources: {cpus: 2, cpuFlags: null, memoryMiB: null, shmMiB: null, diskFreeMiB: null}, gpus: null};
    expect(machineWarnings(machine, host)).toEqual([]);
    expect(machineWarnings({...machine, onBattery: true, governor: 'powersave', loadAverage: 3}, host)).toHaveLength(3);
  });
});

describe('needs', () => {
  const given = (container: SideFacts | null) => ({
    gpus: 0,
    sides: [
      {name: 'the host', facts: SIDE, why: null},
      {name: 'an image', facts: container, why: container === null ? 'no Python 3 in an image' : null},
    ],
  });
  test.each<[string, SideFacts | null, string | null]>([
    ['interpreter', SIDE, null],
    ['interpreter', null, 'no Python 3 in an image'],
    ['gemm-numpy', {...SIDE, packages: {numpy: null}}, 'no numpy in an image'],
    ['gemm-torch', SIDE, 'no torch in the host'],
    ['random-layer', SIDE, 'no fio in the host'],
    ['gemm-bf16', SIDE, 'no GPU'],
    ['all-reduce', SIDE, 'no GPU'],
  ])('%s', (name, container, missing) => expect(missingNeed(workload(name), given(container))).toBe(missing));
});

test('phases add up to the whole', () => {
  const phases = durations(1_000_000n, {start: 3_000_000n, create: 2_000_000n, interpreter: 8_000_000n});
  expect(phases).toEqual({create: 1, start: 1, interpreter: 5});
});

test('names of workloads are told apart, and an unknown one is refused with all of them', () => {
  expect(new Set(WORKLOADS.map(({name}) => name)).size).toBe(WORKLOADS.length);
  expect(chosenWorkloads(['http', 'memory']).map(({name}) => name)).toEqual(['memory', 'http']);
  expect(() => chosenWorkloads(['htp'])).toThrow(/no workload called htp/);
});

test.each<[string, number]>([
  ['90s', 90],
  ['5m', 300],
  ['1h', 3600],
  ['45', 45],
  ['1.5m', 90],
])('%s', (text, seconds) => expect(timeOf(text)).toBe(seconds));
test.each(['', '5x', '-5m', '0', '99h', '1e9'])('%j is no time', text =>
  expect(() => timeOf(text)).toThrow(/is no time/),
);

describe('a process group', () => {
  const never = new AbortController().signal;
  test('keeps both streams and the exit code', async () => {
    const ran = await runGroup(['sh', '-c', 'echo out; echo err >&2; exit 3'], {limit: 10_000, signal: never});
    expect(ran).toMatchObject({exit: 3, trouble: null});
    expect(ran.output).toMatch(/out/);
    expect(ran.output).toMatch(/err/);
  });

  test('ends whole at its limit', async () => {
    const ran = await runGroup(['sh', '-c', 'sleep 1000 & sleep 1000; true'], {limit: 300, signal: never});
    expect(ran).toMatchObject({exit: null, trouble: 'limit'});
  });

  test('ends whole at an interrupt, even one that came before', async () => {
    const ran = await runGroup(['sh', '-c', 'sleep 1000 & wait'], {limit: 60_000, signal: AbortSignal.abort()});
    expect(ran.trouble).toBe('interrupted');
  });

  test('that is not there says so', async () => {
    expect(await runGroup(['/no/such/program'], {limit: 1_000, signal: never})).toMatchObject({trouble: 'not-found'});
  });
});
