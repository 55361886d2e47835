import {describe, expect, test} from '@jest/globals';
import {type MachineFacts, machineWarnings, readMachine, unknownFacts} from '../../../src/bench/machine.js';
import type {Gpu} from '../../../src/contract/host.js';

const CPU = '/sys/devices/system/cpu';
const LAPTOP: Readonly<Record<string, string>> = {
  '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: Some Processor\nprocessor\t: 1\nmodel name\t: Some Processor\n',
  [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'powersave\n',
  [`${CPU}/intel_pstate/no_turbo`]: '0\n',
  [`${CPU}/smt/active`]: '1\n',
  '/proc/loadavg': '2.50 1.00 0.50 1/200 4711\n',
  '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
  '/proc/pressure/cpu': 'some avg10=12.34 avg60=1.00 avg300=0.00 total=1\n',
  '/sys/class/power_supply/BAT0/status': 'Discharging\n',
  '/sys/class/power_supply/AC/online': '0\n',
};
const NVIDIA_SMI =
  'NVIDIA H100 80GB HBM3, 570.124.06, 345 MHz, 1980 MHz, 31, 700.00 W, Enabled, Disabled, Enabled, 0 %, Disabled\n';

/** A machine that has these files and folders and nothing else. */
function machine(files: Readonly<Record<string, string>>, folders: Readonly<Record<string, string[]>>, smi?: string) {
  const found = <T>(value: T | undefined) =>
    Promise.resolve(value === undefined ? ({status: 'not-found'} as const) : ({status: 'ok', value} as const));
  return readMachine({
    read: path => found(files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
    list: path => found(folders[path]),
    run: async () =>
      smi === undefined
        ? {status: 'not-found', stdout: '', stderr: ''}
        : {status: 'ran', exit: 0, stdout: smi, stderr: ''},
  });
}

const HOST = {
  resources: {cpus: 2, cpuFlags: null, memoryMiB: null, shmMiB: null, diskFreeMiB: null},
  gpus: null,
};

describe('a laptop', () => {
  const facts = machine(
    LAPTOP,
    {'/sys/class/power_supply': ['AC', 'BAT0'], '/sys/devices/system/node': ['node0', 'node1', 'possible']},
    NVIDIA_SMI,
  );

  test('is read whole', async () => {
    expect(await facts).toMatchObject({
      processor: 'Some Processor',
      governor: 'powersave',
      turbo: true,
      simultaneousThreads: true,
      numaNodes: 2,
      onBattery: true,
      loadAverage: 2.5,
      transparentHugePages: 'madvise',
      cpuPressure: 12.34,
      gpus: [{'ecc.mode.current': 'Enabled', 'mig.mode.current': 'Disabled', 'temperature.gpu': '31'}],
    });
    expect(unknownFacts(await facts)).toEqual([]);
  });

  test('is warned of: battery, governor, load', async () => {
    const warnings = machineWarnings(await facts, HOST).join('\n');
    expect(warnings).toMatch(/runs on battery.*plug it in/);
    expect(warnings).toMatch(/governor is powersave/);
    expect(warnings).toMatch(/load 2\.5 on 2 CPUs/);
  });
});

test('a machine that tells nothing has only unknown facts, and says so', async () => {
  const facts = await machine({}, {});
  expect(Object.values(facts).every(value => value === null)).toBe(true);
  expect(machineWarnings(facts, HOST)).toEqual([]);
  expect(unknownFacts(facts)[0]).toMatch(
    /^not known of this machine, and so not checked: processor, CPU governor, turbo/,
  );
});

test.each<[string, Readonly<Record<string, string>>, Partial<MachineFacts>]>([
  ['boost off', {[`${CPU}/cpufreq/boost`]: '0'}, {turbo: false}],
  [
    'the driver’s own switch before boost',
    {[`${CPU}/intel_pstate/no_turbo`]: '1', [`${CPU}/cpufreq/boost`]: '1'},
    {turbo: false},
  ],
  ['a load that is none', {'/proc/loadavg': 'x'}, {loadAverage: null}],
])('%s', async (_, files, facts) => expect(await machine(files, {})).toMatchObject(facts));

test('a machine without a battery is not on battery; one that charges neither', async () => {
  const folder = '/sys/class/power_supply';
  expect(await machine({}, {[folder]: []})).toMatchObject({onBattery: false});
  expect(await machine({[`${folder}/BAT0/status`]: 'Charging'}, {[folder]: ['BAT0']})).toMatchObject({
    onBattery: false,
  });
});

test('a GPU that others use is named', async () => {
  const gpu = {index: 1, name: 'H100', processes: [{name: 'python'}], utilization: null} as unknown as Gpu;
  const idle = {index: 0, name: 'H100', processes: [], utilization: 0} as unknown as Gpu;
  expect(machineWarnings(await machine({}, {}), {...HOST, gpus: [idle, gpu]})).toEqual([
    'GPU 1 is in use by others: GPU figures are not only yours',
  ]);
});
