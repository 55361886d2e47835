import {asRoot, type Check, hasGpu, hasLocalEngine, mendable} from '../diagnosis.js';
import {restartStep} from '../docker.js';

/** `--gpus` works only where the daemon finds the hook on its own PATH. */
export const hookPath: Check = (host, {engine}) => {
  const {cdi, hook} = host.engine.gpuAccess;
  if (!hasGpu(host) || !hasLocalEngine(host) || hook !== false || cdi || engine.strayHook === null) return [];
  return [
    mendable(
      {
        id: 'nvidia_hook_not_on_path',
        severity: 'error',
        cause: `nvidia-container-runtime-hook lies in ${engine.strayHook}, where the Docker daemon does not look`,
        source: 'moby/moby:daemon/nvidia_linux.go',
      },
      {
        steps: [
          asRoot(host, 'ln', '-s', engine.strayHook, '/usr/local/bin/nvidia-container-runtime-hook'),
          restartStep(host, engine),
        ],
        undo: [asRoot(host, 'rm', '/usr/local/bin/nvidia-container-runtime-hook')],
      },
    ),
  ];
};
