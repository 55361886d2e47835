import {asRoot, type Check, type Diagnosis, mendable} from '../diagnosis.js';

const FINDING = {
  id: 'docker_daemon_unreachable',
  severity: 'error' as const,
  source: 'https://docs.docker.com/engine/daemon/troubleshoot/',
};

/** No engine is there, or it does not answer. */
export const engineStopped: Check = (host, {engine}) => {
  if (host.engine.kind !== null) return [];
  if (engine.unit === 'inactive' || engine.unit === 'failed') {
    return [
      mendable(
        {
          ...FINDING,
          cause:
            engine.unit === 'failed'
              ? 'Docker failed to start (journalctl -u docker -n 50 says why)'
              : 'Docker is installed and not running',
        },
        {
          steps: [asRoot(host, 'systemctl', 'enable', '--now', 'docker')],
          undo: [asRoot(host, 'systemctl', 'disable', '--now', 'docker')],
        },
      ),
    ];
  }
  return unanswered(engine.answer);
};

function unanswered(answer: Parameters<Check>[1]['engine']['answer']): Diagnosis[] {
  if (answer === 'not-found')
    return [{...FINDING, cause: 'there is no container engine: no socket of Docker or Podman', fix: 'gpudock setup'}];
  if (answer === 'error')
    return [
      {
        ...FINDING,
        cause: 'the socket or address of a container engine is there, and no engine answers at it',
        fix: 'systemctl status docker; docker context ls; where DOCKER_HOST is set: unset DOCKER_HOST',
      },
    ];
  if (answer === 'timeout')
    return [
      {
        id: 'docker_daemon_hangs',
        severity: 'error',
        cause: 'the container engine accepts connections and does not answer in time',
        fix: 'systemctl status docker; sudo systemctl restart docker',
        source: FINDING.source,
      },
    ];
  return [];
}
