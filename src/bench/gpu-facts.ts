import {child, type Element, reportOf, words} from '../host/sources/smi-report.js';
import {cellNumber, cellText} from '../host/text.js';
import type {World} from '../world/world.js';

/** What of a GPU decides its figures; null: not told. */
export interface GpuFacts {
  uuid: string | null;
  name: string | null;
  driver: string | null;
  persistence: boolean | null;
  ecc: boolean | null;
  mig: boolean | null;
  display: boolean | null;
  smClockMHz: number | null;
  smClockMaxMHz: number | null;
  temperature: number | null;
  powerLimitWatt: number | null;
  utilization: number | null;
  /** Why it is slowed down right now, in the driver's words; []: it is not. */
  slowed: string[] | null;
  /** Where it is attached: the node, and the CPUs that are near to it. */
  numaNode: number | null;
  nearCpus: string | null;
}

type Files = Pick<World, 'read' | 'run'>;

/** A report on eight GPUs whose driver has to be loaded first takes that long. */
const LIMIT = 20_000;

/** Of every GPU in the order of nvidia-smi; null: it told nothing. */
export async function readGpus(world: Files): Promise<GpuFacts[] | null> {
  const outcome = await world.run({program: 'nvidia-smi', args: ['-q', '-x'], timeout: LIMIT, env: {LC_ALL: 'C'}});
  const report = outcome.status === 'ran' && outcome.exit === 0 ? await reportOf(outcome.stdout) : null;
  if (report === null) return null;
  const driver = cellText(words(report.head, 'kmd_version') ?? words(report.head, 'driver_version'));
  return Promise.all(report.gpus.map(async gpu => ({...gpuFacts(gpu, driver), ...(await near(world, gpu))})));
}

function gpuFacts(gpu: Element, driver: string | null): Omit<GpuFacts, 'numaNode' | 'nearCpus'> {
  // Without the prefix up to R525
  const power = child(gpu, 'gpu_power_readings' in gpu ? 'gpu_power_readings' : 'power_readings');
  const number = (parent: Element, name: string): number | null => cellNumber(words(parent, name));
  return {
    uuid: cellText(words(gpu, 'uuid')),
    name: cellText(words(gpu, 'product_name')),
    driver,
    persistence: mode(words(gpu, 'persistence_mode')),
    ecc: mode(words(child(gpu, 'ecc_mode'), 'current_ecc')),
    mig: mode(words(child(gpu, 'mig_mode'), 'current_mig')),
    display: mode(words(gpu, 'display_active')),
    smClockMHz: number(child(gpu, 'clocks'), 'sm_clock'),
    smClockMaxMHz: number(child(gpu, 'max_clocks'), 'sm_clock'),
    temperature: number(child(gpu, 'temperature'), 'gpu_temp'),
    powerLimitWatt: number(power, 'current_power_limit') ?? number(power, 'power_limit'),
    utilization: number(child(gpu, 'utilization'), 'gpu_util'),
    slowed: slowed(gpu),
  };
}

const mode = (text: string | undefined): boolean | null =>
  ({enabled: true, yes: true, disabled: false, no: false})[text?.toLowerCase() ?? ''] ?? null;

/** A GPU that is idle, or held to clocks that somebody chose, is not slowed down. */
const SLOWDOWNS = ['hw_slowdown', 'hw_thermal_slowdown', 'hw_power_brake_slowdown', 'sw_thermal_slowdown'];

/** "throttle reasons" up to R530, "event reasons" since. */
function slowed(gpu: Element): string[] | null {
  const kind = 'clocks_event_reasons' in gpu ? 'clocks_event_reason' : 'clocks_throttle_reason';
  const reasons = child(gpu, `${kind}s`);
  const told = SLOWDOWNS.filter(reason => `${kind}_${reason}` in reasons);
  return told.length === 0 ? null : told.filter(reason => words(reasons, `${kind}_${reason}`) === 'Active');
}

/** sysfs names a device with four digits of its domain, nvidia-smi with eight. */
async function near(world: Files, gpu: Element): Promise<Pick<GpuFacts, 'numaNode' | 'nearCpus'>> {
  const [, device] = /^0000([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(words(gpu, '@_id') ?? '') ?? [];
  if (device === undefined) return {numaNode: null, nearCpus: null};
  const [node, cpus] = await Promise.all(
    ['numa_node', 'local_cpulist'].map(async name => {
      const file = await world.read(`/sys/bus/pci/devices/${device.toLowerCase()}/${name}`, 4_096);
      return file.status === 'ok' ? Buffer.from(file.value).toString('utf8').trim() : null;
    }),
  );
  // -1: the firmware names no node.
  return {numaNode: /^\d+$/.test(node ?? '') ? Number(node) : null, nearCpus: cpus || null};
}
