import type {Check} from '../diagnosis.js';

/** MIG on and nothing made of it: containers see no device. */
export const migWithoutInstance: Check = ({gpus}) =>
  (gpus ?? []).flatMap(({mig, index, name, sources}) => {
    // Only listings and full reports would show instances.
    const shown = sources.some(source => / -L$| -q/.test(source));
    if (mig.mode !== 'enabled' || mig.devices.length > 0 || !shown) return [];
    const gpu = index === null ? (name ?? 'a GPU') : `GPU ${index}`;
    return [
      {
        id: 'mig_without_instance',
        severity: 'error' as const,
        cause: `MIG is on for ${gpu} and no instance was made, so programs find no device`,
        fix: `sudo nvidia-smi mig -lgip -i ${index ?? 0} lists profiles; sudo nvidia-smi mig -cgi PROFILE -C -i ${index ?? 0} makes one; or switch MIG off: sudo nvidia-smi -i ${index ?? 0} -mig 0`,
        source: 'NVIDIA/nvidia-container-toolkit#86',
      },
    ];
  });
