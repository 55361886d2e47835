import type {Check, Diagnosis} from '../diagnosis.js';

/** Kinds of engine that hand over GPUs in their own way, or not at all. */
export const engineKind: Check = ({engine, gpus, os}) => {
  if ((gpus?.length ?? 0) === 0) return [];
  const findings: Diagnosis[] = [];
  if (engine.snap && engine.gpuAccess.cdi !== true) {
    findings.push({
      id: 'docker_from_snap',
      severity: 'error',
      cause: 'this Docker comes from snap, which is confined and does not see the NVIDIA container toolkit',
      fix: 'sudo snap remove docker, and install Docker from its own packages (https://docs.docker.com/engine/install/); images of the snap are lost',
      source: 'canonical/docker-snap#148, NVIDIA/nvidia-container-toolkit#522',
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
