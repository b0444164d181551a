"""What every scenario has: cluster, cloud, Argo CD, Git repositories."""

import json
from pathlib import Path

from argocd import Application
from repository import Repository
from simulator import CONSUMER

ROOT = Path(__file__).resolve().parents[2]
# So that a consumer is connected at once.
OPEN = {"autoAcceptEnabled": True, "allowedPrincipals": [CONSUMER]}
GROUP = "/apis/privatelink.alibabacloud.com/v1alpha1"


class World:
    def __init__(self, folder, api, argocd, simulator, processes):
        self.folder, self.api, self.argocd, self.simulator, self.processes = folder, api, argocd, simulator, processes

    def repository(self, name):
        return Repository(self.folder / "git" / name)

    def application(self, name):
        return Application(self.api, name)

    def until(self, what, probe):
        return self.api.until(what, probe)

    def path(self, namespace, name=""):
        return f"{GROUP}/namespaces/{namespace}/vpcendpointservices/{name}".rstrip("/")

    def find(self, namespace, name):
        return self.api.find(self.path(namespace, name))

    def names(self, namespace):
        found = self.api.find(self.path(namespace))
        return sorted(item["metadata"]["name"] for item in found["items"]) if found else []

    def edit(self, namespace, name, spec):
        return self.api.merge(self.path(namespace, name), {"spec": spec})

    def until_ready(self, namespace, name):
        return self.until(f"{namespace}/{name} is Ready", lambda: ready(self.find(namespace, name), "True"))

    def until_reason(self, namespace, name, reason):
        return self.until(f"{namespace}/{name} is {reason}", lambda: has_reason(self.find(namespace, name), reason))

    def until_health(self, application, name, status):
        """Waits for it, and answers status and message."""

        def probe():
            health = application.health_of(name)
            return health if health and health[0] == status else None

        return self.until(f"{application.name}/{name} is {status}", probe)

    def until_told(self, application, name, health):
        """The same for status and message. What was told in the end; in time, if it is what was waited for."""
        try:
            self.until(f"{application.name}/{name} is {health}", lambda: application.health_of(name) == health)
        except TimeoutError:
            pass
        return application.health_of(name)


def condition(found, kind="Ready"):
    conditions = (found or {}).get("status", {}).get("conditions", [])
    return next((told for told in conditions if told["type"] == kind), {})


def ready(found, status):
    """The object, if its Ready of its newest spec is of that status."""
    told = condition(found)
    is_current = found and told.get("observedGeneration") == found["metadata"]["generation"]
    return found if is_current and told["status"] == status else None


def has_reason(found, reason):
    return found if condition(found).get("reason") == reason else None


def service(name, balancer, *, annotations=None, **spec):
    """A manifest. JSON is YAML."""
    kind = "slb" if balancer.startswith("lb-") else "nlb"
    zones = {} if kind == "slb" else {"zoneIds": ["cn-hangzhou-h"]}
    return json.dumps({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": name, **({"annotations": annotations} if annotations else {})},
        "spec": {"serviceResourceType": kind, "resources": [{"resourceId": balancer, **zones}], **spec},
    })


def wave(number):
    return {"argocd.argoproj.io/sync-wave": str(number)}
