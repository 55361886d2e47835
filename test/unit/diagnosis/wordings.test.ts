import {expect, test} from '@jest/globals';
import {explainText} from '../../../src/diagnosis/explain.js';

/** Other versions and tools say the same in other words. */
const WORDINGS: [string, string][] = [
  ['device_node_missing', `nvidia-container-cli: device error: /dev/nvidia-uvm: no such file or directory`],
  [
    'device_node_missing',
    `nvidia-container-cli: mount error: stat failed: /dev/nvidia-modeset: no such file or directory: unknown`,
  ],
  ['device_node_missing', `failed to stat CDI host device "/dev/nvidia-uvm": no such file or directory`],
  ['driver_not_loaded', `modprobe: ERROR: could not insert 'nvidia': No such device`],
  ['driver_rpc_error', `nvidia-container-cli: detection error: driver rpc error: failed to process request`],
  [
    'driver_too_old_for_image',
    `ERROR: This container was built for NVIDIA Driver Release 550.54 or later, but version 470.82 was detected and compatibility mode is UNAVAILABLE.`,
  ],
  ['driver_library_mismatch', `pynvml.NVMLError_LibRmVersionMismatch: RM has detected an NVML/RM version mismatch.`],
  [
    'hook_permission_denied',
    `OCI runtime create failed: error running prestart hook: fork/exec /usr/bin/nvidia-container-runtime-hook: permission denied`,
  ],
  [
    'apt_stale_index',
    `Err:5 http://mirror.example.org/debian bullseye/main amd64 libssl1.1 amd64 1.1.1n-0+deb11u3 404  Not Found [IP: 151.101.2.132 80]`,
  ],
  ['pip_build_failed', `RuntimeError: CUDA_HOME environment variable is not set`],
  ['registry_auth', `Error response from daemon: Get "https://nvcr.io/v2/": unauthorized: <html>`],
  ['registry_dns', `Could not resolve 'developer.download.nvidia.com'`],
  [
    'shm_too_small',
    `The object store is using /tmp instead of /dev/shm because /dev/shm has only 67108864 bytes available.`,
  ],
  [
    'cuda_init_failed',
    `RuntimeError: cuda runtime error (999) : unknown error at /pytorch/aten/src/THC/THCGeneral.cpp:50`,
  ],
  [
    'library_version_conflict',
    `ImportError: /opt/conda/lib/libstdc++.so.6: version \`GLIBCXX_3.4.30' not found (required by /x)`,
  ],
  [
    'gpu_unsupported_by_driver',
    `NVRM: The NVIDIA GPU 0000:01:00.0 (PCI ID: 10de:2c02) installed in this system requires use of the NVIDIA open kernel modules.`,
  ],
  [
    'no_gpu_device_driver',
    `Error response from daemon: could not select device driver "nvidia" with capabilities: [[compute utility]]`,
  ],
  ['cdi_unresolvable', `Error: stat nvidia.com/gpu=all: no such file or directory`],
  ['registry_unreachable', `net/http: TLS handshake timeout`],
  ['cuda_init_failed', `nvidia-container-cli: initialization error: cuda error: unknown error: unknown`],
  [
    'cuda_oom',
    `2024-05-01 12:00:00.123456: W tensorflow/core/framework/op_kernel.cc:1827] RESOURCE_EXHAUSTED: failed to allocate memory`,
  ],
  [
    'cuda_oom',
    `jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Failed to allocate request for 2.0GiB (2147483648B) on device ordinal 0`,
  ],
  ['gpu_arch_unsupported', `RuntimeError: FlashAttention only supports Ampere GPUs or newer.`],
  ['ptx_toolchain_too_new', `ptxas fatal   : Unsupported .version 8.5; current version is '8.4'`],
  ['library_missing', `RuntimeError: Library libcublas.so.12 is not found or cannot be loaded`],
  ['port_in_use', `ERROR: The Jupyter server could not be started because no available port could be found.`],
  [
    'platform_mismatch',
    `image with reference foo was found but does not match the specified platform: wanted linux/amd64, actual: linux/arm64/v8`,
  ],
  ['platform_mismatch', `no match for platform in manifest: not found`],
  ['registry_auth', `unauthorized: incorrect username or password`],
  [
    'registry_auth',
    `error getting credentials - err: exec: "docker-credential-desktop.exe": executable file not found in $PATH`,
  ],
  ['registry_auth', `403 Forbidden: failed to fetch anonymous token`],
  ['driver_rpc_error', `nvidia-container-cli.real: initialization error: driver error: failed to process request`],
  ['driver_not_loaded', `modprobe: ERROR: could not insert 'nvidia': Required key not available`],
  ['driver_not_loaded', `pynvml.NVMLError_DriverNotLoaded: Driver Not Loaded`],
  ['unknown_gpu_device', `AssertionError: Invalid device id`],
  ['smi_missing_in_container', `FileNotFoundError: [Errno 2] No such file or directory: 'nvidia-smi'`],
  ['driver_library_missing', `/usr/bin/ld: cannot find -lcuda: No such file or directory`],
  ['driver_library_missing', `dso_loader.cc:99] Couldn't open CUDA library libcuda.so.1. LD_LIBRARY_PATH:`],
  ['library_missing', `dso_loader.cc:99] Couldn't open CUDA library libcudnn.so. LD_LIBRARY_PATH:`],
  [
    'shm_too_small',
    `RuntimeError: unable to open shared memory object </torch_9_1> in read-write mode: No space left on device (28)`,
  ],
  ['cuda_oom', `cupy.cuda.memory.OutOfMemoryError: Out of memory allocating 8,589 bytes (allocated so far: 0 bytes).`],
  [
    'cuda_oom',
    `ValueError: (16.00 GiB KV cache is needed, which is larger than the available KV cache memory (5.22 GiB).`,
  ],
  ['driver_too_old_for_framework', `Error Code 6: Internal Error (CUDA initialization failure with error 35.`],
  ['no_cuda_gpu', `Error Code 6: Internal Error (CUDA initialization failure with error: 100`],
  ['no_cuda_gpu', `RuntimeError: Failed to infer device type`],
  [
    'no_cuda_gpu',
    `RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False.`,
  ],
  ['cuda_init_failed', `cuda_driver.cc:313] failed call to cuInit: UNKNOWN ERROR (-1)`],
  [
    'cpu_instruction_missing',
    `The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.`,
  ],
  ['nccl_remote_error', `ncclRemoteERror: A call failed possibly due to a network error`],
  ['docker_daemon_unreachable', `ERROR: Couldn't connect to Docker daemon at http+docker://localhost - is it running?`],
  ['port_in_use', `failed to start GRPC service: Unavailable - Socket '0.0.0.0:8001' already in use`],
  ['volume_permission_denied', `[Errno 13] Permission denied: '/home/jovyan/.local/share/jupyter/runtime'`],
  ['volume_permission_denied', `[W SingleUserNotebookApp handlers:525] Permission denied: Untitled.ipynb`],
  ['entrypoint_not_executable', `/bin/bash: /usr/local/bin/start.sh: Permission denied`],
  ['registry_auth', `Error response from daemon: Head "https://nvcr.io/v2/x/manifests/1": unauthorized: <html>`],
  ['registry_auth', `pulling from host nvcr.io failed with status code [manifests 1.0.0]: 401 Unauthorized`],
  ['registry_tls', `fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none`],
  ['registry_tls', `npm ERR! code SELF_SIGNED_CERT_IN_CHAIN`],
  ['registry_tls', `npm ERR! request failed, reason: self signed certificate in certificate chain`],
  ['registry_tls', `Certificate verification failed: The certificate is NOT trusted.`],
  ['registry_tls', `Caused by: invalid peer certificate: UnknownIssuer`],
  [
    'registry_proxy',
    `W: Failed to fetch http://x/InRelease  Could not connect to 192.0.2.1:3128 (192.0.2.1). - connect (111: Connection refused)`,
  ],
  [
    'registry_unreachable',
    `W: Failed to fetch http://x/InRelease  Could not connect to x:80 (192.0.2.1). - connect (111: Connection refused)`,
  ],
  ['registry_unreachable', `E: Failed to fetch http://x/curl.deb  Connection timed out [IP: 192.0.2.1 80]`],
  ['registry_unreachable', `Error response from daemon: Get "https://x/v2/": context deadline exceeded`],
  [
    'registry_unreachable',
    `Get "https://x/v2/": read tcp 192.0.2.2:5433->192.0.2.1:443: read: connection reset by peer`,
  ],
  [
    'registry_unreachable',
    `fatal: unable to access 'https://x/': Failed to connect to x port 443 after 130000 ms: Connection timed out`,
  ],
  ['disk_full', `The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi`],
  [
    'pip_no_matching_version',
    `ERROR: torch-2.1.0-cp311-cp311-linux_x86_64.whl is not a supported wheel on this platform.`,
  ],
  [
    'pip_no_matching_version',
    `  × No solution found when resolving dependencies:\n  ╰─▶ Because there is no version of foo==1.0 and you require foo==1.0, we can conclude that your requirements are unsatisfiable.`,
  ],
  [
    'pip_conflict',
    `  × No solution found when resolving dependencies:\n  ╰─▶ Because torch==2.0.0 depends on triton==2.0.0 and you require triton==2.1.0, we can conclude that your requirements are unsatisfiable.`,
  ],
  ['pip_conflict', `So, because app depends on both a (^1) and b (^2), version solving failed.`],
  [
    'pip_no_matching_version',
    `Because no versions of torch match >9 and app depends on torch (>9), version solving failed.`,
  ],
  ['pip_build_failed', `error: command '/usr/bin/gcc' failed: No such file or directory`],
  ['pip_build_failed', `× Encountered error while trying to install package.`],
  ['conda_unsatisfiable', `error    libmamba Could not solve for environment specs`],
  ['conda_unsatisfiable', `  - nothing provides __cuda needed by tensorflow-2.7.0-cuda102py310hcf4adbc_0`],
  [
    'build_file_missing',
    `ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'`,
  ],
  ['git_access_denied', `Permission denied (publickey).\r\nfatal: Could not read from remote repository.`],
  ['git_access_denied', `#8 0.4 Host key verification failed.\n#8 0.4 fatal: Could not read from remote repository.`],
  ['nvml_unknown_error', `error starting plugins: failed to initialize NVML: ERROR_UNKNOWN`],
  ['disk_full', `System.IO.IOException: There is not enough space on the disk.`],
  ['apt_index_damaged', `E: Encountered a section with no Package: header`],
];

