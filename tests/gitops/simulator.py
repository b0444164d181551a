"""The simulated cloud, and the operator against it."""

import json
import re
import urllib.request
from pathlib import Path

# No proxy of the environment is between programs on one machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

REGION = "cn-hangzhou"
ZONES = ["cn-hangzhou-h", "cn-hangzhou-i"]
OWNER, CONSUMER = "1111222233334444", "5555666677778888"
SHIPPED = Path(__file__).resolve().parents[2] / "config/simulator/simulator.yaml"


def balancers():
    """Those of config/samples, which stand one a line in the shipped configuration, and one that PrivateLink does not take."""
    line = re.compile(r"^  - \{id: (\S+), type: (\S+), region: (\S+), zones: \[(.*)\]\}$", re.MULTILINE)
    found = [
        {"id": name, "type": kind, "region": region, "zones": zones.split(", ")}
        for name, kind, region, zones in line.findall(SHIPPED.read_text())
    ]
    return [*found, {"id": "nlb-unfit", "type": "nlb", "region": REGION, "zones": ZONES, "supports_privatelink": False}]


CONFIGURATION = {
    "seed": 1,
    "timers": {
        "creating": "1s", "pending": "200ms", "deleting": "500ms", "attachment": "200ms", "connection": "200ms",
        "endpoint_creating": "200ms", "endpoint_deleting": "200ms", "serial_call": "20ms", "write_call": "10ms",
    },
    "rates": {"enforce": False},
    "load_balancers": balancers(),
}
# Waiting times that fit a simulator in a hurry.
TIMING = {
    "consistencyWindow": "1s", "resyncPeriod": "2s", "resyncIntervalMin": "50ms", "resyncIntervalMax": "200ms",
    "activePollInterval": "100ms", "blockedPollInterval": "500ms", "backoffInitial": "100ms", "backoffMax": "1s",
    "specErrorBackoffInitial": "100ms", "specErrorBackoffMax": "1s",
}
# More than these tests need in a minute.
RATES = ["CreateVpcEndpointService", "DeleteVpcEndpointService"]


class Simulator:
    def __init__(self, folder, program, processes):
        configuration, ports = folder / "simulator.yaml", folder / "simulator.json"
        # JSON is YAML.
        configuration.write_text(json.dumps(CONFIGURATION))
        processes.start("simulator", [
            program, "serve", "--config", configuration, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--port-file", ports,
        ])
        self._ports = ports

    def is_up(self):
        return self._read() is not None

    def _read(self):
        try:
            return json.loads(self._ports.read_text())
        except (OSError, ValueError):
            return None

    @property
    def endpoint(self):
        return self._read()["api"]

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._read()["admin"] + path, data, {"Content-Type": "application/json"}, method=method)
        with OPENER.open(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def services(self):
        return self.ask("GET", f"/v1/services?account={OWNER}&region={REGION}")

    def service(self, service_id):
        return self.ask("GET", f"/v1/services/{service_id}")

    def connect(self, service_id):
        """A consumer's endpoint on a service that accepts everybody."""
        return self.ask("POST", "/v1/endpoints", {"account": CONSUMER, "service_id": service_id})

    def disconnect(self, endpoint_id):
        self.ask("DELETE", f"/v1/endpoints/{endpoint_id}")


def start_operator(folder, program, processes, simulator, kubeconfig):
    """As a process, with the rights of this kubeconfig: no node is here that could run the Deployment's pod."""
    ports = Path(folder) / "operator.json"
    processes.start(
        "operator",
        [
            program, "run", "--health-probe-bind-address=127.0.0.1:0", "--metrics-bind-address=127.0.0.1:0", f"--port-file={ports}",
            "--cluster-id=gitops", f"--region={REGION}", "--leader-elect=false",
            *(f"--internal-timing={key}={time}" for key, time in TIMING.items()),
            *(f"--rate={operation}=1000/60" for operation in RATES),
        ],
        KUBECONFIG=kubeconfig,
        PRIVATELINK_ENDPOINT=simulator.endpoint,
        LOAD_BALANCER_ENDPOINT=simulator.endpoint,
        ALIBABA_CLOUD_STS_ENDPOINT=simulator.endpoint,
        ALIBABA_CLOUD_ACCESS_KEY_ID="sim-provider-key",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET="sim-provider-secret",
    )
