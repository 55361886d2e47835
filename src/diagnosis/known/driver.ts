import type {Topic} from './failure.js';

/** What the NVIDIA driver says of itself: nvidia-smi, NVML, the kernel's log. */
export const driver: Topic = {
  title: 'Driver and GPU',
  failures: [
    {
      id: 'driver_library_mismatch',
      signs: [
        ['error_lib_rm_version_mismatch', /\bERROR_LIB_RM_VERSION_MISMATCH/i],
        ['version mismatch', /driver\/library version mismatch/i],
        ['api mismatch', /NVRM: API mismatch/i],
        ['nvml_error_lib_rm_version_mismatch', /LIB_RM_VERSION_MISMATCH/i],
        ['version mismatch', /\bNVML\/RM version mismatch/i],
        'nvmlerror_librmversionmismatch',
      ],
      cause:
        'the driver packages were updated (often by unattended upgrades), and the kernel still runs the older module',
      fix: 'sudo reboot; afterwards regenerate a CDI specification, and hold the driver packages back from unattended upgrades',
      fixes: {
        wsl: 'in PowerShell: wsl --shutdown, and start it again',
      },
      sources: [
        'NVIDIA/nvidia-container-toolkit#394',
        'NVIDIA/ubuntu-packaging-nvidia-driver#3',
        'NVIDIA/nvidia-docker#365',
      ],
      examples: [
        'Failed to initialize NVML: Driver/library version mismatch',
        'NVRM: API mismatch: the client has the version 550.163.01, but this kernel module has the version 550.144.03',
      ],
      explains: ['cuda_init_failed', 'driver_rpc_error', 'forward_compat_unsupported'],
    },
    {
      id: 'nvml_unknown_error',
      signs: [
        ['initialize nvml', /initialize NVML: (?:Unknown Error|ERROR_UNKNOWN)/i],
        ['nvml error', /nvml error: unknown error/i],
      ],
      cause:
        'the container lost its GPU device rights: `systemctl daemon-reload` rewrote its cgroup, and the rules of the legacy hook are unknown to runc (cgroup v2 with the systemd driver)',
      fix: 'restart the container; to prevent it use CDI (--device nvidia.com/gpu=all) or "exec-opts": ["native.cgroupdriver=cgroupfs"] in daemon.json',
      sources: ['NVIDIA/nvidia-container-toolkit#48', 'NVIDIA/cloud-native-docs:container-toolkit/troubleshooting.md'],
      examples: ['Failed to initialize NVML: Unknown Error'],
      explains: ['cuda_init_failed'],
    },
    {
      id: 'insufficient_permissions',
      signs: [
        ['error_no_permission', /NVML.{0,60}\bERROR_NO_PERMISSION/i],
        ['initialize nvml', /initialize NVML: Insufficient Permissions/i],
        ['/dev/nvidia', /\/dev\/nvidia[\w-]{0,20}\W{0,3}:? ?\(?(?:Permission denied|Operation not permitted)/i],
        ['nvml error', /nvml error: insufficient permissions/i],
        ['nvml_error_no_permission', /NVML_ERROR_NO_PERMISSION/i],
      ],
      cause:
        'the user or the container may not open the /dev/nvidia* devices: SELinux, a missing group, or a rootless engine that drops groups',
      fix: 'SELinux: --security-opt=label=disable; rootless Podman: --group-add keep-groups; on the host: sudo usermod -aG video "$USER"',
      sources: ['NVIDIA/cloud-native-docs:container-toolkit/troubleshooting.md', 'NVIDIA/nvidia-container-toolkit#210'],
      examples: [
        'Failed to initialize NVML: Insufficient Permissions',
        'NvRmPrivate: could not open the device file /dev/nvidia0 (Permission denied).',
      ],
      explains: ['cuda_init_failed', 'volume_permission_denied'],
    },
    {
      id: 'driver_not_loaded',
      signs: [
        ['error_driver_not_loaded', /NVML.{0,60}\bERROR_DRIVER_NOT_LOADED/i],
        ['communicate with the nvidia driver', /communicate with the NVIDIA driver/i],
        ['initialize nvml', /initialize NVML: Driver Not Loaded/i],
        ['nvml_error_driver_not_loaded', /NVML_ERROR_DRIVER_NOT_LOADED/i],
        ['nvidia not found in', /Module nvidia not found in directory \/lib\/modules/i],
        ['could not insert', /modprobe: ERROR: could not insert \W?nvidia[\w-]{0,20}\W{1,3}No such device/i],
        ['key was rejected', /insert 'nvidia[\w-]*': Key was rejected by service/i],
        ['required key not available', /insert 'nvidia[\w-]*': Required key not available/i],
        'nvmlerror_drivernotloaded',
        ['modprobe nvidia', /Process \W{0,3}\S{0,40}modprobe nvidia[\w-]{0,10}\W{1,3} failed with exit code/i],
        ['nvml: driver not loaded', /nvml error: driver not loaded/i],
        ['driver not loaded', /nvidia-container-cli(?:\.real)?: initialization error: nvml error: driver not loaded/i],
      ],
      cause:
        'the NVIDIA kernel module is not loaded: it was not built for the running kernel (DKMS after a kernel update), Secure Boot refuses it, or nouveau holds the GPU',
      fix: 'sudo modprobe nvidia; if that fails: reinstall the driver for this kernel, and with Secure Boot enrol its key (sudo mokutil --import /var/lib/shim-signed/mok/MOK.der)',
      fixes: {
        debian:
          'sudo modprobe nvidia; if that fails: sudo apt-get install --reinstall "linux-headers-$(uname -r)" and the nvidia-driver package, then restart',
        fedora:
          'sudo modprobe nvidia; if that fails: sudo dnf install "kernel-devel-$(uname -r)", sudo akmods --force (RPM Fusion) or sudo dkms autoinstall, then restart',
        suse: 'sudo modprobe nvidia; if that fails: sudo zypper install --force kernel-default-devel and the NVIDIA driver package, then restart',
        arch: 'sudo modprobe nvidia; if that fails: sudo pacman -Syu linux linux-headers nvidia-open-dkms, then restart',
        wsl: 'install or update the NVIDIA driver in Windows (none in WSL), then in PowerShell: wsl --update; wsl --shutdown',
      },
      sources: [
        'GoogleCloudPlatform/compute-gpu-installation#18',
        'MicrosoftDocs/azure-docs#111536',
        'CachyOS/linux-cachyos#118',
      ],
      examples: [
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
        "modprobe: ERROR: could not insert 'nvidia': Key was rejected by service",
        'nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown',
      ],
      explains: ['cuda_init_failed', 'tf_cuinit_no_device', 'tf_no_cuda_driver', 'persistenced_failed'],
    },
    {
      id: 'driver_not_loaded',
      signs: [
        ['status for module build', /Bad return status for module build on kernel/i],
        ['/var/lib/dkms/nvidia', /make\[\d\]: \*\*\* \[.{0,200}\/var\/lib\/dkms\/nvidia/],
        ['module not found:', /ERROR: module not found: .{0,3}nvidia/],
        ['kernel source tree', /Unable to find the kernel source tree/i],
        ['load the kernel module', /Unable to load the kernel module 'nvidia/i],
        ['disagrees about version', /nvidia\w{0,10}: disagrees about version of symbol/i],
      ],
      cause:
        'the module of the driver could not be built or loaded for this kernel: its headers are missing, or the driver is older than the kernel',
      fix: 'install the headers of the running kernel, then: sudo dkms autoinstall; /var/lib/dkms/nvidia/VERSION/build/make.log says what failed; a newer driver may be needed',
      sources: ['CachyOS/linux-cachyos#118', 'GoogleCloudPlatform/compute-gpu-installation#18'],
      examples: ['Error! Bad return status for module build on kernel: 6.8.0-45-generic (x86_64)'],
      explains: ['no_devices', 'persistenced_failed'],
    },
    {
      id: 'no_devices',
      signs: [
        ['no devices were found', /\bNo devices were found\b/],
        [
          'initialization error: cuda error',
          /nvidia-container-cli(?:\.real)?: initialization error: cuda error: no cuda-capable device/i,
        ],
        ['no supported gpus were found', /No supported GPUs were found/i],
        ['nvidia probe routine failed', /The NVIDIA probe routine failed for \d/i],
        ['nvrm: no nvidia', /NVRM: No NVIDIA (?:GPU|graphics adapter) found/i],
        ['region assigned to your nvidia', /I\/O region assigned to your NVIDIA device is invalid/i],
      ],
      cause:
        'the driver is loaded and finds no GPU that it can use: a Blackwell GPU with the proprietary modules, a driver older than the GPU, or the firmware setting "Above 4G decoding" off',
      fix: 'sudo dmesg | grep -i nvrm; Blackwell needs the open kernel modules of branch 570 or later',
      sources: [
        'NVIDIA/open-gpu-kernel-modules#862',
        'NVIDIA/open-gpu-kernel-modules#872',
        'oddmario/NVIDIA-Ubuntu-Driver-Guide#10',
      ],
      examples: [
        'No devices were found',
        'nvidia-container-cli: initialization error: nvml error: No supported GPUs were found',
      ],
    },
    {
      id: 'gpu_lost',
      signs: [
        ['error_gpu_is_lost', /\bERROR_GPU_IS_LOST/i],
        ['gpu is lost', /\bGPU is lost\b/i],
        ['fallen off the bus', /GPU .{0,40}has fallen off the bus|NVRM: .{0,60}fallen off the bus/i],
        ['nvrm: xid', /NVRM: Xid \(.{1,40}\): 79\b/i],
        ['nvml_error_gpu_is_lost', /NVML_ERROR_GPU_IS_LOST/i],
      ],
      cause:
        'a GPU no longer answers on the PCI bus: a fault of power, seating, heat or hardware, and no setting of a container',
      fix: 'sudo reboot; if it comes back: check power cables, seating and temperature',
      sources: ['NVIDIA/open-gpu-kernel-modules#507', 'leptonai/gpud#1209'],
      examples: [
        'Unable to determine the device handle for GPU0000:01:00.0: GPU is lost. Reboot the system to recover this GPU',
        'NVRM: Xid (PCI:0000:01:00): 79, pid=1234, GPU has fallen off the bus.',
      ],
      explains: [
        'cuda_init_failed',
        'nccl_system_error',
        'gpu_handle_unknown_error',
        'no_devices',
        'vulkan_device_lost',
      ],
    },
    {
      id: 'gpu_handle_unknown_error',
      signs: [['the device handle for', /device handle for .{0,60}: Unknown Error/i]],
      cause: 'the driver cannot open one of the GPUs, most often after an Xid error',
      fix: 'sudo dmesg | grep -i xid; then sudo nvidia-smi --gpu-reset -i INDEX, or reboot',
      sources: ['NVIDIA/open-gpu-kernel-modules#507', 'https://docs.nvidia.com/deploy/xid-errors/'],
      examples: ['Unable to determine the device handle for GPU0000:81:00.0: Unknown Error'],
      explains: ['cuda_init_failed'],
    },
    {
      id: 'gpu_init_failed',
      signs: [['rminitadapter', /NVRM: .{0,60}RmInitAdapter(?: failed!|: Cannot initialize GSP)/]],
      cause:
        'the driver could not start a GPU: its firmware, the open or proprietary kind of its modules, or the hardware',
      fix: 'power the machine off and on; then sudo dmesg | grep -i nvrm: the first line names the part that failed; try a newer driver, and the other kind of kernel modules',
      sources: ['NVIDIA/open-gpu-kernel-modules#1230', 'NVIDIA/open-gpu-kernel-modules#943'],
      examples: ['NVRM: GPU 0000:a1:00.0: RmInitAdapter failed! (0x62:0x40:2168)'],
      explains: ['no_devices'],
      vague: true,
    },
    {
      id: 'gpu_firmware_timeout',
      signs: [['nvrm: xid', /NVRM: Xid \(.{1,40}\): (?:119|120)\b/i]],
      cause: "the GPU's own processor (GSP) crashed or stopped answering the driver",
      fix: 'sudo nvidia-smi --gpu-reset -i INDEX, or reboot; then a newer driver; with the proprietary modules: options nvidia NVreg_EnableGpuFirmware=0 in /etc/modprobe.d',
      sources: ['https://docs.nvidia.com/deploy/xid-errors/', 'NVIDIA/open-gpu-kernel-modules#829'],
      examples: [
        'NVRM: Xid (PCI:0000:9b:00): 119, pid=2024380, name=nvidia-smi, Timeout after 6s of waiting for RPC response from GPU4 GSP!',
      ],
      explains: ['no_devices', 'gpu_handle_unknown_error'],
      vague: true,
    },
    {
      id: 'gpu_ecc_error',
      signs: [
        ['uncorrectable ecc', /uncorrectable ECC error (?:encountered|detected)/i],
        ['nvrm: xid', /NVRM: Xid \(.{1,40}\): (?:48|94|95)\b/i],
        ['cuda_error_ecc_uncorrectable', /CUDA_ERROR_ECC_UNCORRECTABLE/i],
      ],
      cause: 'the memory of a GPU returned data that cannot be corrected',
      fix: 'nvidia-smi -q -d ECC,ROW_REMAPPER; then sudo nvidia-smi --gpu-reset -i INDEX; replace the GPU if it returns',
      sources: ['https://docs.nvidia.com/deploy/xid-errors/'],
      examples: [
        'RuntimeError: CUDA error: uncorrectable ECC error encountered',
        'NVRM: Xid (PCI:0000:3b:00): 48, pid=1234, DBE (double bit error)',
      ],
    },
    {
      id: 'gpu_nvlink_error',
      signs: [['nvrm: xid', /NVRM: Xid \(.{1,40}\): (?:74|14[4-9]|150)\b(?!.{0,60}Nonfatal)/i]],
      cause: 'the link between GPUs (NVLink) failed',
      fix: 'nvidia-smi nvlink -s shows the links; sudo nvidia-smi --gpu-reset, or reboot; if it comes back, the board or its bridge is at fault',
      sources: ['https://docs.nvidia.com/deploy/xid-errors/', 'leptonai/gpud#1174'],
      examples: ['NVRM: Xid (PCI:0019:01:00): 149, NETIR Fatal XC0 i0 Link -1 (0x000fe406 0x00000000)'],
      explains: ['gpu_xid'],
    },
    {
      id: 'gpu_xid',
      signs: [
        [
          'nvrm: xid',
          /NVRM: Xid \(.{1,40}\): (?!(?:13|31|43|48|63|74|79|94|95|119|120|14[4-9]|150)\b)\d{1,3}\b(?!.{0,60}Nonfatal)/i,
        ],
      ],
      cause: 'the driver reports an error of a GPU by its number (Xid); another that stands before it is the cause',
      fix: 'look the number up; then sudo nvidia-smi --gpu-reset -i INDEX, or reboot',
      sources: ['https://docs.nvidia.com/deploy/xid-errors/', 'leptonai/gpud#117'],
      examples: ['NVRM: Xid (PCI:0000:61:00): 45, pid=1496200, name=train, Ch 0000000a'],
      vague: true,
    },
    {
      id: 'vgpu_unlicensed',
      signs: [
        ['to acquire license', /(?:nvidia-gridd|vGPU|GRID).{0,160}Failed to acquire license/i],
        ['license status', /License Status\s{1,60}: Unlicensed/i],
        ['valid grid license', /Valid GRID license not found/i],
      ],
      cause: 'this virtual GPU has no licence: after a while the driver slows it down and refuses CUDA',
      fix: 'put the client token of the licence server into /etc/nvidia/ClientConfigToken, then: sudo systemctl restart nvidia-gridd; nvidia-smi -q | grep -i license',
      sources: ['https://docs.nvidia.com/vgpu/latest/grid-licensing-user-guide/index.html'],
      examples: [
        'nvidia-gridd[812]: Failed to acquire license from dls.example.com (Info: NVIDIA RTX Virtual Workstation)',
      ],
      explains: ['cuda_init_failed'],
    },
    {
      id: 'gpu_unsupported_by_driver',
      signs: [
        ['requires use of the nvidia open', /requires use of the NVIDIA open kernel modules/i],
        ['installed in this system', /installed in this system is not supported by/i],
        ['is not supported by the', /GPU \S{7,20} \(PCI ID: 10de:\w{4}\).{0,80}is not supported by the/i],
      ],
      cause: 'the driver that is loaded does not support this GPU: it is older, or newer, than the driver knows',
      fix: 'install a driver branch that lists this GPU',
      sources: ['https://www.nvidia.com/en-us/drivers/', 'NVIDIA/open-gpu-kernel-modules#872'],
      examples: [
        'NVRM: The NVIDIA GPU 0000:04:00.0 (PCI ID: 10de:20b0) NVRM: installed in this system is not supported by the NVRM: NVIDIA 535.309.01 driver release.',
      ],
      explains: ['driver_not_loaded', 'no_devices'],
    },
    {
      id: 'kernel_address_space_conflict',
      signs: [['request_free_mem_region', /request_free_mem_region.{0,80}-34\b/i]],
      cause:
        "the kernel's address space randomisation leaves no room for the driver's memory region, so CUDA cannot start",
      fix: 'add nokaslr to the kernel command line, or "options nvidia_uvm uvm_disable_hmm=1" in /etc/modprobe.d, and reboot',
      sources: ['https://docs.nvidia.com/cuda/archive/13.2.2/cuda-toolkit-release-notes/index.html'],
      examples: ['NVRM: request_free_mem_region() err -34'],
      explains: ['cuda_init_failed'],
    },
    {
      id: 'device_node_missing',
      signs: [
        ['/dev/nvidia', /stat.{0,2}ing file .{0,3}\/dev\/nvidia[\w-]{1,20}.{0,3}: No such file/i],
        ['/dev/nvidia', /could not (?:stat|open) .{0,30}\/dev\/nvidia[\w-]{1,20}\W{0,4}(?:No such file|not found)/i],
        [
          'error gathering device information',
          /gathering device information .{0,60}\/dev\/nvidia[\w-]{1,20}.{0,10}: no such file/i,
        ],
        ['/dev/nvidia', /device error: stat failed: \/dev\/nvidia[\w-]{1,20}: no such file/i],
        ['/dev/nvidia', /(?:device|mount) error: (?:stat failed: )?\/dev\/nvidia[\w-]{1,20}: no such file/i],
        ['cdi host device', /failed to stat CDI host device \W{0,3}\/dev\/nvidia[\w-]{1,20}.{0,10}no such file/i],
        ['/dev/nvidia', /stat(?:\(\))?:? \/dev\/nvidia[\w-]{1,20}: no such file/i],
      ],
      cause:
        'a device file of the driver under /dev is missing on the host: nothing has used the driver since the start, or nvidia-uvm is not loaded',
      fix: 'sudo nvidia-modprobe -u -c=0',
      sources: ['NVIDIA/nvidia-docker#910', 'NVIDIA/nvidia-container-toolkit#48'],
      examples: [
        'docker: Error response from daemon: error gathering device information while adding custom device "/dev/nvidia-uvm": no such file or directory.',
      ],
    },
    {
      id: 'wsl_gpu_blocked',
      signs: [['blocked by the operating system', /GPU access blocked by the operating system/i]],
      cause:
        'WSL2: Windows blocks the GPU for this machine: an update is pending, the GPU is in TCC mode, or driver and WSL do not fit',
      fix: 'wsl --update; wsl --shutdown; restart Windows; then reinstall the Windows NVIDIA driver',
      sources: ['microsoft/WSL#9938', 'microsoft/WSL#9962', 'microsoft/WSL#11865'],
      examples: ['Failed to initialize NVML: GPU access blocked by the operating system'],
    },
    {
      id: 'wsl_no_adapter',
      signs: [['no adapters were found', /WSL environment detected but no adapters were found/i]],
      cause: 'WSL sees no GPU: WSL 1 in place of 2, no or an old Windows driver, or a GPU mode that WSL cannot use',
      fix: 'in Windows: install the NVIDIA driver, then wsl --set-version DISTRO 2; wsl --update; wsl --shutdown',
      sources: ['NVIDIA/nvidia-container-toolkit#155', 'NVIDIA/nvidia-docker#1786'],
      examples: [
        'nvidia-container-cli: initialization error: WSL environment detected but no adapters were found: unknown',
      ],
    },
    {
      id: 'fabric_manager_not_ready',
      signs: [
        ['not yet initialized', /system not yet initialized/i],
        ['cuda_error_system_not_ready', /CUDA_ERROR_SYSTEM_NOT_READY/i],
        ['cudaerrorsystemnotready', /cudaErrorSystemNotReady/i],
      ],
      cause: 'a board with NVSwitch whose nvidia-fabricmanager does not run, or differs from the driver in version',
      fix: 'install nvidia-fabricmanager of exactly the driver version, then: sudo systemctl enable --now nvidia-fabricmanager',
      sources: ['pytorch/pytorch#35710', 'gpustack/gpustack#4154', 'ollama/ollama#12136'],
      examples: ['RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not yet initialized'],
      explains: ['cuda_init_failed', 'tf_no_cuda_driver', 'cuda_operation_unsupported'],
    },
    {
      id: 'persistenced_failed',
      signs: [
        [
          'persistence daemon',
          /Failed to start (?:nvidia-persistenced\.service - )?NVIDIA Persistence Daemon|\[ ?FAILED ?\] (?:Failed )?to start NVIDIA Persistence Daemon/i,
        ],
        [
          'nvidia-persistenced',
          /nvidia-persistenced\.service: (?:Failed with result|Control process exited, code=exited,? status=[1-9])/i,
        ],
        ['nvidia-persistenced', /nvidia-persistenced(?:\[\d{1,8}\])?: (?:Failed to|Unable to|Another instance|ERROR)/i],
      ],
      cause:
        'the daemon that keeps the driver awake could not start: the kernel module is not loaded, no GPU is there, or its folder may not be written',
      fix: 'nvidia-smi; journalctl -u nvidia-persistenced -n 50; then: sudo systemctl reset-failed nvidia-persistenced && sudo systemctl restart nvidia-persistenced',
      sources: ['https://docs.nvidia.com/deploy/driver-persistence/', 'NVIDIA/nvidia-persistenced#2'],
      examples: [
        'systemd[1]: Failed to start NVIDIA Persistence Daemon.',
        'nvidia-persistenced[812]: Failed to query NVIDIA devices. Please ensure that the NVIDIA device files (/dev/nvidia*) exist.',
      ],
      vague: true,
    },
  ],
};
