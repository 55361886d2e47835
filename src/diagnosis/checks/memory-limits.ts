import {asRoot, type Check, type Diagnosis, hasGpu, mendable, type Step} from '../diagnosis.js';

const SMALL_SHM_MIB = 1024;
/** What RDMA and NCCL want is unlimited; the kernel's default since 5.16 is 8 MiB. */
const SMALL_MEMLOCK_KIB = 8 * 1024;

/** Shared and locked memory of the host, which containers with --ipc=host and rootless engines inherit. */
export const memoryLimits: Check = (host, {system}) => {
  if (!hasGpu(host)) return [];
  const findings: Diagnosis[] = [];
  const {shmMiB} = host.resources;
  if (shmMiB !== null && shmMiB < SMALL_SHM_MIB) {
    // Half of the memory is the kernel's own default (tmpfs(5)).
    const resized = (size: string): Step => asRoot(host, 'mount', '-o', `remount,size=${size}`, '/dev/shm');
    findings.push(
      mendable(
        {
          id: 'shm_too_small',
          severity: 'warning',
          cause: `/dev/shm of this machine has ${Math.floor(shmMiB)} MiB, which --ipc=host hands to containers`,
          source: 'pytorch/pytorch#5040, tmpfs(5)',
        },
        {steps: [resized('50%')], undo: [resized(`${Math.floor(shmMiB)}M`)]},
      ),
    );
  }
  const {memlockKiB} = system;
  if (memlockKiB !== null && memlockKiB < SMALL_MEMLOCK_KIB && host.engine.rootless) {
    findings.push({
      id: 'memlock_too_small',
      severity: 'warning',
      cause: `this user may lock ${memlockKiB} KiB of memory, and a rootless engine may not raise that: RDMA and pinned memory can fail`,
      fix: 'put "* - memlock unlimited" into /etc/security/limits.d/memlock.conf, log in again, and restart the engine',
      source: 'NVIDIA/nccl#290',
    });
  }
  return findings;
};
