import type {Check} from '../diagnosis.js';
import {familyOf} from '../packages.js';

const INSTALL = {
  debian: 'Ubuntu: sudo ubuntu-drivers install; Debian: sudo apt-get install -y nvidia-driver; then restart',
  fedora: "add NVIDIA's repository, then: sudo dnf install -y nvidia-open (older GPUs: cuda-drivers); then restart",
  suse: "add NVIDIA's repository, then: sudo zypper install nvidia-open; then restart",
  arch: 'sudo pacman -S nvidia-open (older GPUs: nvidia); then restart',
};

/** A GPU on the bus, and no driver at all. */
export const driverAbsent: Check = host => {
  if (host.driver.status !== 'absent' || (host.gpus?.length ?? 0) === 0) return [];
  if (host.os.wsl) return [];
  const family = familyOf(host);
  return [
    {
      id: 'driver_absent',
      severity: 'error',
      cause: `this machine has ${host.gpus?.[0]?.name ?? 'an NVIDIA GPU'} and no NVIDIA driver`,
      fix: family ? INSTALL[family] : 'install the NVIDIA driver of your distribution, then restart',
      source: 'https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/',
    },
  ];
};
