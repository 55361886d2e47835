import type {Host} from '../../contract/host.js';
import type {Check, Diagnosis} from '../diagnosis.js';
import {type Family, familyOf, type ImageWay, imageWayOf} from '../packages.js';

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

/** https://rpmfusion.org/Howto/NVIDIA ("OSTree"), https://wiki.nixos.org/wiki/NVIDIA */
const IN_IMAGE: Readonly<Record<ImageWay, string>> = {
  ostree:
    'add RPM Fusion, then: rpm-ostree install akmod-nvidia xorg-x11-drv-nvidia-cuda; rpm-ostree kargs --append=rd.driver.blacklist=nouveau --append=modprobe.blacklist=nouveau; then restart',
  nixos:
    'in configuration.nix: services.xserver.videoDrivers = ["nvidia"]; hardware.nvidia.open = true; then: sudo nixos-rebuild switch, and restart',
  image:
    "this system's image is read-only: take the image, or the extension of it, that its publisher makes with the NVIDIA driver",
};

/** No driver at all: beside a GPU on the bus, or under WSL2, where the driver is that of Windows. */
export const driverAbsent: Check = (host, {system}) => {
  if (host.driver.status !== 'absent') return [];
  if (host.os.wsl) return [withoutWindowsDriver(system.dxg)];
  if ((host.gpus?.length ?? 0) === 0) return [];
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
  const way = imageWayOf(host);
  if (way) return IN_IMAGE[way];
  const names = [host.os.distro, ...(host.os.like ?? [])];
  const own = OWN_WAY.find(([id]) => names.includes(id))?.[1];
  const family = familyOf(host);
  return own ?? (family ? INSTALL[family] : 'install the NVIDIA driver of your distribution, then restart');
}

/** Whether Windows has an NVIDIA GPU cannot be told from within. */
function withoutWindowsDriver(dxg: boolean | null): Diagnosis {
  const finding = {severity: 'warning' as const, source: 'https://docs.nvidia.com/cuda/wsl-user-guide/'};
  if (dxg === false) {
    return {
      ...finding,
      id: 'wsl_no_adapter',
      cause: 'Windows lends this machine no GPU (/dev/dxg is missing): it is WSL 1, or GPU support is switched off',
      fix: 'in PowerShell: wsl --set-version DISTRO 2; wsl --update; wsl --shutdown; and no gpuSupport=false in .wslconfig',
    };
  }
  return {
    ...finding,
    id: 'driver_absent',
    cause: 'no NVIDIA driver of Windows reaches this WSL2 machine',
    fix: 'if Windows has an NVIDIA GPU: install its driver in Windows (none in WSL), then in PowerShell: wsl --update; wsl --shutdown',
  };
}