test.each(WORDINGS)('%s: %s', (id, line) => {
  expect(explainText(`${line}\n`).map(match => match.id)).toEqual([id]);
});

/** Lines of logs in which nothing failed, near the words of failures. */
const HEALTHY = [
  `Setting up libnvidia-ml1 (535.183.01-0ubuntu1) ...`,
  `Get:5 http://mirror.example.org/debian bookworm/main amd64 libssl3 amd64 3.0.11 [2,019 kB]`,
  `INFO: CUDA initialized, 1 device`,
  `Using CUDA_HOME=/usr/local/cuda`,
  `Successfully installed torch-2.4.0`,
  `WARNING: Running pip as the 'root' user can result in broken permissions`,
  `debconf: delaying package configuration, since apt-utils is not installed`,
  `I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.`,
  `E tensorflow/compiler/xla/stream_executor/cuda/cuda_dnn.cc:9342] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered`,
  `W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find TensorRT`,
  `NCCL INFO Bootstrap : Using eth0:172.17.0.2<0>`,
  `NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using internal network plugin.`,
  `NCCL INFO Using network Socket`,
  `[I 2024-01-01 10:00:00.000 ServerApp] http://127.0.0.1:8888/lab?token=abc`,
  `[W 2024-01-01 10:00:00.000 LabApp] 'token' has moved from NotebookApp to ServerApp`,
  `== PyTorch ==`,
  `NOTE: The SHMEM allocation limit is set to the default of 64MB.  This may be`,
  `   insufficient for PyTorch.  NVIDIA recommends the use of the following flags:`,
  `#12 0.512 Reading package lists...`,
  `#12 DONE 12.3s`,
  `update-alternatives: using /usr/bin/gcc`,
  `retrying after connection reset, attempt 2 of 3: success`,
  `epoch 1: loss 0.5, gpu mem 12.3GiB`,
  `INFO 06-01 12:00:00 [gpu_executor.py] # GPU blocks: 7344, # CPU blocks: 2048`,
  `docker0: port 1(veth) entered blocking state`,
  `gpu: persistence mode already enabled`,
  `Checking for /dev/nvidia0: found`,
  `WARN permission denied for optional feature perf_event_open, continuing`,
  `NVIDIA Driver Release 550.54`,
  `sshd[811]: Permission denied (publickey).`,
  `Error 999 samples were skipped`,
  `nvidia: module verification failed: signature and/or required key missing - tainting kernel`,
  `If out-of-memory error occurs during cudagraph capture, consider decreasing gpu_memory_utilization`,
  `Solving environment: failed with initial frozen solve. Retrying with flexible solve.`,
  `level=warning msg="CDI setup error /etc/cdi: failed to monitor for changes: no such file or directory"`,
  `NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  580.95.05`,
];

test.each(HEALTHY)('no failure: %s', line => {
  expect(explainText(`${line}\n`)).toEqual([]);
});
