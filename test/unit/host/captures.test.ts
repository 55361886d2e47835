import {describe, expect} from '@jest/globals';
import {Host} from '../../../src/contract/host.js';
import {captureWorld} from '../../../src/host/capture.js';
import {busKey} from '../../../src/host/gpus.js';
import {probe} from '../../../src/host/probe.js';
import {bytesOf, layOut, placesOf, type Recording, recordings, type Truth, testEach} from './layout.js';

type Gpu = NonNullable<Host['gpus']>[number];
type TrueGpu = NonNullable<Truth['gpus']>[number];

const read = (recording: Recording): Promise<Host> =>
  probe(captureWorld(layOut(placesOf(recording, bytesOf(recording)))));

const REPORTS = ['smi-table', 'smi-q-x', 'smi-q', 'smi-csv'];
const all = recordings();
const reports = all.filter(({kind, truth}) => REPORTS.includes(kind) && truth.gpus && !truth.compare_only);

/** What a report says of one GPU, in the manifest's own words. */
function asTruth(gpu: Gpu, truth: TrueGpu): TrueGpu {
  const mig = gpu.mig.mode === 'unsupported' ? 'N/A' : gpu.mig.mode;
  return {
    index: gpu.index,
    name: gpu.name,
    uuid: gpu.uuid,
    bus_id: gpu.busId,
    memory_total_mib: gpu.memoryMiB,
    memory_used_mib: gpu.usedMiB,
    utilization_pct: gpu.utilization,
    mig_mode: mig,
    ...(truth.compute_cap ? {compute_cap: gpu.computeCapability} : {}),
    ...(truth.architecture ? {architecture: gpu.architecture} : {}),
  };
}

const picked = (truth: TrueGpu, keys: string[]): TrueGpu =>
  Object.fromEntries(keys.map(key => [key, Reflect.get(truth, key) ?? null]));

describe(`captures of real machines (${all.length} read, ${reports.length} of them reports)`, () => {
  testEach('%s is of the contract', all, async recording => {
    expect(() => Host.parse({})).toThrow();
    Host.parse(await read(recording));
  });

  testEach('%s: every GPU, its memory and its use as printed', reports, async recording => {
    const {truth} = recording;
    const host = await read(recording);
    const gpus = (host.gpus ?? []).filter(gpu =>
      truth.gpus?.some(one => !one.bus_id || busKey(one.bus_id) === busKey(gpu.busId)),
    );
    const known = gpus.map((gpu, at) => asTruth(gpu, truth.gpus?.[at] ?? {}));
    expect(known).toEqual(
      truth.gpus?.map((one, at) =>
        picked(
          {...one, mig_mode: one.mig_mode?.replace('*', '').toLowerCase().replace('n/a', 'N/A') ?? null},
          Object.keys(known[at] ?? {}),
        ),
      ),
    );
  });

  testEach(
    '%s: every process',
    reports.filter(({truth}) => truth.processes),
    async recording => {
      const host = await read(recording);
      const processes = (host.gpus ?? []).flatMap(gpu =>
        (gpu.processes ?? []).map(({pid, type, name, usedMiB}) => ({
          gpu: gpu.index,
          pid,
          type,
          name,
          memory_mib: usedMiB,
        })),
      );
      expect(processes).toEqual(
        recording.truth.processes?.map(({gpu, pid, type, name, memory_mib}) => ({
          gpu,
          pid,
          type,
          name: name || null,
          memory_mib,
        })),
      );
    },
  );

  testEach(
    '%s: every MIG device',
    reports.filter(({truth}) => truth.mig_devices),
    async recording => {
      const host = await read(recording);
      const devices = (host.gpus ?? []).flatMap(gpu =>
        gpu.mig.devices.map(({gi, ci, memoryMiB}) => ({gpu: gpu.index, gi, ci, memory_total_mib: memoryMiB})),
      );
      expect(devices).toEqual(
        recording.truth.mig_devices?.map(({gpu, gi, ci, memory_total_mib}) => ({gpu, gi, ci, memory_total_mib})),
      );
    },
  );
});
