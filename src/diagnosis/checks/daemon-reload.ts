import {type Check, hasGpu, hasLocalEngine} from '../diagnosis.js';
import {configuring} from '../docker.js';

/**
 * cgroup v2 with the systemd driver, and GPUs by the hook: a `systemctl daemon-reload` takes them away again. On a Jetson
 * the toolkit writes the devices into the container's specification, where systemd knows them.
 */
export const daemonReload: Check = (host, {engine}) => {
  const {cgroupVersion, cgroupDriver, gpuAccess, rootless, kind} = host.engine;
  if (!hasGpu(host) || !hasLocalEngine(host) || kind !== 'docker' || rootless) return [];
  if (host.driver.flavor === 'tegra') return [];
  if (cgroupVersion !== 2 || cgroupDriver !== 'systemd' || gpuAccess.cdi !== false) return [];
  if (!gpuAccess.hook && !gpuAccess.runtime) return [];
  return [
    configuring(
      {
        id: 'gpu_lost_on_daemon_reload',
        severity: 'warning',
        cause:
          'GPUs are handed over by the hook under cgroup v2 with the systemd driver: running containers lose them at the next `systemctl daemon-reload` ("Failed to initialize NVML: Unknown Error")',
        source: 'NVIDIA/nvidia-container-toolkit#48',
      },
      host,
      engine,
      {options: ['--cdi.enabled']},
    ),
  ];
};
