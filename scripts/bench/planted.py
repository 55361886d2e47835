"""A program that is slower in a container by as many per cent as its argument says: what `gpudock bench` has to find.

In a container it is one of the first processes. Prints the CPU time of the quickest of 40 rounds, in milliseconds: that is
the same on a busy machine, where the time on the wall is not."""
import os
import sys
import time

percent = float(sys.argv[1]) if os.getpid() < 50 else 0.0
LOOPS = int(60_000 * (1 + percent / 100))


def work():
    value = 1
    for _ in range(LOOPS):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value


def timed():
    begin = time.process_time_ns()
    work()
    return (time.process_time_ns() - begin) / 1e6


print("ms:", min(timed() for _ in range(40)))
