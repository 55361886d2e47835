import type {Host} from '../../contract/host.js';
import {asRoot, type Check, type Diagnosis, hasGpu, hasLocalEngine, mendable} from '../diagnosis.js';
import {configuring} from '../docker.js';
import type {EngineEvidence} from '../evidence.js';

const SPEC = '/var/run/cdi/nvidia.yaml';

/** CDI: switched off, without a specification, or with one of another driver. */
export const cdi: Check = (host, {toolkit, engine}) => {
  if (!hasGpu(host) || host.os.wsl) return [];
  const stale = staleSpec(host.driver.status === 'ok' ? host.driver.version : null, toolkit.cdiSpecs);
  const generate = asRoot(host, 'nvidia-ctk', 'cdi', 'generate', `--output=${stale?.path ?? SPEC}`);
  if (stale) {
    return [
      mendable(
        {
          id: 'cdi_spec_stale',
          severity: 'error',
          cause: `the CDI specification ${stale.path} names files of driver ${stale.versions.join(', ')}, and ${host.driver.version} is installed`,
          source: 'HaveAGitGat/Tdarr#1423, containers/ramalama#899',
        },
        {steps: [generate]},
      ),
    ];
  }
  const hasSpec = (toolkit.cdiSpecs?.length ?? 0) > 0;
  if (host.engine.kind === 'docker' && hasLocalEngine(host) && engine.cdiFolders?.length === 0 && hasSpec) {
    return [off(host, engine)];
  }
  if (host.engine.kind !== 'podman' || toolkit.cdiSpecs === null || hasSpec || host.engine.cdiDevices?.length)
    return [];
  return [
    mendable(
      {
        id: 'cdi_unresolvable',
        severity: 'error',
        cause: 'Podman gets GPUs by CDI alone, and no CDI specification is there',
        source: 'NVIDIA/cloud-native-docs:container-toolkit/cdi-support.md',
      },
      {steps: [generate], undo: [asRoot(host, 'rm', SPEC)]},
    ),
  ];
};

function off(host: Host, engine: EngineEvidence): Diagnosis {
  const finding = {
    id: 'cdi_not_enabled',
    // --gpus still works by the hook.
    severity: host.engine.gpuAccess.hook || host.engine.gpuAccess.runtime ? ('info' as const) : ('warning' as const),
    cause: 'a CDI specification is there, and Docker has CDI switched off (its default before 28.2)',
    source: 'NVIDIA/nvidia-container-toolkit#434, moby/moby@4cecce03f6',
  };
  return configuring(finding, host, engine, {options: ['--cdi.enabled']});
}

type Specs = Parameters<Check>[1]['toolkit']['cdiSpecs'];

/** A specification all of whose driver versions are others than the one that runs. */
function staleSpec(driver: string | null, specs: Specs): {path: string; versions: readonly string[]} | null {
  if (driver === null) return null;
  const stale = specs?.find(({driverVersions}) => driverVersions.length > 0 && !driverVersions.includes(driver));
  return stale ? {path: stale.path, versions: stale.driverVersions} : null;
}
