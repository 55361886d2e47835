"""What all workloads share: warm-up, timing, and one line of JSON at the end. Needs nothing but Python 3.8."""
import json
import os
import sys
import time

SECONDS = 0.4  # how long a process measures, at least
LEAST, MOST = 5, 200  # iterations


def machine_busy():
    """Seconds that all CPUs together were busy since the start of the machine; None where the kernel does not say."""
    try:
        with open("/proc/stat") as stat:
            user, nice, system, _idle, _wait, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    except (OSError, ValueError):
        return None
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def own_busy():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(step, figure, alone=True):
    """Runs step until SECONDS are over; figure turns the time of one into the workload's unit.

    alone=False: other processes take part, and their time is not to be told from that of strangers."""
    for _ in range(2):
        step()
    clock, times = time.perf_counter_ns, []
    machine, own, begin = machine_busy(), own_busy(), clock()
    while len(times) < MOST and (len(times) < LEAST or clock() - begin < SECONDS * 1e9):
        start = clock()
        step()
        times.append(clock() - start)
    wall = (clock() - begin) / 1e9
    report([figure(time_ns / 1e9) for time_ns in times], load(machine, own, wall) if alone else None)


def load(machine, own, wall):
    """CPUs that others kept busy. Ticks are 10 ms: what is shorter than 0.2 s tells nothing."""
    now = machine_busy()
    if machine is None or now is None or wall < 0.2:
        return None
    return max(0.0, (now - machine - (own_busy() - own)) / wall)


def report(iterations, other_load=None, **readings):
    document = {"iterations": iterations, "otherLoad": other_load, "readings": readings}
    sys.stdout.write("\nGPUDOCK-BENCH " + json.dumps(document) + "\n")
    sys.stdout.flush()


def cuda_events(step, figure, repeat=10):
    """Times work on the GPU by its own events, never the launch of it."""
    import torch

    for _ in range(3):
        step()
    torch.cuda.synchronize()
    figures = []
    machine, own, begin = machine_busy(), own_busy(), time.perf_counter()
    while len(figures) < LEAST or (time.perf_counter() - begin < SECONDS and len(figures) < MOST):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(repeat):
            step()
        end.record()
        end.synchronize()
        figures.append(figure(start.elapsed_time(end) / 1e3 / repeat))
    report(figures, load(machine, own, time.perf_counter() - begin), **gpu_readings())


def gpu_readings():
    """Clock, temperature and throttling right after the work, by the driver's own library."""
    import ctypes

    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
        device, value, reasons = ctypes.c_void_p(), ctypes.c_uint(), ctypes.c_ulonglong()
        nvml.nvmlInit_v2()
        nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(device))
        readings = {}
        # nvml.h: NVML_CLOCK_SM is 1, NVML_TEMPERATURE_GPU is 0
        if nvml.nvmlDeviceGetClockInfo(device, 1, ctypes.byref(value)) == 0:
            readings["smClockMHz"] = value.value
        if nvml.nvmlDeviceGetMaxClockInfo(device, 1, ctypes.byref(value)) == 0:
            readings["smClockMaxMHz"] = value.value
        if nvml.nvmlDeviceGetTemperature(device, 0, ctypes.byref(value)) == 0:
            readings["temperature"] = value.value
        if nvml.nvmlDeviceGetCurrentClocksThrottleReasons(device, ctypes.byref(reasons)) == 0:
            readings["throttleReasons"] = reasons.value
        return readings
    except (OSError, AttributeError):
        return {}
