"""The operator's process, as this machine sees it."""

import os
import signal
from pathlib import Path


def of_pod(pod):
    """The process of the operator in this pod: others of the name may run on the machine."""
    uid = pod["metadata"]["uid"]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _is_operator(folder, uid):
            return int(folder.name)
    raise LookupError(f"pod {pod['metadata']['name']} has no process of the operator")


def _is_operator(folder, uid):
    try:
        program = (folder / "cmdline").read_bytes().split(b"\0")[0]
        return program.endswith(b"/privatelink-operator") and uid in (folder / "cgroup").read_text()
    except OSError:
        # It ended meanwhile.
        return False


def status(process):
    """Lines of /proc/PID/status by their key."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def mebibytes(process, key):
    return int(status(process)[key].split()[0]) / 1024


def kill(process):
    os.kill(process, signal.SIGKILL)
