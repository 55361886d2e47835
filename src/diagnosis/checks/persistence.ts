import {asRoot, type Check, mendable} from '../diagnosis.js';

/** Without persistence several GPUs take seconds to wake, and container starts may time out. */
export const persistence: Check = (host, {driver}) => {
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
};
