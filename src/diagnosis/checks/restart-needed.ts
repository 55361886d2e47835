import type {Host} from '../../contract/host.js';
import {type Check, type Diagnosis, hasGpu, hasLocalEngine, mendable} from '../diagnosis.js';
import {restartStep} from '../docker.js';
import type {EngineEvidence} from '../evidence.js';

/** What was set up after the daemon started, and it does not have yet. */
export const restartNeeded: Check = (host, {engine}) => [...unreadConfig(host, engine), ...newHook(host, engine)];

/** The daemon looks for the hook once, when it starts. An update of the hook looks the same, and does no harm. */
function newHook(host: Host, engine: EngineEvidence): Diagnosis[] {
  const {hook, cdi} = host.engine.gpuAccess;
  if (!engine.hookNewer || !hook || cdi !== false || !hasGpu(host) || !hasLocalEngine(host)) return [];
  return [
    mendable(
      {
        id: 'docker_restart_needed',
        severity: 'warning',
        cause:
          'the NVIDIA container toolkit was installed or updated after the daemon started, which looks for it only then: where --gpus fails, this is why',
        source: 'moby/moby:daemon/nvidia_linux.go, NVIDIA/nvidia-docker#1034',
      },
      {steps: [restartStep(host, engine)]},
    ),
  ];
}

/** What daemon.json promises and the running daemon does not have yet. */
function unreadConfig(host: Host, engine: EngineEvidence): Diagnosis[] {
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
      {steps: [restartStep(host, engine)]},
    ),
  ];
}

/** Rootless, snap and private engines have another file, and tell by where they keep their images that they do. */
const reads = ({engine}: Parameters<Check>[0], config: Readonly<Record<string, unknown>>): boolean => {
  const folder = config['data-root'] ?? config.graph ?? '/var/lib/docker';
  return typeof folder === 'string' && (engine.rootDir?.startsWith(folder) ?? false);
};

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
