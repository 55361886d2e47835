import type {Check, Diagnosis} from '../diagnosis.js';

/** Kinds of engine that hand over GPUs in their own way, or not at all. */
export const engineKind: Check = ({engine, gpus, os}) => {
  if ((gpus?.length ?? 0) === 0) return [];
  const findings: Diagnosis[] = [];
  // The snap sets the runtime up by itself where it finds the driver (since 2024, canonical/docker-snap#161).
  if (engine.snap && engine.gpuAccess.runtime === false && engine.gpuAccess.cdi !== true) {
    findings.push({
      id: 'docker_from_snap',
      severity: 'error',
      cause:
        'this Docker comes from snap: it is confined, does not see the NVIDIA container toolkit of this machine, and has set up none of its own',
      fix: 'sudo snap refresh docker && sudo snap restart docker; if that does not help: sudo snap remove docker (its images are lost), and install Docker from its own packages (https://docs.docker.com/engine/install/)',
      source: 'canonical/docker-snap#148, canonical/docker-snap#161, NVIDIA/nvidia-container-toolkit#522',
    });
  }
  if (engine.desktop && os.platform === 'linux' && os.wsl === false) {
    findings.push({
      id: 'docker_desktop_without_gpu',
      severity: 'error',
      cause: 'Docker Desktop on Linux runs containers in a machine of its own, which has no GPU',
      fix: 'docker context use default, with the Docker Engine of your distribution',
      source: 'NVIDIA/nvidia-container-toolkit#83, docker/roadmap#497',
    });
  }
  if (engine.remote) {
    findings.push({
      id: 'engine_elsewhere',
      severity: 'info',
      cause: "Docker's context, or DOCKER_HOST, names an engine on another machine: the GPUs of this one are not used",
      fix: 'if that is not meant: unset DOCKER_HOST; docker context use default',
      source: 'docker/cli#2622',
    });
  }
  if (engine.usernsRemap && engine.gpuAccess.cdi !== true) {
    findings.push({
      id: 'userns_remap',
      severity: 'warning',
      cause:
        'Docker maps user ids (userns-remap): the GPU devices belong to an unmapped user inside, and files in mounts to another',
      fix: 'start GPU containers with --userns=host, or use CDI',
      source: 'https://docs.docker.com/engine/security/userns-remap/',
    });
  }
  return findings;
};
