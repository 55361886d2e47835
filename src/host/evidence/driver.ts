import type {Host} from '../../contract/host.js';
import type {DriverEvidence} from '../../diagnosis/evidence.js';
import type {World} from '../../world/world.js';
import {readLibraries} from '../sources/folders.js';
import {linesOf} from '../text.js';
import {isThere, outputOf, textOf, unitState} from './reading.js';

/** The state of the driver in kernel, firmware and files. */
export async function readDriverEvidence(world: World, host: Host, timeout: number): Promise<DriverEvidence> {
  const [
    moduleVersion,
    libraries,
    modules,
    secureBoot,
    builtForKernel,
    dkms,
    kernelLog,
    persistence,
    nvSwitches,
    fabricManager,
    persistenced,
  ] = await Promise.all([
    textOf(world, '/sys/module/nvidia/version', 100),
    readLibraries(world),
    textOf(world, '/proc/modules'),
    readSecureBoot(world),
    readBuilt(world, host.os.kernel),
    isThere(world, '/var/lib/dkms/nvidia'),
    readKernelLog(world, timeout),
    outputOf(world, timeout, 'nvidia-smi', '--query-gpu=persistence_mode', '--format=csv,noheader'),
    readNvSwitches(world),
    unitState(world, 'nvidia-fabricmanager', timeout),
    unitState(world, 'nvidia-persistenced', timeout),
  ]);
  return {
    moduleVersion: moduleVersion?.trim() || null,
    libraryVersions: libraries.says.libraryVersions ?? null,
    modules: modules === null ? null : linesOf(modules).flatMap(line => line.split(' ', 1)[0] || []),
    secureBoot,
    builtForKernel,
    dkms,
    kernelLog,
    persistence:
      persistence === null
        ? null
        : linesOf(persistence)
            .filter(Boolean)
            .map(line => line.trim()),
    nvSwitches,
    fabricManager,
    persistenced,
  };
}

/** The UEFI variable of the specification's global GUID: four bytes of attributes, then 1 or 0. */
const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

async function readSecureBoot(world: Pick<World, 'read'>): Promise<boolean | null> {
  const file = await world.read(SECURE_BOOT, 16);
  if (file.status !== 'ok' || file.value.length < 5) return null;
  return file.value[4] === 1;
}

/** Where distributions, DKMS and NVIDIA's installer place modules, below /lib/modules/<kernel>. */
const MODULE_FOLDERS = [
  'updates/dkms',
  'updates',
  'extra',
  'extra/nvidia',
  'kernel/drivers/video',
  'kernel/drivers/video/nvidia',
  'weak-updates',
];
const PREBUILT = 'kernel/nvidia';

async function readBuilt(world: Pick<World, 'list'>, kernel: string | null): Promise<boolean | null> {
  if (kernel === null) return null;
  const base = `/lib/modules/${kernel}`;
  const index = await world.list(base);
  if (index.status !== 'ok') return null;
  const folders = await Promise.all(
    [...MODULE_FOLDERS, ...(await prebuilt(world, base))].map(folder => world.list(`${base}/${folder}`)),
  );
  if (
    folders.some(folder => folder.status === 'ok' && folder.value.some(name => /^nvidia\.ko(?:\.\w{2,4})?$/.test(name)))
  )
    return true;
  return folders.every(({status}) => status === 'ok' || status === 'not-found') ? false : null;
}

/** Ubuntu's signed modules: kernel/nvidia-570-open/. */
async function prebuilt(world: Pick<World, 'list'>, base: string): Promise<string[]> {
  const kernel = await world.list(`${base}/kernel`);
  const names = kernel.status === 'ok' ? kernel.value.filter(name => name.startsWith('nvidia-')) : [];
  return [PREBUILT, ...names.map(name => `kernel/${name}`)];
}

/** Only lines about the driver: the rest of the log may hold serial numbers, and would become part of a capture. */
async function readKernelLog(world: World, timeout: number): Promise<string | null> {
  const journal = ['--dmesg', '--boot', '--no-pager', '--output=short-monotonic', '--grep=NVRM|nouveau|Lockdown'];
  const said =
    (world.recorded ? await outputOf(world, timeout, 'dmesg') : null) ??
    (await outputOf(world, timeout, 'journalctl', ...journal));
  return said === null
    ? null
    : linesOf(said)
        .filter(line => /NVRM|nvidia|nouveau|Lockdown/i.test(line))
        .slice(-2_000)
        .join('\n');
}

/** The driver makes a folder for each NVSwitch. */
async function readNvSwitches(world: Pick<World, 'list'>): Promise<number | null> {
  const folder = await world.list('/proc/driver/nvidia-nvswitch/devices');
  if (folder.status === 'ok') return folder.value.length;
  return folder.status === 'not-found' ? 0 : null;
}
