import type {Host} from '../contract/host.js';
import {asRoot, type Diagnosis, mendable, type Step, written} from './diagnosis.js';
import type {EngineEvidence} from './evidence.js';

/** Restarts the daemon: by systemd, as the user's own where it is rootless; else by the init script. */
export function restartStep(host: Host, {unit}: Pick<EngineEvidence, 'unit'>): Step {
  if (host.engine.rootless) return ['systemctl', '--user', 'restart', 'docker'];
  return unit === null || unit === 'absent'
    ? asRoot(host, 'service', 'docker', 'restart')
    : asRoot(host, 'systemctl', 'restart', 'docker');
}

/**
 * A diagnosis that nvidia-ctk mends by writing the daemon's configuration, after the steps `first`. The one before is
 * kept beside it, so that it can be put back. A rootless daemon has one of its user's
 * (NVIDIA/cloud-native-docs:container-toolkit/install-guide.md, "Rootless Mode").
 */
export function configuring(
  diagnosis: Omit<Diagnosis, 'fix' | 'remedy'>,
  host: Host,
  engine: EngineEvidence,
  {options = [], first = []}: {options?: readonly string[]; first?: readonly Step[]} = {},
): Diagnosis {
  const {rootless} = host.engine;
  const file = engine.configFile;
  const restart = restartStep(host, engine);
  const configure: Step = ['nvidia-ctk', 'runtime', 'configure', '--runtime=docker', ...options];
  if (rootless && file === null) {
    const line = `${written([configure])} --config="$HOME/.config/docker/daemon.json"`;
    return {...diagnosis, fix: [...first.map(step => written([step])), line, written([restart])].join(' && ')};
  }
  const step = (...command: Step): Step => (rootless ? command : asRoot(host, ...command));
  const steps = [step(...configure, ...(rootless ? [`--config=${file}`] : [])), restart];
  // A file that could not be read may not be there, and then there is nothing to keep.
  if (file === null || engine.daemonConfig === null) return mendable(diagnosis, {steps: [...first, ...steps]});
  const before = `${file}.before-gpudock`;
  return mendable(diagnosis, {
    steps: [...first, step('cp', '-a', file, before), ...steps],
    undo: [step('mv', before, file), restart],
  });
}
