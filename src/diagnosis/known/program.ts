import type {Topic} from './failure.js';

/** What frameworks and their CUDA libraries say: PyTorch, TensorFlow, JAX. */
export const program: Topic = {
  title: 'Frameworks and programs',
  failures: [
    {
      id: 'gpu_arch_unsupported',
      signs: [
        'no kernel image is available for execution',
        ['cuda_error_no_binary_for_gpu', /CUDA_ERROR_NO_BINARY_FOR_GPU/i],
        ['cudaerrornokernelimagefordevice', /cudaErrorNoKernelImageForDevice/i],
        ['invalid device function', /CUDA error:? .{0,60}invalid device function/i],
        ['cublas_status_arch_mismatch', /CUBLAS_STATUS_ARCH_MISMATCH/],
      ],
      cause:
        "the image's binaries hold no code for this GPU: it is newer than the build, or was dropped from it (Maxwell, Pascal, Volta in CUDA 13); the driver is not the cause",
      fix: 'take an image built for this GPU (gpudock match): Blackwell needs CUDA 12.8 or later, Maxwell to Volta need 12.x or older',
      sources: ['pytorch/pytorch#167244', 'pytorch/pytorch#31285', 'NVIDIA/personaplex#23', 'InternLM/lmdeploy#3806'],
      examples: ['RuntimeError: CUDA error: no kernel image is available for execution on the device (209)'],
      explains: ['nccl_system_error'],
    },
    {
      id: 'gpu_arch_unsupported',
      signs: [
        'is not compatible with the current pytorch',
        ['cuda capability', /GPU.{0,60}cuda capability (?:which is )?(?:\d\.\d )?.{0,40}no longer supports/i],
        ['only supports ampere gpus', /FlashAttention only supports Ampere GPUs or newer/i],
        ['pytorch no longer supports', /PyTorch no longer supports this GPU/i],
      ],
      cause: 'the list of architectures that this PyTorch was built for lacks the GPU',
      fix: 'take a PyTorch image or wheel built for this GPU (gpudock match pytorch)',
      sources: ['pytorch/pytorch#167244', 'Comfy-Org/ComfyUI#16438', 'pytorch/pytorch#49161'],
      examples: [
        'NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.',
      ],
    },
    {
      id: 'driver_too_old_for_framework',
      signs: [
        ['driver version is insufficient', /CUDA driver version is insufficient for (?:the )?CUDA runtime version/i],
        ['cudaerrorinsufficientdriver', /cudaErrorInsufficientDriver/],
        ['initialization failure with', /CUDA initialization failure with error:? 35\b/i],
        'nvidia driver on your system is too old',
        ['requires a newer', /CUDA .{0,60}requires a newer (?:NVIDIA )?driver/i],
      ],
      cause:
        'the driver is below the minimum of the CUDA that this program was built with; or no driver library is visible, because the container was started without GPU',
      fix: 'check nvidia-smi in the container first; then take an image of an older CUDA (gpudock match), or update the driver',
      fixes: {
        wsl: 'update the NVIDIA driver in Windows, or take an image with an older CUDA: gpudock match',
      },
      sources: ['NVIDIA/nvidia-docker#400', 'NVIDIA/nvidia-docker#1066', 'NVIDIA/hpc-container-maker#239'],
      examples: [
        'CUDA driver version is insufficient for CUDA runtime version',
        'RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver',
      ],
      explains: ['cuda_init_failed', 'tf_no_cuda_driver'],
    },
    {
      id: 'ptx_toolchain_too_new',
      signs: [
        'compiled with an unsupported toolchain',
        ['unsupported .version', /ptxas \w{0,20}.{0,80}Unsupported \.version \d/i],
        ['cuda_error_unsupported_ptx_version', /CUDA_ERROR_UNSUPPORTED_PTX_VERSION/i],
        ['cudaerrorunsupportedptxversion', /cudaErrorUnsupportedPtxVersion/],
      ],
      cause:
        'the program has no machine code for this GPU, and its PTX comes from a toolkit newer than the driver; minor-version compatibility does not cover that',
      fix: "update the driver to the toolkit's own branch, or take an image of an older CUDA",
      sources: ['ggml-org/llama.cpp#1648', 'containers/ramalama#759', 'li-plus/chatglm.cpp#12'],
      examples: ['CUDA error 222: the provided PTX was compiled with an unsupported toolchain.'],
    },
    {
      id: 'toolkit_too_old_for_gpu',
      signs: [
        ['for option', /Value .{0,2}sm_\d{2,3}[af]?.{0,2} is not defined for option .{0,2}gpu-(?:name|architecture)/i],
        ['unsupported gpu architecture', /Unsupported gpu architecture .{0,2}(?:compute|sm)_\d{2,3}/i],
      ],
      cause: 'the compiler in the image (ptxas of Triton, or nvcc) is older than this GPU',
      fix: "set TRITON_PTXAS_PATH to a newer toolkit's ptxas, set TORCH_CUDA_ARCH_LIST to what this nvcc knows, or take an image of a newer CUDA",
      sources: ['triton-lang/triton#8539', 'vllm-project/vllm#31338', 'gpustack/gpustack#4372'],
      examples: [
        "ptxas fatal   : Value 'sm_121a' is not defined for option 'gpu-name'",
        "nvcc fatal   : Unsupported gpu architecture 'compute_120'",
      ],
      explains: ['pip_build_failed'],
    },
    {
      // In double brackets the banner of an image says why it uses another mode: no failure.
      id: 'forward_compat_unsupported',
      signs: [
        ['forward compatibility was', /(?<!\[\[)forward compatibility was attempted on non supported/i],
        ['compatnotsupportedondevice', /cudaErrorCompatNotSupportedOnDevice/i],
        ['compat_not_supported_on_device', /(?<!\[\[.{0,160})COMPAT_NOT_SUPPORTED_ON_DEVICE/i],
      ],
      cause:
        "the image's cuda-compat library was loaded on a GPU that it does not accept (GeForce, Titan): the image is newer than the driver, or the driver was updated without a restart",
      fix: 'update the driver, or take an image whose CUDA is not above the host; restart if the driver was just updated; or remove /usr/local/cuda/compat from LD_LIBRARY_PATH',
      sources: [
        'https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html',
        'NVIDIA/nvidia-docker#1515',
        'NVIDIA/nvidia-container-toolkit#291',
      ],
      examples: [
        'Error 804: forward compatibility was attempted on non supported HW',
        'failed call to cuInit: CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE',
      ],
      explains: ['cuda_init_failed', 'tf_no_cuda_driver', 'tf_cuinit_no_device'],
    },
    {
      id: 'forward_compat_unsupported',
      signs: [
        ['cuda driver combination', /(?<!\[\[.{0,40})unsupported display driver \/ cuda driver combination/i],
        ['cuda_error_system_driver_mismatch', /(?<!\[\[.{0,160})CUDA_ERROR_SYSTEM_DRIVER_MISMATCH/i],
        ['systemdrivermismatch', /cudaErrorSystemDriverMismatch/i],
      ],
      cause:
        'libcuda and the kernel driver do not fit together: a compat library that does not accept this driver branch, or driver libraries of another version in the image',
      fix: "use the host's libcuda: remove driver packages and compat paths from the image; or take a compat package that lists the host's branch",
      sources: ['https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html'],
      examples: ['Error 803: system has unsupported display driver / cuda driver combination'],
      explains: ['cuda_init_failed', 'tf_no_cuda_driver'],
    },
    {
      id: 'gpu_exclusive_use',
      signs: [
        'cuda-capable device(s) is/are busy or unavailable',
        'devices are busy or unavailable',
        ['cudaerrordevicesunavailable', /cudaErrorDevicesUnavailable/],
      ],
      cause:
        'the GPU is in an exclusive compute mode and another process uses it, or MIG is on and no instance was made',
      fix: 'nvidia-smi -q -d COMPUTE; then: sudo nvidia-smi -i INDEX -c DEFAULT',
      sources: ['NVIDIA/DIGITS#2005', 'pytorch/pytorch#2704', 'pytorch/pytorch#100691'],
      examples: ['RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable'],
      explains: ['cuda_init_failed'],
    },
    {
      id: 'cuda_init_failed',
      signs: [
        'cuda driver initialization failed',
        ['failed to initialize cuda', /failed to initialize CUDA: ?(?:unknown|initialization) error/i],
        ['cuda driver library', /cuda driver library (?:init failure|failed to (?:get device context|initialize))/i],
        'cuda unknown error',
        ['error 999:', /\bError 999: /],
        ['cuda_error_unknown', /CUDA_ERROR_UNKNOWN\b/],
        ['failed call to cuinit', /failed call to cuInit: (?:UNKNOWN ERROR ?|CUresult)\(-1\)/i],
        ['might not have a cuda gpu', /you might not have a CUDA gpu/i],
        ['cuda error: unknown error', /nvidia-container-cli(?:\.real)?: \w{1,20} error: cuda error: unknown error/i],
        ['runtime error (999)', /cuda runtime error \(999\)/i],
        ['unknown error (999)', /unknown error \(999\)/i],
        ['cudagetdevicecount', /cudaGetDeviceCount\S{0,3} .{0,20}\b(?:999|30)\b.{0,10}unknown error/i],
        ['initialization error', /(?:cuInit|CUDA error|cudaGetDeviceCount)\b.{0,40}\binitialization error/i],
        ['cuda_error_not_initialized', /CUDA_ERROR_NOT_INITIALIZED/],
        ['cudaerrorinitializationerror', /cudaErrorInitializationError/],
      ],
      cause:
        'CUDA could not start: nvidia_uvm is in a bad state (typically after suspend), its device file is missing, or no GPU is visible',
      fix: 'sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm, or reboot; in a container check that nvidia-smi and /dev/nvidia-uvm are there',
      sources: ['pytorch/pytorch#49081', 'pytorch/pytorch#88639', 'NVIDIA/nvidia-docker#910'],
      examples: [
        'RuntimeError: CUDA unknown error - this may be due to an incorrectly set up environment',
        'cuInit failed: CUDA_ERROR_UNKNOWN (999)',
        'RuntimeError: CUDA driver initialization failed, you might not have a CUDA gpu.',
      ],
      explains: ['tf_no_cuda_driver'],
    },
    {
      id: 'cuda_program_fault',
      signs: [
        ['illegal memory access', /(?:CUDA|cuda\w{1,30}|GPU)\b.{0,80}an illegal memory access was encountered/i],
        ['cuda_error_illegal_address', /CUDA_ERROR_ILLEGAL_ADDRESS/],
        ['cudaerrorillegaladdress', /cudaErrorIllegalAddress/],
        ['device-side assert', /(?:CUDA|cuda\w{1,30})\b.{0,80}device-side assert triggered/i],
        ['unspecified launch failure', /(?:CUDA|cuda\w{1,30})\b.{0,80}unspecified launch failure/i],
        ['cuda_error_launch_failed', /CUDA_ERROR_LAUNCH_FAILED/],
        ['misaligned address', /(?:CUDA|cuda\w{1,30})\b.{0,80}misaligned address/i],
        ['nvrm: xid', /NVRM: Xid \(.{1,40}\): (?:13|31|43)\b/i],
      ],
      cause:
        'a program on the GPU failed: an index or label was out of range, or a library read or wrote outside its memory; driver and container are not the cause',
      fix: 'run again with CUDA_LAUNCH_BLOCKING=1, so that the line of Python above the error is the right one; check labels and indices, then other versions of the libraries',
      sources: ['https://docs.nvidia.com/deploy/xid-errors/', 'https://pytorch.org/docs/stable/notes/cuda.html'],
      examples: [
        'RuntimeError: CUDA error: an illegal memory access was encountered',
        'RuntimeError: CUDA error: device-side assert triggered',
        'NVRM: Xid (PCI:0000:cb:00): 31, pid=811, name=python3, Ch 00000008, MMU Fault: ENGINE GRAPHICS',
      ],
      explains: ['nccl_cuda_error', 'nccl_remote_error', 'nccl_timeout', 'gpu_xid'],
    },
    {
      id: 'cuda_operation_unsupported',
      signs: [
        ['peer access is not supported', /peer access is not supported between these/i],
        ['operation not supported', /CUDA error:? .{0,60}operation not supported/i],
        ['unable to create stream', /unable to create stream: operation not supported/i],
        ['pinned system memory', /Unable to allocate pinned system memory.{0,80}operation not supported/i],
        ['cudaerrornotsupported', /cudaErrorNotSupported/],
        ['os call failed', /OS call failed or operation not supported on this OS/i],
        ['cuda_error_not_supported', /CUDA_ERROR_NOT_SUPPORTED/],
      ],
      cause:
        'this GPU, or the virtual form of it, cannot do what the program asked: a vGPU without unified memory, WSL2, or GPUs that cannot reach each other',
      fix: 'vGPU: have unified memory switched on for it (enable_uvm); PyTorch: PYTORCH_CUDA_ALLOC_CONF=backend:native; NCCL: NCCL_P2P_DISABLE=1 and NCCL_CUMEM_ENABLE=0',
      sources: [
        'huggingface/text-generation-inference#615',
        'https://docs.nvidia.com/vgpu/latest/grid-vgpu-user-guide/index.html',
      ],
      examples: ['RuntimeError: CUDA error: operation not supported'],
      explains: ['nccl_cuda_error'],
    },
    {
      id: 'cuda_library_not_initialized',
      signs: [
        ['cudnn_status_not_initialized', /CUDNN_STATUS_NOT_INITIALIZED/],
        ['cublas_status_not_initialized', /CUBLAS_STATUS_NOT_INITIALIZED/],
        ['dnn library initialization failed', /DNN library initialization failed/i],
        ['create cudnn handle', /Could not create cudnn handle/i],
        ['cudnn_status_execution_failed', /CUDNN_STATUS_EXECUTION_FAILED/],
        ['cudnn_status_internal_error', /CUDNN_STATUS_INTERNAL_ERROR/],
        ['cublas_status_execution_failed', /CUBLAS_STATUS_EXECUTION_FAILED/],
        ['cublas_status_internal_error', /CUBLAS_STATUS_INTERNAL_ERROR/],
      ],
      cause:
        'cuBLAS or cuDNN could not start, or not work, on the GPU: mostly no GPU memory was left for it, or its version does not fit the driver or the framework',
      fix: 'nvidia-smi shows who holds memory; try a smaller batch (TensorFlow: TF_FORCE_GPU_ALLOW_GROWTH=true), and unset LD_LIBRARY_PATH',
      sources: ['https://docs.nvidia.com/cuda/cublas/index.html'],
      examples: ['RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling cublasCreate(handle)'],
      vague: true,
    },
    {
      id: 'gpu_hidden_by_env',
      signs: [
        ['cuda_visible_devices', /CUDA_VISIBLE_DEVICES is set to -1/i],
        ['cuda_visible_devices', /env: CUDA_VISIBLE_DEVICES="?-1"?/],
        ['hides all gpus from cuda', /hides all GPUs from CUDA/i],
      ],
      cause: 'CUDA_VISIBLE_DEVICES hides all GPUs from the program',
      fix: 'unset CUDA_VISIBLE_DEVICES, or set it to a GPU that nvidia-smi -L lists',
      sources: ['tensorflow/tensorflow:third_party/xla/xla/stream_executor/cuda/cuda_diagnostics.cc'],
      examples: ['CUDA_VISIBLE_DEVICES is set to -1 - this hides all GPUs from CUDA'],
      explains: ['tf_no_cuda_driver', 'tf_cuinit_no_device', 'cuda_init_failed', 'no_cuda_gpu'],
    },
    {
      id: 'tf_cuinit_no_device',
      signs: [
        ['failed call to cuinit', /failed call to cuInit: .{0,80}(?:CUDA_ERROR_NO_DEVICE|no CUDA-capable device)/i],
      ],
      cause:
        'TensorFlow found the CUDA driver library and no GPU: the container was started without one, or the driver does not run',
      fix: 'start with --gpus all, and check nvidia-smi in the container',
      sources: ['tensorflow/tensorflow#60646', 'tensorflow/tensorflow#62412'],
      examples: ['failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected'],
      explains: ['tf_no_cuda_driver', 'no_cuda_gpu'],
    },
    {
      id: 'tf_no_cuda_driver',
      signs: [
        'could not find cuda drivers on your machine',
        ['failed call to cuinit', /failed call to cuInit: UNKNOWN ERROR \(303\)/i],
      ],
      cause:
        'TensorFlow found no CUDA driver or libraries and will use the CPU: the container was started without GPU, or the image is the CPU one',
      fix: 'start with --gpus all; take an image with CUDA (gpudock match tensorflow)',
      sources: ['tensorflow/tensorflow#94593', 'tensorflow/tensorflow#62412'],
      examples: ['Could not find cuda drivers on your machine, GPU will not be used.'],
      vague: true,
    },
    {
      id: 'no_cuda_gpu',
      signs: [
        ['no cuda gpus are available', /RuntimeError: No CUDA GPUs are available/],
        ['found no nvidia driver', /Found no NVIDIA driver on your system/],
        ['no cuda-capable device', /no CUDA-capable device is detected/i],
        ['cuda_error_no_device', /CUDA_ERROR_NO_DEVICE/],
        ['cudaerrornodevice', /cudaErrorNoDevice/],
        ['compatible gpus were discovered', /no compatible GPUs were discovered/i],
        ['no usable gpu found', /warning: no usable GPU found/i],
        ['not compiled with cuda', /AssertionError: Torch not compiled with CUDA enabled/],
        [
          'deserialize object on a cuda',
          /deserialize object on a CUDA device but torch\.cuda\.is_available\(\) is False/i,
        ],
        ['initialization failure with', /CUDA initialization failure with error:? 100\b/i],
        ['failed to infer device type', /RuntimeError: Failed to infer device type/],
        ['cuda-enabled jaxlib is not installed', /CUDA-enabled jaxlib is not installed/i],
      ],
      cause: 'PyTorch sees no GPU: the container was started without one, or this PyTorch was built for the CPU',
      fix: 'start with --gpus all; check `python -c "import torch; print(torch.version.cuda)"`',
      sources: [
        'YanWenKun/ComfyUI-Docker#60',
        'conda-forge/pytorch-cpu-feedstock#364',
        'NVIDIA/nvidia-container-toolkit#86',
      ],
      examples: [
        'RuntimeError: No CUDA GPUs are available',
        'RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver',
        'AssertionError: Torch not compiled with CUDA enabled',
      ],
      vague: true,
    },
    {
      id: 'cuda_operation_unsupported',
      signs: [
        ['cublas_status_not_supported', /CUBLAS_STATUS_NOT_SUPPORTED/],
        ['cudnn_status_not_supported', /CUDNN_STATUS_NOT_SUPPORTED/],
      ],
      cause:
        'cuBLAS or cuDNN has no way to compute this: a number format or layout that the GPU lacks, or a library of another version than the framework was built for',
      fix: 'unset LD_LIBRARY_PATH; then float16 or float32 in place of bfloat16, contiguous tensors, and a newer image',
      sources: ['https://docs.nvidia.com/cuda/cublas/index.html'],
      examples: ['RuntimeError: CUDA error: CUBLAS_STATUS_NOT_SUPPORTED when calling `cublasGemmEx`'],
      vague: true,
    },
    {
      id: 'gpu_launch_timeout',
      signs: [
        ['launch timed out and was terminated', /the launch timed out and was terminated/i],
        ['cuda_error_launch_timeout', /CUDA_ERROR_LAUNCH_TIMEOUT/],
      ],
      cause: 'the GPU also drives a display, whose watchdog ends programs that hold it for seconds',
      fix: 'compute on a GPU without a display, or without one that is in use (sudo systemctl isolate multi-user.target); or give it smaller pieces of work',
      sources: ['https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html'],
      examples: ['RuntimeError: CUDA error: the launch timed out and was terminated'],
    },
    {
      id: 'gpu_code_invalid',
      signs: [
        ['kernel image is invalid', /device kernel image is invalid/i],
        ['cuda_error_invalid_image', /CUDA_ERROR_INVALID_IMAGE/],
        ['jit compilation failed', /PTX JIT compilation failed/i],
        ['cuda_error_invalid_ptx', /CUDA_ERROR_INVALID_PTX/],
        ['cudaerrorinvalid', /cudaErrorInvalid(?:KernelImage|Ptx)\b/],
      ],
      cause:
        'the driver cannot load code that was made for the GPU: it is for another GPU, or comes from a newer toolkit than the driver takes',
      fix: 'update the driver, or take an image whose CUDA is not above the one nvidia-smi shows (gpudock match); code that was kept goes with: rm -rf ~/.triton/cache ~/.nv/ComputeCache',
      sources: ['https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html', 'InternLM/lmdeploy#3583'],
      examples: [
        'RuntimeError: Triton Error [CUDA]: device kernel image is invalid',
        'DriverError(CUDA_ERROR_INVALID_PTX, "a PTX JIT compilation failed")',
      ],
    },
  ],
};
