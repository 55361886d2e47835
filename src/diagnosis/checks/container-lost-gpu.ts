import {type Check, mendable} from '../diagnosis.js';

const LOST = /Failed to initialize NVML: (?:Unknown Error|Driver\/library version mismatch)/i;

/** Running containers whose GPUs no longer answer. */
export const containerLostGpu: Check = (_, {engine}) =>
  (engine.containers ?? []).flatMap(({name, smi}) => {
    const said = LOST.exec(smi ?? '')?.[0];
    if (!said) return [];
    return [
      mendable(
        {
          id: 'container_lost_gpu',
          severity: 'error',
          cause: `the container ${name} lost its GPUs: ${said}`,
          source: 'NVIDIA/nvidia-container-toolkit#48',
        },
        {steps: [['docker', 'restart', name]]},
      ),
    ];
  });
