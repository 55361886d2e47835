import {asRoot, type Check, type Diagnosis, written} from '../diagnosis.js';

/** Under WSL2 both are of the driver of Windows, unless one was installed in WSL. */
const UPDATED_WINDOWS: Diagnosis = {
  id: 'driver_library_mismatch',
  severity: 'error',
  cause: 'the libraries that this WSL2 machine has are of another driver than Windows runs',
  fix: 'in PowerShell: wsl --shutdown; then start it again, and remove driver packages that were installed in WSL',
  source: 'https://docs.nvidia.com/cuda/wsl-user-guide/',
};

/** Libraries and kernel module differ: programs that run still work, whatever starts next does not. */
export const driverMismatch: Check = (host, {driver, system}) => {
  if (host.os.wsl) return host.driver.status === 'version-mismatch' ? [UPDATED_WINDOWS] : [];
  const {moduleVersion: module, libraryVersions: libraries} = driver;
  if (module === null || libraries === null || libraries.length === 0) return [];
  // Files of an older driver that were left behind prove nothing.
  if (libraries.includes(module)) return [];
  const waits = system.restartRequired ? '; the distribution also says that a restart is due' : '';
  return [
    {
      id: 'driver_library_mismatch',
      severity: 'error',
      cause: `the driver on disk is ${libraries.join(', ')} and the kernel still runs ${module}: containers with GPUs that start now will fail${waits}`,
      source: 'NVIDIA/nvidia-container-toolkit#394, badbread/crumbvms#395',
      // No remedy for --fix: it would end what runs, and the doctor too.
      fix: written([asRoot(host, 'reboot')]),
    },
  ];
};
