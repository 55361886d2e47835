import {asRoot, type Check, hasGpu, hasLocalEngine, mendable, type Step} from '../diagnosis.js';
import {installStep} from '../packages.js';

const SOURCE = 'NVIDIA/nvidia-docker#1034, NVIDIA/cloud-native-docs:container-toolkit/install-guide.md';

/** The engine has no way to hand over a GPU: the toolkit is missing, or the engine was not told of it. */
export const gpuAccess: Check = (host, {toolkit}) => {
  const {cdi, hook, runtime} = host.engine.gpuAccess;
  if (!hasGpu(host) || !hasLocalEngine(host) || host.engine.kind === 'podman' || host.engine.snap) return [];
  if (cdi !== false || hook !== false || runtime !== false) return [];
  const configure: Step[] = [
    asRoot(host, 'nvidia-ctk', 'runtime', 'configure', '--runtime=docker'),
    asRoot(host, 'systemctl', 'restart', 'docker'),
  ];
  const finding = {id: 'no_gpu_device_driver', severity: 'error' as const, source: SOURCE};
  if (toolkit.installed) {
    return [
      mendable(
        {...finding, cause: 'nvidia-container-toolkit is installed, and Docker was not told of it'},
        {steps: configure},
      ),
    ];
  }
  const install = installStep(host, 'nvidia-container-toolkit');
  const cause = 'nvidia-container-toolkit is not installed, so Docker cannot hand over a GPU';
  if (install) return [mendable({...finding, cause}, {steps: [install, ...configure]})];
  return [
    {
      ...finding,
      cause,
      fix: 'install nvidia-container-toolkit, then: sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
    },
  ];
};
