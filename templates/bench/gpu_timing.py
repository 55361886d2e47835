"""Timing of work on the GPU, and what the driver says of the GPU right after it."""
import ctypes
import os

import torch

from harness import LEAST, MOST, SECONDS, Watch, report

# nvml.h, NVML_CLOCK_SM and NVML_TEMPERATURE_GPU
CLOCK_SM, TEMPERATURE_GPU = 1, 0
WARM_SECONDS = 0.3  # an idle GPU takes that long to raise its clocks


def measure_gpu(step, figure, repeat=10):
    """Times work on the GPU by its own events, never the launch of it; figure turns one step's seconds into the unit."""

    def timed(count):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(count):
            step()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1e3 / count  # elapsed_time tells milliseconds

    step()
    torch.cuda.synchronize()
    warming = Watch()
    while warming.seconds() < WARM_SECONDS:
        timed(repeat)
    figures, watch = [], Watch()
    while len(figures) < MOST and (len(figures) < LEAST or watch.seconds() < SECONDS):
        figures.append(figure(timed(repeat)))
    readings = gpu_readings()
    report(figures, watch, **readings)


def gpu_readings():
    """Clock, temperature, power and throttling, by the driver's own library; what it does not tell is left out."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
        if nvml.nvmlInit_v2() != 0:
            return {}
    except (OSError, AttributeError):
        return {}
    device = handle(nvml)
    if device is None:
        return {}
    small, large = ctypes.c_uint(), ctypes.c_ulonglong()
    asked = {
        "smClockMHz": ("nvmlDeviceGetClockInfo", (CLOCK_SM,), small),
        "smClockMaxMHz": ("nvmlDeviceGetMaxClockInfo", (CLOCK_SM,), small),
        "temperature": ("nvmlDeviceGetTemperature", (TEMPERATURE_GPU,), small),
        "powerMilliwatt": ("nvmlDeviceGetPowerUsage", (), small),
        "throttleReasons": ("nvmlDeviceGetCurrentClocksThrottleReasons", (), large),
    }
    readings = {}
    for name, (function, arguments, value) in asked.items():
        call = getattr(nvml, function, None)
        if call is not None and call(device, *arguments, ctypes.byref(value)) == 0:
            readings[name] = value.value
    return readings


def handle(nvml):
    """The GPU that CUDA calls 0. NVML knows nothing of CUDA_VISIBLE_DEVICES, which names it where it has a UUID."""
    device = ctypes.c_void_p()
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0]
    if first.startswith(("GPU-", "MIG-")):
        found = nvml.nvmlDeviceGetHandleByUUID(first.encode(), ctypes.byref(device))
    else:
        found = nvml.nvmlDeviceGetHandleByIndex_v2(int(first) if first.isdigit() else 0, ctypes.byref(device))
    return device if found == 0 else None
