import {asRoot, type Check, mendable} from '../diagnosis.js';

/** Docker is installed and does not run. */
export const engineStopped: Check = (host, {engine}) => {
  if (host.engine.kind !== null || (engine.unit !== 'inactive' && engine.unit !== 'failed')) return [];
  return [
    mendable(
      {
        id: 'docker_daemon_unreachable',
        severity: 'error',
        cause:
          engine.unit === 'failed'
            ? 'Docker failed to start (journalctl -u docker -n 50 says why)'
            : 'Docker is installed and not running',
        source: 'https://docs.docker.com/engine/daemon/troubleshoot/',
      },
      {
        steps: [asRoot(host, 'systemctl', 'enable', '--now', 'docker')],
        undo: [asRoot(host, 'systemctl', 'disable', '--now', 'docker')],
      },
    ),
  ];
};
