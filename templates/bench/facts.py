"""What a side is made of, so that two sides can be told to be alike."""
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import sys


def digest(path):
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()[:16]
    except OSError:
        return None


def first_line(*paths):
    for path in paths:
        try:
            with open(path) as file:
                return file.readline().strip()
        except OSError:
            continue
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


status = open("/proc/self/status").read() if os.path.exists("/proc/self/status") else ""
facts = {
    "python": platform.python_version(),
    "pythonDigest": digest(os.path.realpath(sys.executable)),
    "libc": " ".join(platform.libc_ver()),
    "packages": {name: package(name) for name in ("numpy", "torch")},
    "cpus": next((line.split()[1] for line in status.splitlines() if line.startswith("Cpus_allowed_list")), None),
    "nodes": next((line.split()[1] for line in status.splitlines() if line.startswith("Mems_allowed_list")), None),
    "cpuLimit": first_line("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    "memoryLimit": first_line("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    "shmMiB": shutil.disk_usage("/dev/shm").total >> 20 if os.path.isdir("/dev/shm") else None,
    "fio": shutil.which("fio") is not None,
    "environment": {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith(("OMP_", "MKL_", "OPENBLAS_", "CUDA_", "TORCH_", "PYTORCH_", "NVIDIA_TF32"))
    },
}
print("\nGPUDOCK-FACTS " + json.dumps(facts))
