"""File I/O in a folder. Arguments: write | read | small | random, then the folder."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from harness import measure, report

kind, parent = sys.argv[1], sys.argv[2]
folder = tempfile.mkdtemp(prefix="gpudock-bench-", dir=parent)
block = os.urandom(1 << 20)
MIB = 32


def write():
    with open(os.path.join(folder, "data"), "wb", buffering=0) as file:
        for _ in range(MIB):
            file.write(block)
        os.fsync(file.fileno())


def read():
    file = os.open(os.path.join(folder, "data"), os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    while os.read(file, 1 << 20):
        pass
    os.close(file)


def small(count=200):
    for number in range(count):
        with open(os.path.join(folder, str(number)), "wb") as file:
            file.write(b"x" * 512)
    for number in range(count):
        os.stat(os.path.join(folder, str(number)))
        os.unlink(os.path.join(folder, str(number)))


def random():
    job = ["fio", "--name=random", "--rw=randread", "--bs=4k", "--size=64m", "--runtime=1", "--time_based", "--direct=1"]
    out = subprocess.run([*job, "--directory=" + folder, "--output-format=json"], check=True, capture_output=True)
    report([json.loads(out.stdout)["jobs"][0]["read"]["iops"]])


try:
    if kind == "write":
        measure(write, lambda seconds: MIB / seconds)
    elif kind == "read":
        write()
        measure(read, lambda seconds: MIB / seconds)
    elif kind == "small":
        measure(small, lambda seconds: seconds * 1e3)
    else:
        random()
finally:
    shutil.rmtree(folder, ignore_errors=True)
