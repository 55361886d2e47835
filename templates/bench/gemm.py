"""Matrix product. Arguments: numpy | torch | fp32 | tf32 | bf16."""
import sys

from harness import measure

kind = sys.argv[1]
if kind == "numpy":
    import numpy

    size = 768
    a = numpy.random.default_rng(1).random((size, size), dtype=numpy.float32)
    measure(lambda: a @ a, lambda seconds: 2 * size**3 / seconds / 1e9)
elif kind == "torch":
    import torch

    size = 768
    a = torch.rand(size, size)
    measure(lambda: a @ a, lambda seconds: 2 * size**3 / seconds / 1e9)
else:
    import torch

    from gpu_timing import measure_gpu

    size = 4096
    torch.backends.cuda.matmul.allow_tf32 = kind == "tf32"
    a = torch.rand(size, size, device="cuda", dtype=torch.bfloat16 if kind == "bf16" else torch.float32)
    measure_gpu(lambda: a @ a, lambda seconds: 2 * size**3 / seconds / 1e12)
