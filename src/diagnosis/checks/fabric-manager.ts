import type {Host} from '../../contract/host.js';
import {asRoot, type Check, mendable} from '../diagnosis.js';
import {type Family, familyOf, imageWayOf} from '../packages.js';

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
        fix: `${install(host)} (of exactly the driver version ${host.driver.version ?? 'that runs'}), then: sudo systemctl enable --now nvidia-fabricmanager`,
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

const INSTALL: Readonly<Record<Family, (branch: string) => string>> = {
  debian: branch => `sudo apt-get install nvidia-fabricmanager-${branch}`,
  fedora: () => 'sudo dnf install nvidia-fabricmanager',
  suse: () => 'sudo zypper install nvidia-fabricmanager',
  arch: () => 'install nvidia-fabricmanager from the AUR',
};

function install(host: Host): string {
  if (imageWayOf(host) === 'ostree') return 'rpm-ostree install nvidia-fabricmanager, and restart';
  const family = familyOf(host);
  const branch = host.driver.version?.split('.')[0] ?? 'BRANCH';
  return family === null ? 'install nvidia-fabricmanager' : INSTALL[family](branch);
}
