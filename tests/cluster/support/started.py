"""How long a pod takes from the moment that it has a node to the moment that it is ready, by a watch of the pods."""

import subprocess
import threading
import time

from .cluster import LABEL, NAMESPACE

LINE = (
    '{.metadata.name} {.status.conditions[?(@.type=="PodScheduled")].status}'
    ' {.status.conditions[?(@.type=="ContainersReady")].status}{"\\n"}'
)


class StartWatch:
    def __init__(self, cluster):
        self._cluster = cluster
        self._scheduled, self._ready = {}, {}

    def __enter__(self):
        command = ["kubectl", "get", "pods", "--namespace", NAMESPACE, "--selector", LABEL, "--watch"]
        self._process = self._cluster.start(*command, "--output", f"jsonpath={LINE}", stdout=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=10)
        self._thread.join(timeout=10)

    def _read(self):
        for line in self._process.stdout:
            name, *conditions = line.split()
            now = time.monotonic()
            if conditions[:1] == ["True"]:
                self._scheduled.setdefault(name, now)
            if conditions[1:] == ["True"]:
                self._ready.setdefault(name, now)

    def seconds(self, pod):
        return self._ready[pod] - self._scheduled[pod]
