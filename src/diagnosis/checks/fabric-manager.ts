import {asRoot, type Check, mendable} from '../diagnosis.js';

/** Boards with NVSwitch compute only while the fabric manager runs. */
export const fabricManager: Check = (host, {driver}) => {
  if (!driver.nvSwitches || driver.fabricManager === null || driver.fabricManager === 'active') return [];
  const finding = {
    id: 'fabric_manager_not_ready',
    severity: 'error' as const,
    source: 'pytorch/pytorch#35710, ollama/ollama#12136',
  };
  if (driver.fabricManager === 'absent') {
    return [
      {
        ...finding,
        cause: 'this board has NVSwitch, and nvidia-fabricmanager is not installed',
        fix: `install nvidia-fabricmanager of exactly the driver version ${host.driver.version ?? ''}, then: sudo systemctl enable --now nvidia-fabricmanager`,
      },
    ];
  }
  return [
    mendable(
      {...finding, cause: `this board has NVSwitch, and nvidia-fabricmanager is ${driver.fabricManager}`},
      {
        steps: [asRoot(host, 'systemctl', 'enable', '--now', 'nvidia-fabricmanager')],
        undo: [asRoot(host, 'systemctl', 'disable', '--now', 'nvidia-fabricmanager')],
      },
    ),
  ];
};
