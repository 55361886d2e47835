import {asRoot, type Check, mendable} from '../diagnosis.js';

const LOST =
  /NVRM: .{0,80}(?:Xid \(PCI:([0-9a-f:.]{7,16})\): 79\b|GPU at PCI:([0-9a-f:.]{7,16}).{0,60}fallen off the bus)/i;

/** The kernel saw a GPU leave the bus, which nvidia-smi may hide. */
export const gpuFellOff: Check = (host, {driver}) => {
  const said = LOST.exec(driver.kernelLog ?? '');
  if (!said) return [];
  return [
    mendable(
      {
        id: 'gpu_lost',
        severity: 'error',
        cause: `the GPU ${said[1] ?? said[2] ?? ''} fell off the PCI bus: power, seating, heat or hardware`,
        source: 'NVIDIA/open-gpu-kernel-modules#507, https://docs.nvidia.com/deploy/xid-errors/',
      },
      {steps: [asRoot(host, 'reboot')]},
    ),
  ];
};
