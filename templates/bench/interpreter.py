"""The interpreter alone: a loop of integers, no library, no system call. --slower PERCENT does that much more work."""
import sys

from harness import measure

ROUNDS = 60_000
extra = float(sys.argv[2]) / 100 if sys.argv[1:2] == ["--slower"] else 0.0


def step(rounds=int(ROUNDS * (1 + extra))):
    value = 1
    for _ in range(rounds):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
    return value


measure(step, lambda seconds: seconds * 1e3)
