import type {Host} from '../../contract/host.js';
import {asRoot, type Check, type Diagnosis, mendable} from '../diagnosis.js';
import type {DriverEvidence} from '../evidence.js';

/** Whether the driver stays awake, and the daemon that keeps it so. */
export const persistence: Check = (host, {driver}) =>
  driver.persistenced === 'failed' && host.driver.status === 'ok' ? [failedDaemon(host)] : sleeping(host, driver);

/** A driver that does not run is why the daemon does not, and a finding of its own. */
const failedDaemon = (host: Host): Diagnosis =>
  mendable(
    {
      id: 'persistenced_failed',
      severity: 'warning',
      cause:
        'nvidia-persistenced failed to start (journalctl -u nvidia-persistenced -n 50 says why): containers whose CDI specification mounts its socket do not start, and others start slowly',
      source: 'https://docs.nvidia.com/deploy/driver-persistence/',
    },
    {steps: [asRoot(host, 'systemctl', 'restart', 'nvidia-persistenced')]},
  );

/** Without persistence several GPUs take seconds to wake, and container starts may time out. */
function sleeping(host: Host, driver: DriverEvidence): Diagnosis[] {
  const off = driver.persistence?.filter(mode => mode === 'Disabled').length ?? 0;
  if (off < 2 || host.os.wsl) return [];
  return [
    mendable(
      {
        id: 'persistence_mode_off',
        severity: 'info',
        cause: `${off} GPUs are put to sleep when nothing uses them: the first start after that is slow and may time out`,
        source: 'NVIDIA/nvidia-container-toolkit#202, NVIDIA/nvidia-docker#1648',
      },
      {
        steps: [asRoot(host, 'systemctl', 'enable', '--now', 'nvidia-persistenced')],
        undo: [asRoot(host, 'systemctl', 'disable', '--now', 'nvidia-persistenced')],
      },
    ),
  ];
}
