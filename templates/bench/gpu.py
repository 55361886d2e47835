"""Argument: h2d | d2h | device | launch."""
import sys

import torch

from gpu_timing import measure_gpu

kind = sys.argv[1]
size = 512 << 20
if kind == "launch":
    a = torch.zeros(1, device="cuda")
    measure_gpu(lambda: a.add_(1), lambda seconds: seconds * 1e6, repeat=1000)
else:
    device = torch.empty(size, dtype=torch.uint8, device="cuda")
    if kind == "device":
        other = torch.empty_like(device)
        # a copy reads every byte and writes it
        measure_gpu(lambda: other.copy_(device), lambda seconds: 2 * size / seconds / 1e9, repeat=3)
    else:
        pinned = torch.empty(size, dtype=torch.uint8, pin_memory=True)
        to, origin = (device, pinned) if kind == "h2d" else (pinned, device)
        measure_gpu(lambda: to.copy_(origin, non_blocking=True), lambda seconds: size / seconds / 1e9, repeat=3)
