import {asRoot, type Check, written} from '../diagnosis.js';

/** Libraries and kernel module differ: programs that run still work, whatever starts next does not. */
export const driverMismatch: Check = (host, {driver, system}) => {
  const {moduleVersion: module, libraryVersions: libraries} = driver;
  if (module === null || libraries === null || libraries.length === 0 || host.os.wsl) return [];
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
