import type {Finding} from '../contract/host.js';

export interface Explanation {
  severity: Finding['severity'];
  cause: string;
  fix: string;
}

/** What each failure that a tool names means, and what to do. Ids are those of the vocabulary of failures. */
export const EXPLAINED: Record<string, Explanation> = {
  driver_not_loaded: {
    severity: 'error',
    cause:
      'the NVIDIA kernel module is not loaded: not built for this kernel, refused by Secure Boot, or nouveau holds the GPU',
    fix: 'sudo modprobe nvidia; if it fails, look at: sudo dmesg | grep -i nvrm',
  },
  driver_library_mismatch: {
    severity: 'error',
    cause: 'the driver was updated on disk, and the kernel still runs the older module',
    fix: 'sudo reboot',
  },
  driver_library_missing: {
    severity: 'error',
    cause: "the driver's library libnvidia-ml.so is not where the loader looks",
    fix: 'reinstall the driver, then: sudo ldconfig',
  },
  insufficient_permissions: {
    severity: 'error',
    cause: 'this user may not open the /dev/nvidia* devices',
    fix: 'ls -l /dev/nvidia*; then: sudo usermod -aG video "$USER", and log in again',
  },
  no_devices: {
    severity: 'error',
    cause: 'the driver runs and finds no GPU that it can use',
    fix: 'sudo dmesg | grep -i nvrm',
  },
  gpu_lost: {
    severity: 'error',
    cause: 'a GPU no longer answers on the PCI bus',
    fix: 'sudo reboot; if it comes back: check power, seating and temperature',
  },
  gpu_handle_unknown_error: {
    severity: 'error',
    cause: 'the driver cannot open one of the GPUs',
    fix: 'sudo dmesg | grep -i xid; then reset that GPU (sudo nvidia-smi --gpu-reset -i INDEX) or reboot',
  },
  gpu_error_state: {
    severity: 'error',
    cause: 'a GPU answers with errors in place of its values',
    fix: 'sudo dmesg | grep -i xid; then reboot',
  },
  gpu_unsupported_by_driver: {
    severity: 'error',
    cause: 'the driver that is installed does not support this GPU: it is older or newer than the driver knows',
    fix: 'install a driver branch that lists this GPU; Blackwell needs the open kernel modules',
  },
  gpu_ecc_error: {
    severity: 'warning',
    cause: 'a GPU reported uncorrectable memory errors',
    fix: 'nvidia-smi -q -d ECC,PAGE_RETIREMENT,ROW_REMAPPER',
  },
  device_node_missing: {
    severity: 'error',
    cause: 'a device file of the driver under /dev is missing',
    fix: 'sudo nvidia-modprobe -u -c=0',
  },
  kernel_address_space_conflict: {
    severity: 'error',
    cause: "the kernel's address space randomisation leaves no room for the driver's memory region",
    fix: 'add nokaslr to the kernel command line, or: options nvidia_uvm uvm_disable_hmm=1 in /etc/modprobe.d',
  },
  nvml_unknown_error: {
    severity: 'error',
    cause:
      'the driver library cannot reach the GPU devices; in a container: its device rules were lost after a daemon reload',
    fix: 'restart the container, or on the host: sudo dmesg | grep -i nvrm',
  },
  wsl_gpu_blocked: {
    severity: 'error',
    cause: 'Windows refuses GPU access to this WSL2 machine',
    fix: 'update Windows, WSL (wsl --update) and the Windows NVIDIA driver',
  },
  wsl_no_adapter: {
    severity: 'error',
    cause: 'WSL2 is there, and Windows offers it no GPU',
    fix: 'install the NVIDIA driver in Windows, then: wsl --update; wsl --shutdown',
  },
  driver_rpc_error: {
    severity: 'error',
    cause: "the container toolkit's helper could not talk to the driver",
    fix: 'nvidia-smi; when it is slow: sudo nvidia-smi -pm 1',
  },
  empty_output: {
    severity: 'warning',
    cause: 'nvidia-smi printed no report',
    fix: 'nvidia-smi',
  },
  config_error: {
    severity: 'error',
    cause: 'the Docker daemon cannot read its configuration and will not start with it',
    fix: 'sudo dockerd --validate --config-file /etc/docker/daemon.json',
  },
  docker_daemon_unreachable: {
    severity: 'error',
    cause: 'the docker client is there, and no daemon answers it',
    fix: 'sudo systemctl start docker',
  },
  docker_context_missing: {
    severity: 'error',
    cause: 'the docker context that was chosen does not exist, so no engine is asked',
    fix: 'docker context ls; then: unset DOCKER_CONTEXT; docker context use default',
  },
  docker_permission_denied: {
    severity: 'error',
    cause: "this user may not open the engine's socket",
    fix: 'sudo usermod -aG docker "$USER", and log in again',
  },
};
