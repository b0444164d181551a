"""The simulated cloud, by its admin API: as a pod, or on this machine, where it outlives the node."""

import json
import subprocess
import urllib.request
from pathlib import Path

from .cluster import ROOT
from waiting import until

NAMESPACE = "privatelink-sim"
HOST_PORT, HOST_ADMIN_PORT = 18080, 18081
OWNER_TAG = "privatelink-operator.uid"
# Straight, whatever the environment says of proxies.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Simulator:
    def __init__(self, admin):
        self._admin = admin

    def ask(self, path, method="GET", value=None):
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self._admin + path, body, {"content-type": "application/json"}, method=method)
        with OPENER.open(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def services(self):
        return self.ask("/v1/services")

    def calls(self, operation):
        return self.ask(f"/v1/journal?operation={operation}")

    def forget_calls(self):
        self.ask("/v1/journal", "DELETE")

    def set(self, configuration):
        self.ask("/v1/config", "PATCH", configuration)

    def writes(self):
        """How many calls that write there were since they were forgotten, by operation."""
        counts = {}
        for call in self.ask("/v1/journal"):
            operation = call["operation"]
            if not operation.startswith(("List", "Get", "Describe", "Check")):
                counts[operation] = counts.get(operation, 0) + 1
        return counts

    def violations(self):
        """Every time that one owner had two live services."""
        return self.ask("/v1/witness")

    def duplicates(self):
        owners = [service["tags"].get(OWNER_TAG) for service in self.services()]
        return sorted({str(owner) for owner in owners if owners.count(owner) > 1})

    def delete_all(self):
        for service in self.services():
            self.ask(f"/v1/services/{service['id']}", "DELETE")
        until("the cloud is empty", lambda: not self.services(), 60)


class AsPod(Simulator):
    """config/simulator, installed. Pods have addresses that this machine reaches, and other ones after a reboot."""

    def __init__(self, cluster):
        self._cluster = cluster
        cluster.kubectl("apply", "--kustomize", ROOT / "config/simulator")
        super().__init__(self._find())

    def _find(self):
        deployment = ("deployment/privatelink-sim", "--namespace", NAMESPACE)
        self._cluster.kubectl("rollout", "status", *deployment, "--timeout", "60s")
        pods = self._cluster.items("pods", "--namespace", NAMESPACE, "--field-selector", "status.phase=Running")
        return f"http://{pods[0]['status']['podIP']}:8081"

    def find_again(self):
        self._admin = self._find()


class OnThisMachine:
    """A simulator outside the node, at the address of the machine that pods reach. The address goes and comes with the node; its admin API has
    another one."""

    def __init__(self, program, address, configuration):
        self.endpoint = f"http://{address}:{HOST_PORT}"
        self.simulator = Simulator(f"http://127.0.0.1:{HOST_ADMIN_PORT}")
        self._command = [
            str(program),
            "serve",
            f"--config={configuration}",
            f"--listen={address}:{HOST_PORT}",
            f"--admin-listen=127.0.0.1:{HOST_ADMIN_PORT}",
        ]

    def __enter__(self):
        log = (Path(self._command[2].partition("=")[2]).parent / "simulator.log").open("w")
        self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        until("the simulator listens", self._listens, 10)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(timeout=20)

    def _listens(self):
        try:
            return self.simulator.ask("/v1/time") is not None
        except OSError:
            return False
