import {asRoot, type Check, hasLocalEngine, mendable} from '../diagnosis.js';

/** What daemon.json promises and the running daemon does not have yet. */
export const restartNeeded: Check = (host, {engine}) => {
  const config = engine.daemonConfig;
  if (!config || !hasLocalEngine(host) || host.engine.kind !== 'docker' || !reads(host, config)) return [];
  const missing = [
    ...(host.engine.runtimes && 'nvidia' in asRecord(config.runtimes) && !host.engine.runtimes.includes('nvidia')
      ? ['the runtime nvidia']
      : []),
    ...(engine.cdiFolders?.length === 0 && asRecord(config.features).cdi === true ? ['CDI'] : []),
  ];
  if (missing.length === 0) return [];
  return [
    mendable(
      {
        id: 'docker_restart_needed',
        severity: 'error',
        cause: `daemon.json has ${missing.join(' and ')}, and the running daemon has not: it was not restarted since`,
        source: 'NVIDIA/nvidia-docker#1058, moby/moby:daemon',
      },
      {steps: [asRoot(host, 'systemctl', 'restart', 'docker')]},
    ),
  ];
};

/** Rootless, snap and private engines have another file, and tell by where they keep their images that they do. */
const reads = ({engine}: Parameters<Check>[0], config: Readonly<Record<string, unknown>>): boolean => {
  const folder = config['data-root'] ?? config.graph ?? '/var/lib/docker';
  return typeof folder === 'string' && (engine.rootDir?.startsWith(folder) ?? false);
};

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
