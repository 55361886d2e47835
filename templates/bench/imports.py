"""Import of a package in a new interpreter. Arguments: cold | warm | source, then the package. `source`: no bytecode."""
import importlib.util
import os
import subprocess
import sys
import tempfile

kind, name = sys.argv[1], sys.argv[2]
spec = importlib.util.find_spec(name)
folder = os.path.dirname(spec.origin)
files = [os.path.join(root, file) for root, _, names in os.walk(folder) for file in names]
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


def step():
    done = subprocess.run([sys.executable, "-c", TIMED], env=environment, check=True, stdout=subprocess.PIPE)
    return int(done.stdout) / 1e6


def run():
    if kind == "cold":
        forget()
    figures.append(step())


figures = []
if __name__ == "__main__":
    import harness

    for _ in range(0 if kind == "cold" else 1):
        step()
    machine, own, begin = harness.machine_busy(), harness.own_busy(), harness.time.perf_counter()
    for _ in range(5):
        run()
    harness.report(figures, harness.load(machine, own, harness.time.perf_counter() - begin))
