import type {Host} from '../../contract/host.js';
import type {Check} from '../diagnosis.js';
import {type Family, familyOf} from '../packages.js';

/** Distributions with a way of their own, by their id or that of what they were made from; the first that fits. */
const OWN_WAY: readonly (readonly [id: string, fix: string])[] = [
  ['pop', 'sudo apt-get install -y system76-driver-nvidia; then restart'],
  ['manjaro', 'sudo mhwd -a pci nonfree 0300; then restart'],
  ['ubuntu', 'sudo ubuntu-drivers install; then restart'],
];

const INSTALL: Readonly<Record<Family, string>> = {
  debian: 'sudo apt-get install -y nvidia-driver (of the section non-free); then restart',
  fedora: "add NVIDIA's repository, then: sudo dnf install -y nvidia-open (older GPUs: cuda-drivers); then restart",
  suse: "add NVIDIA's repository, then: sudo zypper install nvidia-open; then restart",
  arch: 'sudo pacman -S nvidia-open (older GPUs: nvidia); then restart',
};

/** A GPU on the bus, and no driver at all. */
export const driverAbsent: Check = host => {
  if (host.driver.status !== 'absent' || (host.gpus?.length ?? 0) === 0) return [];
  if (host.os.wsl) return [];
  return [
    {
      id: 'driver_absent',
      severity: 'error',
      cause: `this machine has ${host.gpus?.[0]?.name ?? 'an NVIDIA GPU'} and no NVIDIA driver`,
      fix: install(host),
      source: 'https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/',
    },
  ];
};

function install(host: Host): string {
  const names = [host.os.distro, ...(host.os.like ?? [])];
  const own = OWN_WAY.find(([id]) => names.includes(id))?.[1];
  const family = familyOf(host);
  return own ?? (family ? INSTALL[family] : 'install the NVIDIA driver of your distribution, then restart');
}
