"""What a side is made of, so that two sides can be told to be alike."""
import hashlib
import importlib
import importlib.util
import json
import os
import platform
import re
import shutil
import sys


def digest(path):
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()[:16]
    except OSError:
        return None


def first_line(path):
    try:
        with open(path) as file:
            return file.readline().strip()
    except OSError:
        return None


def package(name):
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    folder = os.path.dirname(spec.origin)
    state = hashlib.sha256()
    sources = compiled = 0
    for root, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            sources += file.endswith(".py")
            compiled += file.endswith(".pyc")
            if file.endswith(".so"):
                state.update((digest(os.path.join(root, file)) or "").encode())
    from importlib import metadata

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = None
    return {"version": version, "libraries": state.hexdigest()[:16], "compiled": compiled >= sources * 0.9}


ARITHMETIC = re.compile(r"blas|lapack|mkl|gomp|iomp|libomp|cudnn|cublas|cudart|nccl")


def loaded(names):
    """Libraries that do the work of the packages: which ones are loaded is decided by the system, not by the package."""
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # a package that is there and broken is told by its own workload
            continue
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split(None, 5)[5].strip() for line in maps if "/" in line}
    except OSError:
        return {}
    libraries = [file for file in files if ARITHMETIC.search(os.path.basename(file)) and ".so" in file]
    return {os.path.basename(file): digest(file) for file in sorted(libraries)}


def limits(controller, name):
    """Lines of a cgroup file, of our own group and of those above it, in either version of cgroups."""
    try:
        with open("/proc/self/cgroup") as groups:
            entries = [line.strip().split(":", 2) for line in groups]
    except OSError:
        return
    for _number, controllers, path in entries:
        if controllers and controller not in controllers.split(","):
            continue
        root = os.path.join("/sys/fs/cgroup", controllers)
        parts = path.strip("/").split("/")
        for depth in range(len(parts), -1, -1):
            line = first_line(os.path.join(root, *parts[:depth], name))
            if line is not None:
                yield line


def strictest(values):
    """The smallest limit; "none" where nothing limits; None where the kernel tells nothing."""
    values = list(values)
    return min((value for value in values if value != "none"), default="none") if values else None


def cpu_limit():
    """CPUs."""
    new = [line.split() for line in limits("cpu", "cpu.max")]
    if new:
        return strictest("none" if quota == "max" else int(quota) / int(period) for quota, period in new)
    quotas = list(zip(limits("cpu", "cpu.cfs_quota_us"), limits("cpu", "cpu.cfs_period_us")))
    return strictest("none" if int(quota) < 0 else int(quota) / int(period) for quota, period in quotas)


def memory_limit():
    """Bytes. The old files say "no limit" by a number near 2^63."""
    lines = list(limits("memory", "memory.max")) or list(limits("memory", "memory.limit_in_bytes"))
    return strictest("none" if line == "max" or int(line) >= 1 << 62 else int(line) for line in lines)


status = open("/proc/self/status").read() if os.path.exists("/proc/self/status") else ""
PACKAGES = ("numpy", "torch")
facts = {
    "executable": sys.executable,
    "python": platform.python_version(),
    "pythonDigest": digest(os.path.realpath(sys.executable)),
    "libc": " ".join(platform.libc_ver()),
    "packages": {name: package(name) for name in PACKAGES},
    "loaded": loaded(PACKAGES),
    "cpus": next((line.split()[1] for line in status.splitlines() if line.startswith("Cpus_allowed_list")), None),
    "nodes": next((line.split()[1] for line in status.splitlines() if line.startswith("Mems_allowed_list")), None),
    "cpuLimit": cpu_limit(),
    "memoryLimit": memory_limit(),
    "shmMiB": shutil.disk_usage("/dev/shm").total >> 20 if os.path.isdir("/dev/shm") else None,
    "fio": shutil.which("fio") is not None,
    "environment": {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith(("OMP_", "MKL_", "OPENBLAS_", "CUDA_", "TORCH_", "PYTORCH_", "NVIDIA_TF32"))
    },
}
print("\nGPUDOCK-FACTS " + json.dumps(facts))
