"""A program that is slower in a container by as many per cent as its argument says: what `gpudock bench` has to find.

In a container of its own it is the first process. Prints the milliseconds of each of 25 rounds."""
import os
import sys
import time

percent = float(sys.argv[1]) if os.getpid() == 1 else 0.0
LOOPS = int(60_000 * (1 + percent / 100))


def work():
    value = 1
    for _ in range(LOOPS):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value


work()
for _ in range(25):
    begin = time.perf_counter_ns()
    work()
    print("ms:", (time.perf_counter_ns() - begin) / 1e6)
