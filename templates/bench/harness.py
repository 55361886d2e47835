"""What all workloads share: warm-up, timing, and one line of JSON at the end. Needs nothing but Python 3.8."""
import glob
import json
import os
import sys
import time

SECONDS = 0.4  # how long a process measures, at least
LEAST, MOST = 5, 200  # iterations


class Watch:
    """What the machine and other programs did meanwhile. It looks before the first timed region and after the last."""

    def __init__(self):
        self.machine, self.own, self.hot = machine_busy(), own_busy(), overheated()
        self.begin = time.perf_counter()

    def seconds(self):
        return time.perf_counter() - self.begin

    def other_load(self):
        """CPUs that others kept busy. Ticks are 10 ms: what is shorter than 0.2 s tells nothing."""
        wall, now = self.seconds(), machine_busy()
        if self.machine is None or now is None or wall < 0.2:
            return None
        return max(0.0, (now - self.machine - (own_busy() - self.own)) / wall)

    def readings(self):
        clock, hot = cpu_clock(), overheated()
        return {
            **({} if clock is None else {"cpuMHz": clock}),
            **({} if hot is None or self.hot is None else {"cpuOverheated": hot - self.hot}),
        }


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


def numbers(pattern):
    for path in glob.glob(pattern):
        try:
            with open(path) as file:
                yield int(file.read())
        except (OSError, ValueError):
            continue


def overheated():
    """How often the CPUs have slowed down for their heat since the start of the machine; None where they don't say."""
    counts = list(numbers("/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count"))
    return sum(counts) if counts else None


def cpu_clock():
    """MHz of the fastest CPU right now: the one that has just worked; None where the kernel does not say."""
    clocks = [value / 1e3 for value in numbers("/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq")]
    try:
        with open("/proc/cpuinfo") as info:
            clocks += [float(line.split(":")[1]) for line in info if line.startswith("cpu MHz")]
    except (OSError, ValueError):
        pass
    return round(max(clocks)) if clocks else None


def measure(step, figure, alone=True, **readings):
    """Runs step until SECONDS are over; figure turns the time of one into the workload's unit.

    alone=False: other processes take part, and their time is not to be told from that of strangers."""
    for _ in range(2):
        step()
    clock, times = time.perf_counter_ns, []
    watch = Watch()
    while len(times) < MOST and (len(times) < LEAST or watch.seconds() < SECONDS):
        start = clock()
        step()
        times.append(clock() - start)
    report([figure(time_ns / 1e9) for time_ns in times], watch, alone, **readings)


def report(iterations, watch=None, alone=True, **readings):
    document = {
        "iterations": iterations,
        "otherLoad": watch.other_load() if watch and alone else None,
        "readings": {**(watch.readings() if watch else {}), **readings},
    }
    sys.stdout.write("\nGPUDOCK-BENCH " + json.dumps(document) + "\n")
    sys.stdout.flush()
