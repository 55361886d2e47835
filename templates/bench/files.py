"""File I/O in a folder. Arguments: write | read | small | random, then the folder."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from harness import Watch, measure, report

kind, parent = sys.argv[1], sys.argv[2]
folder = tempfile.mkdtemp(prefix="gpudock-bench-", dir=parent)
block = os.urandom(1 << 20)
MIB = 32


def file_system():
    """Type of the file system that the folder lies on, and its device if it has one; None where the kernel does not say."""
    try:
        with open("/proc/self/mountinfo") as table:
            mounts = [line.split() for line in table]
    except OSError:
        return None
    # proc(5): the mount point is the fifth field, the device the third; the type follows the hyphen
    inside = [mount for mount in mounts if os.path.commonpath([mount[4], folder]) == mount[4]]
    if not inside:
        return None
    # of two on one point the later one hides the other
    deepest = max(enumerate(inside), key=lambda entry: (len(entry[1][4]), entry[0]))[1]
    kind, device = deepest[deepest.index("-") + 1], deepest[2]
    # Major 0 is no device: the kernel numbers such file systems as they come.
    return kind if device.startswith("0:") else "%s on %s" % (kind, device)


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


def small_files(count=200):
    paths = [os.path.join(folder, str(number)) for number in range(count)]
    for path in paths:
        with open(path, "wb") as file:
            file.write(b"x" * 512)
    return paths


def small(paths):
    """Makes and removes no file: how fast one is made depends on how many were removed before, on ext4 without a journal
    so much that it hides everything else (recently_deleted in fs/ext4/ialloc.c)."""
    for path in paths:
        with open(path, "r+b", buffering=0) as file:
            file.write(b"y" * 512)
        os.rename(path, path + ".new")
        os.stat(path + ".new")
    for path in paths:
        os.rename(path + ".new", path)


def random(readings):
    """Without the page cache where the file system allows that; a union file system may not."""
    job = ["fio", "--name=random", "--rw=randread", "--bs=4k", "--size=32m", "--runtime=500ms", "--time_based"]
    for direct in ("1", "0"):
        watch = Watch()
        out = subprocess.run(
            [*job, "--direct=" + direct, "--directory=" + folder, "--output-format=json"], stdout=subprocess.PIPE
        )
        if out.returncode == 0:
            iops = json.loads(out.stdout)["jobs"][0]["read"]["iops"]
            return report([iops], watch, pageCache="bypassed" if direct == "1" else "as it is", **readings)
    sys.exit("fio ended with exit code %d" % out.returncode)


try:
    place = file_system()
    readings = {} if place is None else {"fileSystem": place}
    if kind == "write":
        measure(write, lambda seconds: MIB / seconds, pageCache="synced", **readings)
    elif kind == "read":
        write()
        measure(read, lambda seconds: MIB / seconds, pageCache="dropped", **readings)
    elif kind == "small":
        paths = small_files()
        measure(lambda: small(paths), lambda seconds: seconds * 1e3, pageCache="as it is", **readings)
    else:
        random(readings)
finally:
    shutil.rmtree(folder, ignore_errors=True)
