"""Read by the notebook server as its configuration, where it is to stop when idle: a program in the background that
has a GPU open counts as activity. A kernel that merely holds one between two cells does not."""
import datetime
import os
import re
import threading
import time

from jupyter_server.serverapp import ServerApp

NAME = "gpu use"
# seconds
INTERVAL = 5
# NVIDIA's devices; under WSL2 there is one for all
GPU = re.compile(r"^/dev/(nvidia[0-9]+|dxg)$")


def has_gpu(pid):
    folder = f"/proc/{pid}/fd"
    try:
        return any(GPU.match(os.readlink(f"{folder}/{number}")) for number in os.listdir(folder))
    except OSError:
        # It has ended, or is somebody else's.
        return False


def mark(app):
    kernels = [app.kernel_manager.get_kernel(each) for each in app.kernel_manager.list_kernel_ids()]
    own = {getattr(getattr(kernel, "provisioner", None), "pid", None) for kernel in kernels}
    if not any(has_gpu(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) not in own):
        return
    now = datetime.datetime.now(datetime.timezone.utc)
    app.web_app.settings["gpu_last_activity"] = now
    for kernel in kernels:
        kernel.last_activity = now


def watch():
    while True:
        time.sleep(INTERVAL)
        app = ServerApp.instance() if ServerApp.initialized() else None
        loop = getattr(app, "io_loop", None)
        if loop is not None:
            loop.add_callback(mark, app)


# A configuration may be read more than once.
if all(thread.name != NAME for thread in threading.enumerate()):
    threading.Thread(target=watch, name=NAME, daemon=True).start()
