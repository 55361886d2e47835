import {asRoot, type Check, mendable} from '../diagnosis.js';

/** Libraries and kernel module differ: programs that run still work, whatever starts next does not. */
export const driverMismatch: Check = (host, {driver, system}) => {
  const {moduleVersion: module, libraryVersion: library} = driver;
  if (module === null || library === null || module === library || host.os.wsl) return [];
  const waits = system.restartRequired ? '; the distribution also says that a restart is due' : '';
  return [
    mendable(
      {
        id: 'driver_library_mismatch',
        severity: 'error',
        cause: `the driver on disk is ${library} and the kernel still runs ${module}: containers with GPUs that start now will fail${waits}`,
        source: 'NVIDIA/nvidia-container-toolkit#394, badbread/crumbvms#395',
      },
      {steps: [asRoot(host, 'reboot')]},
    ),
  ];
};
