"""All-reduce over every visible GPU: bus bandwidth, 2(n-1)/n of the bytes over time (nccl-tests, PERFORMANCE.md)."""
import os
import tempfile
import time

import torch
import torch.distributed as distributed
import torch.multiprocessing as processes

from gpu_timing import gpu_readings
from harness import report

SIZE = 256 << 20


def work(rank, count, meeting, figures):
    torch.cuda.set_device(rank)
    distributed.init_process_group("nccl", init_method="file://" + meeting, rank=rank, world_size=count)
    data = torch.ones(SIZE // 4, device="cuda")
    for iteration in range(15):
        distributed.barrier()
        torch.cuda.synchronize()
        begin = time.perf_counter()
        distributed.all_reduce(data)
        torch.cuda.synchronize()
        if rank == 0 and iteration >= 5:
            figures.put(SIZE / (time.perf_counter() - begin) * 2 * (count - 1) / count / 1e9)
    distributed.destroy_process_group()


if __name__ == "__main__":
    count = torch.cuda.device_count()
    figures = processes.get_context("spawn").SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        processes.spawn(work, args=(count, os.path.join(folder, "meeting"), figures), nprocs=count)
    report([figures.get() for _ in range(10)], **gpu_readings())
