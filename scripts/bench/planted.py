"""A program that is slower in a container by as many per cent as its argument says: what `gpudock bench` has to find.

In a container it is one of the first processes. Prints the CPU time of the quickest of 40 rounds, in milliseconds: that is
the same on a busy machine, where the time on the wall is not, and a hash takes the same wherever its memory lies."""
import hashlib
import os
import sys
import time

percent = float(sys.argv[1]) if os.getpid() < 50 else 0.0
DATA = bytes(int(4_000_000 * (1 + percent / 100)))


def timed():
    begin = time.process_time_ns()
    hashlib.sha256(DATA).digest()
    return (time.process_time_ns() - begin) / 1e6


print("ms:", min(timed() for _ in range(40)))
