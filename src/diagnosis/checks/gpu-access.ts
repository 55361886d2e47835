import {asRoot, type Check, hasGpu, hasLocalEngine} from '../diagnosis.js';
import {configuring} from '../docker.js';
import {familyOf, type ImageWay, imageWayOf} from '../packages.js';

const SOURCE = 'NVIDIA/nvidia-docker#1034, NVIDIA/cloud-native-docs:container-toolkit/install-guide.md';

/** https://wiki.nixos.org/wiki/NVIDIA, NVIDIA/cloud-native-docs:container-toolkit/install-guide.md */
const IN_IMAGE: Readonly<Record<ImageWay, string>> = {
  ostree:
    "put NVIDIA's nvidia-container-toolkit.repo into /etc/yum.repos.d, then: rpm-ostree install nvidia-container-toolkit, restart, and: sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker",
  nixos: 'in configuration.nix: hardware.nvidia-container-toolkit.enable = true; then: sudo nixos-rebuild switch',
  image:
    "this system's image is read-only: take the image, or the extension of it, that its publisher makes with nvidia-container-toolkit",
};

/** The engine has no way to hand over a GPU: the toolkit is missing, or the engine was not told of it. */
export const gpuAccess: Check = (host, {toolkit, engine}) => {
  const {cdi, hook, runtime} = host.engine.gpuAccess;
  if (!hasGpu(host) || !hasLocalEngine(host) || host.engine.kind === 'podman') return [];
  if (cdi !== false || hook !== false || runtime !== false) return [];
  const finding = {id: 'no_gpu_device_driver', severity: 'error' as const, source: SOURCE};
  if (toolkit.installed) {
    const cause = 'nvidia-container-toolkit is installed, and Docker was not told of it';
    return [configuring({...finding, cause}, host, engine)];
  }
  const missing = {...finding, cause: 'nvidia-container-toolkit is not installed, so Docker cannot hand over a GPU'};
  const way = imageWayOf(host);
  if (way) return [{...missing, fix: IN_IMAGE[way]}];
  // Arch has the package itself; elsewhere it comes from NVIDIA's repository, which setup adds.
  if (familyOf(host) === 'arch') {
    const install = asRoot(host, 'pacman', '-S', '--noconfirm', 'nvidia-container-toolkit');
    return [configuring(missing, host, engine, {first: [install]})];
  }
  return [{...missing, fix: "gpudock setup (adds NVIDIA's repository, installs the toolkit, and tells Docker of it)"}];
};
