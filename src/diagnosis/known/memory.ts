import type {Topic} from './failure.js';

/** Memory of GPUs, of containers, and what processes share. */
export const memory: Topic = {
  title: 'Memory',
  failures: [
    {
      id: 'shm_too_small',
      signs: [
        ['shared memory', /Bus error.{0,120}shared memory|insufficient shared memory \(shm\)/i],
        ['killed by signal:', /DataLoader worker \(pid[^)]{0,20}\) is killed by signal: Bus error/i],
        ['/dev/shm/nccl', /(?:failed|error|unable|could not|cannot).{0,80}\/dev\/shm\/nccl/i],
        ['/dev/shm/', /\/dev\/shm\S{0,60}.{0,40}No space left on device|No space left on device.{0,60}\/dev\/shm/i],
        ['unable to write to file', /unable to write to file <\/torch_/i],
        ['shared memory object', /unable to open shared memory object <\/torch_\S{1,60} .{0,40}No space left/i],
        ['unable to mmap', /unable to mmap \d{1,15} bytes from file <\/torch_/i],
        ['because /dev/shm', /using \/tmp instead of \/dev\/shm because \/dev\/shm has only/i],
        ['out of shared memory', /workers are out of shared memory/i],
        ['resize shared memory', /could not resize shared memory segment .{0,120}No space left/i],
      ],
      cause: 'the engine gives /dev/shm only 64 MiB; data-loader workers and NCCL pass tensors through it',
      fix: '--shm-size=8g (or --ipc=host); in Kubernetes an emptyDir with medium Memory on /dev/shm',
      sources: ['pytorch/pytorch#5040', 'NVIDIA/nccl#342', 'pytorch/pytorch#16979', 'vllm-project/vllm#1710'],
      examples: [
        "RuntimeError: DataLoader worker (pid 1234) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.",
        'ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).',
        'misc/shmutils.cc:72 NCCL WARN Error: failed to extend /dev/shm/nccl-dpGQIh to 9637892 bytes',
        'OSError: [Errno 28] No space left on device: /dev/shm/psm_4c8a',
      ],
      explains: ['nccl_system_error', 'disk_full'],
    },
    {
      id: 'cuda_oom',
      signs: [
        ['out of memory', /\b(?:CUDA|HIP) (?:runtime )?error ?\(?2\)? ?(?:at \S{1,80})? ?: ?out of memory/i],
        ['out of memory', /\b(?:CUDA|HIP|cuda\w{1,30}|GPU)(?: error| failed)?(?:\(\d\))?:? (?:is )?out of memory/i],
        ['out of memory', /\bcuda \w{1,20} with error 2\b.{0,10}out of memory/i],
        ['cuda_error_out_of_memory', /CUDA_ERROR_OUT_OF_MEMORY/],
        ['cudaerrormemoryallocation', /cudaErrorMemoryAllocation/],
        [
          'resource_exhausted',
          /RESOURCE_EXHAUSTED: failed to allocate (?:memory|request for .{1,60} on device ordinal)/i,
        ],
        ['resource_exhausted', /RESOURCE_EXHAUSTED:? .{0,20}(?:Out of memory|OOM when)/i],
        ['failed to allocate memory', /ResourceExhausted(?:Error)?: .{0,20}failed to allocate memory/i],
        ['when allocating tensor', /OOM when allocating tensor/i],
        ['cublas_status_alloc_failed', /CUBLAS_STATUS_ALLOC_FAILED/],
        ['for the cache blocks', /No available memory for the cache blocks/i],
        ['outofmemoryerror', /torch\.(?:cuda\.)?OutOfMemoryError:/],
        ['outofmemoryerror', /cupy\S{0,30}\.OutOfMemoryError: Out of memory allocating/],
      ],
      cause:
        'the program asked for more GPU memory than is free: the batch or model is too large, or other processes hold the GPU',
      fix: 'nvidia-smi shows who holds memory; then a smaller batch or model, another GPU, or PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True',
      sources: ['pytorch/pytorch#16417', 'https://pytorch.org/docs/stable/notes/cuda.html'],
      examples: [
        'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 21.95 GiB of which 730.12 MiB is free.',
        'RuntimeError: CUDA error: out of memory',
        'tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM when allocating tensor with shape[64,512,56,56]',
        'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 12884901888 bytes.',
        'failed to allocate 10.59G (11369054208 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory',
      ],
      explains: [
        'nccl_system_error',
        'nccl_cuda_error',
        'cuda_init_failed',
        'container_out_of_memory',
        'model_load_failed',
      ],
    },
    {
      id: 'shm_too_small',
      signs: [
        ['fatal python error: bus', /Fatal Python error: Bus error/],
        ['bus error (core dumped)', /\bBus error \(core dumped\)/],
      ],
      cause: 'the program touched a mapped file for which there is no room: in a container mostly /dev/shm, of 64 MiB',
      fix: '--shm-size=8g (or --ipc=host); otherwise df -h shows which disk is full',
      sources: ['pytorch/pytorch#5040', 'https://man7.org/linux/man-pages/man2/mmap.2.html'],
      examples: ['Fatal Python error: Bus error'],
      vague: true,
    },
    {
      id: 'gpu_memory_busy',
      signs: [
        ['memory of devices', /Memory of devices .{0,40}not free after/i],
        ['free memory on device', /Free memory on device .{0,80}is less than desired GPU memory/i],
      ],
      cause: 'the GPU memory is still held by something else: a former process of this program, or another user',
      fix: 'nvidia-smi --query-compute-apps=pid,name,used_memory --format=csv; end what is left over, or choose another GPU',
      sources: ['pytorch/test-infra:tools/torchci/tests/fixtures', 'vllm-project/vllm:vllm/v1/worker/gpu_worker.py'],
      examples: [
        "ValueError: Memory of devices devices=[0] not free after dur_s=120.01 (threshold='device=0: 0.100')",
        'ValueError: Free memory on device (3.17/79.10 GiB) on startup is less than desired GPU memory utilization (0.9, 71.19 GiB).',
      ],
      explains: ['cuda_oom'],
    },
    {
      id: 'container_out_of_memory',
      signs: [
        ['out of memory: kill', /Out of memory: Kill(?:ed)? process/i],
        ['memory cgroup out of memory', /Memory cgroup out of memory/i],
        ['oomkilled', /(?:Reason:\s{1,20}|"OOMKilled": ?true|exited .{0,40})\bOOMKilled|"OOMKilled": ?true/],
        ['killed by signal:', /DataLoader worker \(pid[^)]{0,20}\) is killed by signal: Killed/i],
      ],
      cause: 'the container, or the machine, ran out of main memory, and the kernel ended the program (exit code 137)',
      fix: 'give the container more memory (--memory), or use fewer workers and smaller batches; free -h shows the host',
      sources: ['https://docs.docker.com/engine/containers/resource_constraints/'],
      examples: [
        'Memory cgroup out of memory: Killed process 4242 (python) total-vm:83886080kB',
        'RuntimeError: DataLoader worker (pid 31) is killed by signal: Killed.',
      ],
    },
    {
      id: 'container_out_of_memory',
      signs: [
        ['cannot allocate memory', /\[Errno 12\] Cannot allocate memory/],
        ['defaultcpuallocator', /DefaultCPUAllocator: (?:can't allocate|not enough) memory/i],
        ['std::bad_alloc', /(?:terminate called|what\(\):).{0,80}std::bad_alloc/i],
        ['killed signal terminated', /Killed signal terminated program \w{2,10}/i],
        ['died due to signal 9', /died due to signal 9\b/i],
      ],
      cause: 'the container, or the machine, has no main memory left for what the program asked',
      fix: 'fewer workers and smaller batches; in a build fewer compilers at once (MAX_JOBS=2); free -h shows the host',
      sources: [
        'https://docs.docker.com/engine/containers/resource_constraints/',
        'https://man7.org/linux/man-pages/man2/fork.2.html',
      ],
      examples: [
        'OSError: [Errno 12] Cannot allocate memory',
        'c++: fatal error: Killed signal terminated program cc1plus',
      ],
      explains: ['pip_build_failed', 'build_step_failed'],
    },
    {
      id: 'container_out_of_memory',
      signs: [
        ['with signal 9', /was signaled to shutdown with signal 9\b/i],
        ['signals.sigkill', /died with <Signals\.SIGKILL/],
        ['signal 9 (sigkill)', /Signal 9 \(SIGKILL\) received by PID/],
        ['with code 137', /\bexited with code 137\b/],
        ['exit code: 137', /exit code: 137\b/i],
        ['non-zero code: 137', /returned a non-zero code: 137\b/],
      ],
      cause:
        'the program was killed (signal 9): where nobody did that, the container or the machine ran out of main memory',
      fix: 'sudo dmesg | grep -i "out of memory" says so; then more memory (--memory), fewer workers or smaller batches; in a build MAX_JOBS=2',
      sources: ['https://docs.docker.com/engine/containers/resource_constraints/'],
      examples: ['trainer-1 exited with code 137'],
      explains: ['build_step_failed'],
      vague: true,
    },
  ],
};
