import type {Topic} from './failure.js';

/** What stops several GPUs, or several machines, from working together: NCCL and torch.distributed. */
export const collective: Topic = {
  title: 'Several GPUs and machines',
  failures: [
    {
      id: 'nccl_system_error',
      signs: [
        'nccl error: unhandled system error',
        ['unhandled system error', /(?:NCCL|nccl\w{0,20}|ProcessGroup).{0,200}unhandled system error/i],
        ['ncclsystemerror', /ncclSystemError: System call/i],
      ],
      cause: 'a system call of NCCL failed: most often shared memory, a network interface, or a peer that went away',
      fix: 'run again with NCCL_DEBUG=INFO; try --shm-size=8g, then NCCL_SOCKET_IFNAME=INTERFACE',
      sources: ['NVIDIA/nccl#342', 'NVIDIA/nccl#290', 'NVIDIA/nccl#473'],
      examples: [
        'RuntimeError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO for details)',
        'torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1691, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.21.5',
      ],
    },
    {
      id: 'nccl_remote_error',
      signs: ['remote process exited or there was a network error', ['ncclremoteerror', /ncclRemoteError:/i]],
      cause: 'another process of the job ended or cannot be reached; its own log says why',
      fix: 'read the log of the rank that ended first; between machines check NCCL_SOCKET_IFNAME and the firewall',
      sources: ['https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html'],
      examples: [
        'ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.',
      ],
      vague: true,
    },
    {
      id: 'nccl_cuda_error',
      signs: [
        ['unhandled cuda error', /(?:NCCL|nccl\w{0,20}|ProcessGroup).{0,200}unhandled cuda error/i],
        ['ncclunhandledcudaerror', /ncclUnhandledCudaError: Call to CUDA/i],
      ],
      cause:
        'a CUDA call of NCCL failed, and its NCCL WARN line says which: no memory left, no code for this GPU, a driver that is too old, or GPUs that cannot reach each other',
      fix: 'run again with NCCL_DEBUG=INFO and read the first NCCL WARN; then with one GPU (CUDA_VISIBLE_DEVICES=0), and with NCCL_P2P_DISABLE=1',
      sources: ['vllm-project/vllm#7896', 'vllm-project/vllm#6732', 'NVlabs/stylegan2-ada-pytorch#186'],
      examples: [
        'RuntimeError: NCCL Error 1: unhandled cuda error',
        'ncclUnhandledCudaError: Call to CUDA function failed.',
      ],
      vague: true,
    },
    {
      id: 'nccl_timeout',
      signs: [['collective operation timeout', /Watchdog caught collective operation timeout/i]],
      cause: 'one process of the job did not come to a common step in time: it ended, hangs, or has other work to do',
      fix: 'read the log of every rank for the one that ended first; NCCL_DEBUG=INFO shows a network that fails; long steps need a longer timeout in init_process_group',
      sources: ['https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html'],
      examples: ['[Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=12, OpType=ALLREDUCE)'],
      explains: ['nccl_remote_error'],
    },
    {
      id: 'distributed_peer_unreachable',
      signs: [
        ['socketstartconnect:', /socketStartConnect: Connect to .{1,80} failed/],
        ['socket has timed out', /The client socket has timed out after .{1,60} while trying to connect to/i],
        ['rendezvousconnectionerror', /RendezvousConnectionError/],
        ['store based barrier', /Timed out initializing process group in store based barrier/i],
      ],
      cause: 'a process of the job cannot reach the first one at MASTER_ADDR and MASTER_PORT',
      fix: 'between containers use --network=host, or an address that both reach; check MASTER_ADDR, MASTER_PORT and the firewall, and that all ranks start',
      sources: ['pytorch/pytorch#23363', 'https://pytorch.org/docs/stable/distributed.html'],
      examples: [
        'torch.distributed.DistNetworkError: The client socket has timed out after 60s while trying to connect to (10.0.0.2, 29500).',
      ],
    },
    {
      id: 'too_few_gpus',
      signs: [
        ['available gpus', /World size \(\d{1,4}\) is larger than the number of available GPUs/i],
        ['required gpus exceeds', /number of required GPUs exceeds the total number of available GPUs/i],
      ],
      cause: 'the program is told to use more GPUs than the container has',
      fix: 'nvidia-smi -L in the container shows them; lower the number (vLLM: --tensor-parallel-size), or start with --gpus all',
      sources: ['https://docs.vllm.ai/en/latest/serving/parallelism_scaling.html'],
      examples: ['ValueError: World size (4) is larger than the number of available GPUs (1) in this node.'],
    },
    {
      id: 'nccl_invalid_usage',
      signs: [
        ['ncclinvalidusage', /ncclInvalidUsage\b/],
        ['nccl version', /NCCL error.{0,120}invalid usage/i],
        ['duplicate gpu detected', /Duplicate GPU detected/i],
      ],
      cause:
        'the processes of the job use NCCL wrongly: mostly two of them the same GPU, or more of them than there are GPUs',
      fix: 'one process a GPU: torchrun --nproc-per-node no more than nvidia-smi -L lists, and torch.cuda.set_device(LOCAL_RANK) before the group is made; NCCL_DEBUG=WARN names the GPU',
      sources: ['https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/api/types.html', 'TencentARC/GFPGAN#154'],
      examples: [
        'ncclInvalidUsage: This usually reflects invalid usage of NCCL library.',
        'NCCL WARN Duplicate GPU detected : rank 1 and rank 0 both on CUDA device 1000',
      ],
      explains: ['nccl_cuda_error', 'nccl_remote_error'],
    },
    {
      id: 'nccl_internal_error',
      signs: [
        ['ncclinternalerror', /ncclInternalError\b/],
        ['internal error', /(?:NCCL|ProcessGroupNCCL).{0,160}\binternal error\b/i],
        ['nccl warn could not', /NCCL WARN Could not find real path of \/sys\/class\/pci_bus/i],
      ],
      cause:
        'a check of NCCL failed: it does not see how the GPUs are connected (a virtual machine, a container), or ranks run different versions of it',
      fix: 'run again with NCCL_DEBUG=INFO and read the first NCCL WARN; take an image with a newer NCCL, the same on all ranks; --shm-size=8g --ulimit memlock=-1',
      sources: [
        'https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html',
        'fundamentalvision/BEVFormer#235',
      ],
      examples: [
        'ncclInternalError: Internal check failed.',
        'NCCL WARN Could not find real path of /sys/class/pci_bus/0000:02/../../0000:02:00.0',
      ],
      vague: true,
    },
    {
      id: 'memlock_too_small',
      signs: [
        ['call to ibv_', /Call to ibv_\w{1,20} failed with error Cannot allocate memory/i],
        ['ibv_reg_mr', /ibv_reg_mr\b.{0,60}Cannot allocate memory/i],
      ],
      cause: 'RDMA locks memory, and the container may lock too little',
      fix: '--ulimit memlock=-1 (and --cap-add IPC_LOCK); a rootless engine passes on no more than ulimit -l of its user',
      sources: ['https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/troubleshooting.html', 'NVIDIA/nccl#290'],
      examples: ['NCCL WARN Call to ibv_create_qp failed with error Cannot allocate memory'],
      explains: ['nccl_system_error'],
    },
    {
      id: 'distributed_peer_ended',
      signs: [
        ['connection closed by peer', /gloo\b.{0,160}Connection (?:closed|reset) by peer/i],
        ['distnetworkerror:', /DistNetworkError: Failed to recv/],
      ],
      cause: 'another process of the job ended, and this one noticed; the log of that one says why',
      fix: 'read the log of the rank that ended first; sudo dmesg | grep -i "out of memory" shows whether it was killed',
      sources: ['https://pytorch.org/docs/stable/distributed.html'],
      examples: [
        'RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:525] Connection closed by peer [127.0.0.1]:3434',
      ],
      vague: true,
    },
  ],
};
