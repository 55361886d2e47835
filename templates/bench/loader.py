"""A data loader: batches made by worker processes and passed through /dev/shm. Argument: number of workers."""
import mmap
import os
import sys
import tempfile
from multiprocessing import Process, Queue

from harness import measure

SIZE = 4 << 20  # bytes of one batch: 32 images of 3 × 209 × 209 bytes
BATCHES = 8


def make(number):
    return bytes(bytearray((number + place) & 0xFF for place in range(4096))) * (SIZE // 4096)


def work(wanted, ready):
    for number in iter(wanted.get, None):
        file, path = tempfile.mkstemp(prefix="gpudock-bench-", dir="/dev/shm")
        os.write(file, make(number))
        os.close(file)
        ready.put(path)


def main():
    count = int(sys.argv[1])
    wanted, ready = Queue(), Queue()
    workers = [Process(target=work, args=(wanted, ready), daemon=True) for _ in range(count)]
    for worker in workers:
        worker.start()

    def step():
        if count == 0:
            return sum(make(number)[-1] for number in range(BATCHES))
        for number in range(BATCHES):
            wanted.put(number)
        total = 0
        for _ in range(BATCHES):
            path = ready.get()
            with open(path, "rb") as file, mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ) as memory:
                total += memory[:][-1]
            os.unlink(path)
        return total

    measure(step, lambda seconds: BATCHES / seconds, alone=count == 0)
    for _ in workers:
        wanted.put(None)
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
