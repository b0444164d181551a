"""Who leads, by the lease; and how long it takes until somebody else does."""

import subprocess
import threading
import time

from .cluster import NAMESPACE
from waiting import until

LEASE = "privatelink-operator"
# As docs/install.md promises: after an orderly end of the leader, and after a sudden one.
ORDERLY_SECONDS, SUDDEN_SECONDS = 2, 17
LINE = '{.metadata.name} {.spec.holderIdentity}{"\\n"}'


def leader(bench):
    """The name of the pod that leads, once one of those that are ready does."""

    def look():
        found = bench.cluster.try_kubectl(
            "get", "lease", LEASE, "--namespace", NAMESPACE, "--output", "jsonpath={.spec.holderIdentity}"
        ).output
        return pod_of(found) if pod_of(found) in bench.ready_pods() else None

    return until("a pod that is ready leads", look, 30)


def pod_of(identity):
    """An identity is the pod's name and something that is new with every process."""
    return identity.rpartition("_")[0]


class LeaseWatch:
    """Every change of the holder while it is open, with its moment. Nobody is the empty text."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._changes = []

    def __enter__(self):
        # The namespace's leases, because one that is not there yet cannot be watched by its name.
        command = ["kubectl", "get", "leases", "--namespace", NAMESPACE, "--watch", "--output", f"jsonpath={LINE}"]
        self._process = self._cluster.start(*command, stdout=subprocess.PIPE)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        until("the watch shows who leads", lambda: self._changes, 20)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=10)
        self._thread.join(timeout=10)

    def _read(self):
        for line in self._process.stdout:
            name, _, identity = line.rstrip("\n").partition(" ")
            holder = self._changes[-1][1] if self._changes else None
            if name == LEASE and identity != holder:
                self._changes.append((time.monotonic(), identity))

    def after(self, identity, seconds):
        """The moment at which somebody else than this one leads."""

        def look():
            return next((moment for moment, holder in self._changes[self._last(identity) + 1 :] if holder), None)

        return until(f"another process than {identity} leads", look, seconds)

    def holder(self):
        return self._changes[-1][1]

    def _last(self, identity):
        return max(index for index, (_, holder) in enumerate(self._changes) if holder == identity)

    def hand_overs(self):
        """For each lease that was given back: seconds until somebody took it."""
        pairs = zip(self._changes, self._changes[1:])
        return [after - before for (before, given), (after, _) in pairs if not given]
