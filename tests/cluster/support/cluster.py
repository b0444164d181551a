"""The node, and who speaks with its API server: kubectl and Helm."""

import json
import os
import subprocess
from pathlib import Path

from waiting import until

ROOT = Path(__file__).resolve().parents[3]
NODE = ROOT / "tests/cluster/node"
CHART = ROOT / "charts/privatelink-operator"
RELEASE = DEPLOYMENT = "privatelink-operator"
NAMESPACE = "privatelink-system"
LABEL = "app.kubernetes.io/name=privatelink-operator"


class Failed(Exception):
    """A command that had to succeed and did not."""


class Done:
    """How a command ended."""

    def __init__(self, completed):
        self.code, self.output, self.errors = completed.returncode, completed.stdout, completed.stderr


class Cluster:
    def __init__(self, folder, helm_folder):
        self.folder = Path(folder)
        self._helm_folder = Path(helm_folder)
        helm_home = str(self.folder / "helm")
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "KUBECACHEDIR": str(self.folder / "kubectl"),
            **{f"HELM_{kind}_HOME": helm_home for kind in ("CACHE", "CONFIG", "DATA")},
        }

    def run(self, *command, stdin=None, seconds=180):
        completed = subprocess.run(
            [str(word) for word in command],
            env=self._environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Done(completed)

    def start(self, *command, **more):
        """A command that goes on beside the checks."""
        return subprocess.Popen([str(word) for word in command], env=self._environment, text=True, **more)

    def try_kubectl(self, *arguments, **more):
        return self.run("kubectl", *arguments, **more)

    def kubectl(self, *arguments, **more):
        """Standard output of a command that must succeed."""
        done = self.try_kubectl(*arguments, **more)
        if done.code != 0:
            # What is wrong with one of many objects is enough.
            raise Failed(f"kubectl {' '.join(map(str, arguments))}: {done.errors.strip()[:600]}")
        return done.output

    def json(self, *arguments):
        return json.loads(self.kubectl(*arguments, "--output", "json"))

    def items(self, *arguments):
        return self.json("get", *arguments)["items"]

    def apply(self, *objects, **more):
        return self.kubectl("apply", "--filename", "-", stdin=_listed(objects), **more)

    def start_apply(self, *objects):
        """The process, which goes on."""
        process = self.start("kubectl", "apply", "--filename", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        process.stdin.write(_listed(objects))
        process.stdin.close()
        return process

    def helm(self, version, *arguments):
        return self.run(self._helm_folder / version, *arguments, "--namespace", NAMESPACE)

    def rolled_out(self, seconds=90):
        self.kubectl(
            "rollout", "status", f"deployment/{DEPLOYMENT}", "--namespace", NAMESPACE, "--timeout", f"{seconds}s"
        )

    def operator_pods(self):
        """Those that are not being deleted."""
        pods = self.items("pods", "--namespace", NAMESPACE, "--selector", LABEL)
        return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"] and is_operator(pod)]

    def operator_is_gone(self):
        until(
            "the operator's pods are gone",
            lambda: not self.items("pods", "--namespace", NAMESPACE, "--selector", LABEL),
            60,
        )

    def crash(self):
        """The node loses its power."""
        subprocess.run([str(NODE / "down.sh"), str(self.folder)], check=True)

    def boot(self):
        subprocess.run([str(NODE / "up.sh"), str(self.folder)], check=True)


def _listed(objects):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def is_operator(pod):
    """Not a pod of a Job of the chart's."""
    owners = pod["metadata"].get("ownerReferences", [])
    return any(owner["kind"] == "ReplicaSet" for owner in owners)


def condition(thing, kind):
    return next((item for item in thing.get("status", {}).get("conditions", []) if item["type"] == kind), {})
