import {asRoot, type Check, hasGpu, hasLocalEngine, mendable} from '../diagnosis.js';

const SOURCE = 'NVIDIA/nvidia-container-toolkit#580, NVIDIA/nvidia-container-toolkit#139';
const SETTING = 'nvidia-container-cli.no-cgroups';

/** `no-cgroups` must be on for a rootless engine and off for one with root: one file, two engines. */
export const noCgroups: Check = (host, {toolkit}) => {
  const {rootless, gpuAccess} = host.engine;
  if (!hasGpu(host) || !hasLocalEngine(host) || gpuAccess.cdi || rootless === null || toolkit.noCgroups === null)
    return [];
  if (rootless === toolkit.noCgroups) return [];
  const set = (value: boolean) => asRoot(host, 'nvidia-ctk', 'config', '--set', `${SETTING}=${value}`, '--in-place');
  return [
    mendable(
      {
        id: rootless ? 'cgroup_device_denied' : 'no_cgroups_set',
        severity: 'error',
        cause: rootless
          ? 'this engine is rootless, and no-cgroups is off: the hook may not change device rules'
          : 'no-cgroups is on, which rootless engines need: containers of this engine get no right to the GPU devices',
        source: SOURCE,
      },
      {steps: [set(rootless)], undo: [set(!rootless)]},
    ),
  ];
};
