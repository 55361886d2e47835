import {describe, expect, test} from '@jest/globals';
import {machineConditions} from '../../../src/bench/conditions.js';
import {
  farFromGpus,
  type MachineFacts,
  machineWarnings,
  readMachine,
  unknownFacts,
} from '../../../src/bench/machine.js';
import type {Gpu, Host} from '../../../src/contract/host.js';

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
  '/sys/bus/pci/devices/0000:4e:00.0/numa_node': '1\n',
  '/sys/bus/pci/devices/0000:4e:00.0/local_cpulist': '32-63\n',
};
const NVIDIA_SMI = `<?xml version="1.0" ?>
<nvidia_smi_log>
  <driver_version>570.124.06</driver_version>
  <gpu id="00000000:4E:00.0">
    <product_name>NVIDIA H100 80GB HBM3</product_name>
    <display_active>Disabled</display_active>
    <persistence_mode>Enabled</persistence_mode>
    <mig_mode><current_mig>Disabled</current_mig></mig_mode>
    <uuid>GPU-00000000-0000-4000-8000-000000000001</uuid>
    <clocks_event_reasons>
      <clocks_event_reason_gpu_idle>Active</clocks_event_reason_gpu_idle>
      <clocks_event_reason_hw_thermal_slowdown>Not Active</clocks_event_reason_hw_thermal_slowdown>
    </clocks_event_reasons>
    <utilization><gpu_util>0 %</gpu_util></utilization>
    <ecc_mode><current_ecc>Enabled</current_ecc></ecc_mode>
    <temperature><gpu_temp>31 C</gpu_temp></temperature>
    <gpu_power_readings><current_power_limit>700.00 W</current_power_limit></gpu_power_readings>
    <clocks><sm_clock>345 MHz</sm_clock></clocks>
    <max_clocks><sm_clock>1980 MHz</sm_clock></max_clocks>
  </gpu>
</nvidia_smi_log>`;
const HOT = NVIDIA_SMI.replace(
  '<clocks_event_reason_hw_thermal_slowdown>Not ',
  '<clocks_event_reason_hw_thermal_slowdown>',
)
  .replace('<current_mig>Disabled', '<current_mig>Enabled')
  .replace('<display_active>Disabled', '<display_active>Yes')
  .replace('<persistence_mode>Enabled', '<persistence_mode>Disabled');

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
      gpus: [
        {
          name: 'NVIDIA H100 80GB HBM3',
          driver: '570.124.06',
          uuid: 'GPU-00000000-0000-4000-8000-000000000001',
          persistence: true,
          ecc: true,
          mig: false,
          display: false,
          smClockMHz: 345,
          smClockMaxMHz: 1980,
          temperature: 31,
          powerLimitWatt: 700,
          utilization: 0,
          slowed: [],
          numaNode: 1,
          nearCpus: '32-63',
        },
      ],
    });
    expect(unknownFacts(await facts, HOST)).toEqual([]);
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
  expect(unknownFacts(facts, HOST)[0]).toMatch(
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

describe('what the driver says of a GPU', () => {
  const oneGpu = {...HOST, gpus: [{index: 0, name: 'H100', processes: [], utilization: 0} as unknown as Gpu]};

  test('heat, MIG devices, a display and persistence mode are named before the start', async () => {
    expect(machineWarnings(await machine({}, {}, HOT), oneGpu)).toEqual([
      'GPU 0 is slowed down before the start (hw_thermal_slowdown): let it cool',
      'GPU 0 is cut into MIG devices: figures are those of a part of it',
      'GPU 0 drives a display: its work is not only yours',
      'GPU 0 has persistence mode off: each first use of CUDA loads the driver anew; sudo nvidia-smi -pm 1',
    ]);
  });

  test('nothing of it was read: that is said, where there is a GPU', async () => {
    const silent = await machine(LAPTOP, {'/sys/class/power_supply': [], '/sys/devices/system/node': ['node0']});
    expect(unknownFacts(silent, oneGpu)).toEqual([
      'not known of this machine, and so not checked: clocks, temperature, ECC, MIG and persistence of the GPUs',
    ]);
    expect(unknownFacts(silent, HOST)).toEqual([]);
  });

  test('an old report calls them throttle reasons, and its power limit otherwise', async () => {
    const old = NVIDIA_SMI.replaceAll('clocks_event_reason', 'clocks_throttle_reason')
      .replaceAll('gpu_power_readings', 'power_readings')
      .replaceAll('current_power_limit', 'power_limit');
    const facts = (await machine({}, {}, old)).gpus?.[0];
    expect(facts).toMatchObject({slowed: [], powerLimitWatt: 700, numaNode: null, nearCpus: null});
  });

  test('CPUs that are far from it are named where there is more than one node', async () => {
    const facts = await machine(LAPTOP, {'/sys/devices/system/node': ['node0', 'node1']}, NVIDIA_SMI);
    expect(farFromGpus(facts, [{cpus: '0-63'}, {cpus: '0-63'}, null])).toEqual([
      'GPU 0 is near CPUs 32-63, but 0-63 are allowed: copies scatter from node to node',
    ]);
    expect(farFromGpus(facts, [{cpus: '32-40,60'}])).toEqual([]);
    expect(farFromGpus({...facts, numaNodes: 1}, [{cpus: '0-63'}])).toEqual([]);
  });

  test('stands in the report', async () => {
    const os = {platform: 'linux', kernel: '6.1'} as unknown as Host['os'];
    const engine = {kind: 'docker', version: '28.5.2'} as unknown as Host['engine'];
    const facts = await machine(LAPTOP, {'/sys/devices/system/node': ['node0', 'node1']}, NVIDIA_SMI);
    expect(machineConditions(facts, {...HOST, os, engine})).toEqual([
      'machine: Some Processor, 2 CPUs, NUMA nodes 2; governor powersave, turbo on, simultaneous threads on; load 2.5; kernel 6.1, docker 28.5.2',
      'GPU 0: NVIDIA H100 80GB HBM3, driver 570.124.06; persistence on, ECC on, MIG off; before the start 345 of 1980 MHz, 31 °C, slowed down by nothing; NUMA node 1, near CPUs 32-63',
    ]);
  });
});
