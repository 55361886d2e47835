"""Import of a package in a new interpreter. Arguments: cold | warm | source, then the package. `source`: no bytecode."""
import importlib.util
import os
import subprocess
import sys
import tempfile

from harness import Watch, report

kind, name = sys.argv[1], sys.argv[2]
origin = importlib.util.find_spec(name).origin
files = [os.path.join(root, file) for root, _, names in os.walk(os.path.dirname(origin)) for file in names]
environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
if kind == "source":
    environment["PYTHONPYCACHEPREFIX"] = tempfile.gettempdir() + "/gpudock-bench-no-bytecode"


def forget():
    """Drops the files from the page cache; the kernel keeps what another process has mapped."""
    for path in files:
        try:
            file = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


TIMED = "import time; begin = time.perf_counter_ns(); import %s; print(time.perf_counter_ns() - begin)" % name


def milliseconds():
    if kind == "cold":
        forget()
    done = subprocess.run([sys.executable, "-c", TIMED], env=environment, check=True, stdout=subprocess.PIPE)
    return int(done.stdout) / 1e6


if kind != "cold":
    milliseconds()
watch = Watch()
figures = [milliseconds() for _ in range(5)]
compiled = kind != "source" and os.path.exists(importlib.util.cache_from_source(origin))
report(
    figures,
    watch,
    pageCache="dropped" if kind == "cold" else "warm",
    bytecode="there" if compiled else "none",
)
