"""Tells on the machine's monotonic clock, which a container shares, when each phase of a start was over."""
import time

begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
import json
import sys

phases = {"interpreter": begin}
for name in sys.argv[1:]:
    try:
        __import__(name)
    except ImportError:
        continue
    phases["import"] = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    if name == "torch" and sys.modules["torch"].cuda.is_available():
        sys.modules["torch"].zeros(1, device="cuda")
        sys.modules["torch"].cuda.synchronize()
        phases["cuda"] = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
sys.stdout.write("\nGPUDOCK-STARTED " + json.dumps(phases) + "\n")
