import type {Host} from '../contract/host.js';
import type {World} from '../world/world.js';
import type {Answer} from './reading.js';
import {cellVersion} from './text.js';

/**
 * `GPUDOCK_DRIVER`, `GPUDOCK_CUDA` and `GPUDOCK_GPU` (names, comma-separated): for machines at hand and for CI. They
 * come before every source, and are named as one.
 */
export function overrides(env: World['env']): Answer[] {
  const version = cellVersion(env.GPUDOCK_DRIVER);
  const cudaVersion = cellVersion(env.GPUDOCK_CUDA);
  const answers: Answer[] = [];
  if (version) answers.push(override('GPUDOCK_DRIVER', {driver: {version}}));
  if (cudaVersion) answers.push(override('GPUDOCK_CUDA', {driver: {cudaVersion}}));
  return answers;
}

const override = (name: string, says: Answer['says']): Answer => ({
  source: `overridden by ${name}`,
  status: 'ok',
  says,
});

/** The CUDA of the driver that runs is not that of the one that `GPUDOCK_DRIVER` names. */
export function overrideCuda(env: World['env'], host: Host): void {
  if (!cellVersion(env.GPUDOCK_DRIVER) || cellVersion(env.GPUDOCK_CUDA)) return;
  host.driver.cudaVersion = null;
  delete host.sources['driver.cudaVersion'];
}

/** The GPUs that `GPUDOCK_GPU` names stand in place of those that were found; an empty value says that there are none. */
export function overrideGpus(env: World['env'], host: Host): void {
  const names = env.GPUDOCK_GPU?.split(',').map(name => name.trim());
  if (!names) return;
  host.gpus = names
    .filter(name => name !== '')
    .map((name, index) => ({
      index,
      uuid: null,
      busId: null,
      pciId: null,
      name,
      architecture: null,
      computeCapability: null,
      memoryMiB: null,
      usedMiB: null,
      utilization: null,
      state: 'unknown',
      mig: {mode: null, devices: []},
      processes: null,
      sources: ['overridden by GPUDOCK_GPU'],
    }));
  host.sources.gpus = 'overridden by GPUDOCK_GPU';
}
