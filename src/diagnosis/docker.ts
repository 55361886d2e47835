import type {Host} from '../contract/host.js';
import {asRoot, type Remedy, type Step} from './diagnosis.js';
import type {EngineEvidence} from './evidence.js';

const CONFIG = '/etc/docker/daemon.json';
const CONFIG_BEFORE = `${CONFIG}.before-gpudock`;

/** Restarts the daemon: by systemd, as the user's own where it is rootless; else by the init script. */
export function restartStep(host: Host, {unit}: Pick<EngineEvidence, 'unit'>): Step {
  if (host.engine.rootless) return ['systemctl', '--user', 'restart', 'docker'];
  return unit === null || unit === 'absent'
    ? asRoot(host, 'service', 'docker', 'restart')
    : asRoot(host, 'systemctl', 'restart', 'docker');
}

/** Lets nvidia-ctk write the daemon's configuration; the one before is kept beside it, so that it can be put back. */
export function configured(host: Host, engine: EngineEvidence, ...options: string[]): Remedy {
  const restart = restartStep(host, engine);
  const configure = asRoot(host, 'nvidia-ctk', 'runtime', 'configure', '--runtime=docker', ...options);
  // A file that could not be read may not be there, and then there is nothing to keep.
  if (engine.daemonConfig === null) return {steps: [configure, restart]};
  return {
    steps: [asRoot(host, 'cp', '-a', CONFIG, CONFIG_BEFORE), configure, restart],
    undo: [asRoot(host, 'mv', CONFIG_BEFORE, CONFIG), restart],
  };
}
