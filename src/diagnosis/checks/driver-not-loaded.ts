import {asRoot, type Check, type Diagnosis, mendable} from '../diagnosis.js';
import {type Family, familyOf, type ImageWay, imageWayOf} from '../packages.js';

const SOURCE = 'GoogleCloudPlatform/compute-gpu-installation#18, CachyOS/linux-cachyos#118';
const REFUSED =
  /nvidia\S{0,20}: .{0,80}(?:Key was rejected|Required key not available)|Lockdown: .{0,60}unsigned module/i;

/** Under WSL2 no module is to be loaded: the driver is that of Windows. */
const SILENT_WINDOWS: Diagnosis = {
  id: 'driver_not_loaded',
  severity: 'error',
  cause: 'the NVIDIA driver of Windows does not answer this WSL2 machine',
  fix: 'in Windows update the NVIDIA driver, then in PowerShell: wsl --update; wsl --shutdown; driver packages installed in WSL are to be removed',
  source: 'https://docs.nvidia.com/cuda/wsl-user-guide/',
};

/** The driver is installed and the kernel does not run it: why, as far as it can be told. */
export const driverNotLoaded: Check = (host, {driver}) => {
  if (host.driver.status !== 'not-loaded') return [];
  if (host.os.wsl) return [SILENT_WINDOWS];
  const family = familyOf(host);
  const because = (cause: string): Omit<Diagnosis, 'fix'> => ({
    id: 'driver_not_loaded',
    severity: 'error',
    cause: `the NVIDIA kernel module is not loaded: ${cause}`,
    source: SOURCE,
  });
  if (driver.modules?.includes('nouveau')) {
    return [
      {
        ...because('nouveau, the free driver, holds the GPU'),
        fix: `put "blacklist nouveau" and "options nouveau modeset=0" into /etc/modprobe.d/blacklist-nouveau.conf, ${family ? `then: ${INITRAMFS[family]}, and restart` : 'rebuild the initramfs, and restart'}`,
      },
    ];
  }
  if (driver.builtForKernel === false) {
    const rebuild = asRoot(host, 'dkms', 'autoinstall');
    const cause = because(`it was not built for the running kernel ${host.os.kernel ?? ''}`.trim());
    if (driver.dkms) return [mendable(cause, {steps: [rebuild, asRoot(host, 'modprobe', 'nvidia')]})];
    const way = imageWayOf(host);
    return [{...cause, fix: way ? IN_IMAGE[way] : reinstall(family)}];
  }
  if (driver.secureBoot && (driver.builtForKernel || REFUSED.test(driver.kernelLog ?? ''))) {
    return [
      {
        ...because('Secure Boot is on, and the firmware does not know the key it is signed with'),
        fix: 'enrol the key that signs it (Debian, Ubuntu: sudo mokutil --import /var/lib/shim-signed/mok/MOK.der), restart and confirm; or switch Secure Boot off',
      },
    ];
  }
  const cause = driver.builtForKernel ? 'nothing loaded it yet' : 'why cannot be told from here; loading it says so';
  return [mendable(because(cause), {steps: [asRoot(host, 'modprobe', 'nvidia')]})];
};

const REINSTALL: Readonly<Record<Family, string>> = {
  debian: 'sudo apt-get install --reinstall "linux-headers-$(uname -r)" and the nvidia-driver package, then restart',
  fedora:
    'sudo dnf install "kernel-devel-$(uname -r)"; sudo dnf reinstall the NVIDIA driver package (RPM Fusion: sudo akmods --force), then restart',
  suse: 'sudo zypper install --force kernel-default-devel and the NVIDIA driver package, then restart',
  arch: 'sudo pacman -S linux-headers nvidia-open-dkms (older GPUs: nvidia-dkms), then restart',
};

const IN_IMAGE: Readonly<Record<ImageWay, string>> = {
  ostree:
    'rpm-ostree upgrade, and restart: akmods builds the module with the new kernel; or back to the kernel before: rpm-ostree rollback',
  nixos: 'sudo nixos-rebuild switch, and restart: kernel and driver are built together',
  image: "this system's image is read-only: update it, or go back to the one before, and restart",
};

const reinstall = (family: Family | null): string =>
  family === null
    ? 'reinstall the driver package for this kernel (with its kernel headers), then restart'
    : REINSTALL[family];

const INITRAMFS: Readonly<Record<Family, string>> = {
  debian: 'sudo update-initramfs -u',
  fedora: 'sudo dracut --force',
  suse: 'sudo dracut --force',
  arch: 'sudo mkinitcpio -P',
};
