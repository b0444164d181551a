"""What every check works with, and the steps that several of them take."""

import json
import os

from . import objects
from .cluster import CHART, DEPLOYMENT, LABEL, NAMESPACE, RELEASE, ROOT, Failed, condition
from waiting import until

# The chart's own number is 2; leader election is on with any.
REPLICAS = int(os.environ.get("REPLICAS", "2"))
VALUES = ["--values", str(ROOT / "config/simulator/values.yaml"), "--set", f"replicas={REPLICAS}"]
ALLOW_DELETION = "privatelink.alibabacloud.com/allow-deletion=true"
POLICIES = "validatingadmissionpolicies,validatingadmissionpolicybindings"


class Bench:
    """`simulator` is the one that is a pod; `images` is the folder of the archives, `programs` that of what they were made from."""

    def __init__(self, cluster, simulator, images, programs):
        self.cluster, self.simulator, self.images, self.programs = cluster, simulator, images, programs
        # What the release was last installed with beside VALUES.
        self.last = ()

    def namespace(self, name):
        self.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def install(self, helm, *more, verb=("upgrade", "--install")):
        """Installs or upgrades the release, and waits as Helm does."""
        self.last = more
        # With the pod security level "restricted".
        self.cluster.kubectl("apply", "--server-side", "--filename", ROOT / "config/default/namespace.yaml")
        done = self.cluster.helm(helm, *verb, RELEASE, CHART, *VALUES, *more, "--wait", "--timeout", "90s")
        if done.code != 0:
            raise Failed(f"{helm} {' '.join(verb)}: {done.errors.strip()}")
        return done

    def uninstall(self, helm, *more):
        """With objects left it is refused, but with --no-hooks."""
        done = self.try_uninstall(helm, *more)
        if done.code != 0:
            raise Failed(f"{helm} uninstall: {done.errors.strip()}")
        self.cluster.operator_is_gone()
        return done

    def try_uninstall(self, helm, *more):
        # Helm 4 otherwise returns while the pods are still ending.
        wait = ["--wait=legacy", "--cascade=foreground"] if helm == "helm4" else ["--wait"]
        return self.cluster.helm(helm, "uninstall", RELEASE, *more, *wait, "--timeout", "90s")

    def delete_definition(self):
        """With what protects it, as docs/uninstall.md says; and with every object. A release leaves both behind."""
        if not self.cluster.try_kubectl("get", "crd", objects.DEFINITION, "--output", "name").output:
            return
        self.cluster.kubectl("annotate", "--overwrite", "crd", objects.DEFINITION, ALLOW_DELETION)
        self.cluster.kubectl("delete", "crd", objects.DEFINITION, "--timeout", "60s")
        self.cluster.kubectl("delete", POLICIES, "--selector", LABEL)

    def clean_up(self):
        """What a check that failed has left: the release, objects with their finalizers, services, the simulator's settings."""
        self.uninstall("helm4", "--no-hooks", "--ignore-not-found")
        self.cluster.kubectl("delete", "jobs", "--all", "--namespace", NAMESPACE, "--ignore-not-found")
        items = self._objects()
        for item in items:
            item["metadata"]["finalizers"] = []
        if items:
            left = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
            self.cluster.kubectl("replace", "--filename", "-", stdin=left)
            self.cluster.kubectl("delete", "vpces", "--all", "--all-namespaces", "--timeout", "60s")
        self.simulator.delete_all()
        self.simulator.set({"auto_create_load_balancers": False})

    def _objects(self):
        done = self.cluster.try_kubectl("get", "vpces", "--all-namespaces", "--output", "json")
        # Without the definition there is none.
        return json.loads(done.output)["items"] if done.code == 0 else []

    def arguments(self):
        path = "{.spec.template.spec.containers[0].args}"
        return self.cluster.kubectl(
            "get", "deployment", DEPLOYMENT, "--namespace", NAMESPACE, "--output", f"jsonpath={path}"
        )

    def pod(self, name):
        return self.cluster.json("get", "pod", name, "--namespace", NAMESPACE)

    def ready_pods(self):
        """Name of each pod of the operator that is ready, with its restarts."""
        pods = [pod for pod in self.cluster.operator_pods() if condition(pod, "Ready").get("status") == "True"]
        return {pod["metadata"]["name"]: pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods}

    def get(self, namespace, name):
        return self.cluster.json("get", "vpces", name, "--namespace", namespace)

    def ready(self, namespace, name, seconds=60):
        """The object, once it is Ready."""

        def look():
            found = self.get(namespace, name)
            return found if objects.is_ready(found) else None

        return until(f"{namespace}/{name} is Ready", look, seconds)

    def all_ready(self, namespace, count, seconds):
        def look():
            found = self.cluster.items("vpces", "--namespace", namespace)
            return len(found) == count and all(map(objects.is_ready, found))

        try:
            until(f"all {count} objects of {namespace} are Ready", look, seconds)
        except Exception as error:
            raise Failed(f"{error}\n  not Ready: {str(objects.not_ready(self.cluster, namespace))[:1000]}") from error

    def empty(self, namespace, seconds=120):
        """Deletes the objects of a namespace with their services."""
        self.cluster.kubectl(
            "delete", "vpces", "--all", "--namespace", namespace, "--timeout", f"{seconds}s", seconds=seconds + 10
        )


def warnings(cluster):
    """Warnings about the operator's pods, as lines; but that one is not ready yet is no news."""
    names = {pod["metadata"]["name"] for pod in cluster.items("pods", "--namespace", NAMESPACE, "--selector", LABEL)}
    events = cluster.items("events", "--namespace", NAMESPACE)
    return [
        f"{event['reason']}: {event['message']}"
        for event in events
        if event["type"] == "Warning" and event["involvedObject"]["name"] in names and "Readiness probe" not in event["message"]
    ]
