"""A real Argo CD: application-controller, repo-server and server as processes against the API server of these tests."""

import json
import os
import socket
import subprocess
import urllib.request

from api import Refused
from simulator import OPENER

NAMESPACE = "argocd"
APPLICATIONS = f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applications"
CONFIG_MAP = f"/api/v1/namespaces/{NAMESPACE}/configmaps/argocd-cm"
SERVER = "https://kubernetes.default.svc"
REFRESH = "argocd.argoproj.io/refresh"
# Between two looks at Git, where nobody asks for one.
RESYNC_SECONDS = 10
# Argo CD waits so long before it corrects what somebody changed, and longer each time.
SELF_HEAL_SECONDS = 1
DEFINITIONS = ["applications.argoproj.io", "applicationsets.argoproj.io", "appprojects.argoproj.io"]
DEFAULT_PROJECT = """
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec:
  sourceRepos: ['*']
  destinations: [{namespace: '*', server: '*'}]
  clusterResourceWhitelist: [{group: '*', kind: '*'}]
"""


def free_ports(count):
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


class ArgoCd:
    def __init__(self, folder, programs, api, processes, kubeconfig):
        self._folder, self._programs, self._api, self._processes = folder, programs, api, processes
        self._cache, self._repositories, self._controller, self.port, self._metrics, self._server_metrics = free_ports(6)
        self._environment = self._settings(kubeconfig)

    def _settings(self, kubeconfig):
        home = self._folder / "argocd"
        for name in ("bin", "home", "tmp", "tls", "ssh", "gpg"):
            (home / name).mkdir(parents=True)
        # The name that it is called by decides what it is.
        for name in ("argocd", "argocd-repo-server", "argocd-application-controller", "argocd-server", "argocd-git-ask-pass"):
            (home / "bin" / name).symlink_to(self._programs.argocd)
        for name in ("helm", "kustomize"):
            (home / "bin" / name).symlink_to(getattr(self._programs, name))
        self.bin = home / "bin"
        return {
            "KUBECONFIG": kubeconfig, "PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": home / "home", "TMPDIR": home / "tmp",
            "ARGOCD_FAKE_IN_CLUSTER": "true", "ARGOCD_TLS_DATA_PATH": home / "tls", "ARGOCD_SSH_DATA_PATH": home / "ssh",
            "ARGOCD_GNUPGHOME": home / "gpg", "ARGOCD_GPG_ENABLED": "false", "ARGOCD_ASK_PASS_SOCK": home / "tmp" / "ask-pass.sock",
            "ARGOCD_RECONCILIATION_TIMEOUT": f"{RESYNC_SECONDS}s", "ARGOCD_RECONCILIATION_JITTER": "0s",
        }

    def install(self, overlay):
        """What Argo CD's own manifests have beside its workloads, and then ours, as the documentation says."""
        api, manifests = self._api, self._programs.manifests
        api.apply(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}))
        api.kubectl("apply", "--server-side", "--filename", manifests / "crds")
        api.kubectl("apply", "--namespace", NAMESPACE, "--filename", manifests / "config")
        for name in DEFINITIONS:
            api.until(f"{name} is established", lambda name=name: is_established(api, name))
        api.apply(DEFAULT_PROJECT)
        api.kubectl("apply", "--server-side", "--kustomize", overlay)

    def start(self):
        start, at = self._processes.start, "127.0.0.1"
        common = ["--redis", f"{at}:{self._cache}", "--logformat", "text"]
        repositories = ["--repo-server", f"{at}:{self._repositories}", "--repo-server-plaintext"]
        start("cache", [self._programs.cache, f"{at}:{self._cache}"])
        start(
            "repo-server",
            [
                self.bin / "argocd-repo-server", *common, "--address", at, "--port", self._repositories, "--disable-tls",
                "--metrics-address", at, "--metrics-port", self._metrics,
            ],
            **self._environment,
        )
        start(
            "application-controller",
            [
                self.bin / "argocd-application-controller", *common, *repositories, "--namespace", NAMESPACE,
                # Else health is not in the Application's status.
                "--persist-resource-health", "--app-resync", RESYNC_SECONDS, "--metrics-port", self._controller,
                "--self-heal-timeout-seconds", SELF_HEAL_SECONDS, "--self-heal-backoff-timeout-seconds", SELF_HEAL_SECONDS,
            ],
            **self._environment,
        )
        start(
            "server",
            [
                self.bin / "argocd-server", *common, *repositories, "--namespace", NAMESPACE, "--address", at, "--port", self.port,
                "--metrics-address", at, "--metrics-port", self._server_metrics, "--disable-auth", "--insecure",
            ],
            **self._environment,
        )
        self._api.until("Argo CD is up", self._is_up)

    def _is_up(self):
        try:
            for port in (self._controller, self.port):
                OPENER.open(urllib.request.Request(f"http://127.0.0.1:{port}/healthz"), timeout=5).close()
            socket.create_connection(("127.0.0.1", self._repositories), 5).close()
            return True
        except OSError:
            return False

    def act(self, application, action, namespace, name):
        """Runs a resource action as its command line does."""
        command = [
            self.bin / "argocd", "app", "actions", "run", application, action, "--kind", "VpcEndpointService",
            "--namespace", namespace, "--resource-name", name, "--server", f"127.0.0.1:{self.port}", "--plaintext",
        ]
        environment = {key: str(value) for key, value in self._environment.items()}
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr


def is_established(api, name):
    definition = api.find(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}")
    conditions = (definition or {}).get("status", {}).get("conditions") or []
    return any(told["type"] == "Established" and told["status"] == "True" for told in conditions)


class Application:
    """One that is there, or is to be."""

    def __init__(self, api, name):
        self._api, self.name = api, name
        self._path = f"{APPLICATIONS}/{name}"

    def create(self, repository, path, namespace, *, options=(), automated=None, annotations=None, **source):
        """With all that a test does not name as it is by default."""
        policy = {"syncOptions": ["CreateNamespace=true", *options], "retry": {"limit": 1}}
        # By default, nothing is synced by itself; the tests' default is what the examples have.
        policy["automated"] = {"prune": True, "selfHeal": True} if automated is None else automated
        self._api.request("POST", APPLICATIONS, {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {
                "name": self.name, "annotations": annotations or {}, "finalizers": ["resources-finalizer.argocd.argoproj.io"],
            },
            "spec": {
                "project": "default",
                "source": {"repoURL": repository.url, "targetRevision": "main", "path": path, **source},
                "destination": {"server": SERVER, "namespace": namespace},
                "syncPolicy": policy,
            },
        })
        return self

    def get(self):
        return self._api.get(self._path)

    def status(self):
        return self.get().get("status", {})

    def annotate(self, **annotations):
        self._api.merge(self._path, {"metadata": {"annotations": annotations}})

    def refresh(self, kind="normal"):
        """Has it look at Git and cluster, and waits until it has."""
        self._api.merge(self._path, {"metadata": {"annotations": {REFRESH: kind}}})
        self._api.until(f"{self.name} is refreshed", lambda: REFRESH not in self.get()["metadata"].get("annotations", {}))

    def resources(self):
        """Kind and name of each, with its health as [status, message], or nothing where it has none."""
        found = {}
        for resource in self.status().get("resources", []):
            health = resource.get("health")
            found[resource["kind"], resource["name"]] = [health.get("status"), health.get("message")] if health else None
        return found

    def health_of(self, name):
        return self.resources().get(("VpcEndpointService", name))

    def is_settled(self):
        """In step with Git, healthy, and no operation under way."""
        status = self.status()
        told = (
            status.get("sync", {}).get("status"), status.get("health", {}).get("status"),
            status.get("operationState", {}).get("phase"),
        )
        return told == ("Synced", "Healthy", "Succeeded")

    def until_settled(self):
        self._api.until(f"{self.name} is Synced and Healthy", self.is_settled)

    def history(self):
        """What moves with every sync."""
        status = self.status()
        return status["operationState"]["startedAt"], len(status.get("history", []))

    def delete(self):
        self._api.delete(self._path)

    def is_gone(self):
        try:
            self.get()
            return False
        except Refused as refused:
            return refused.status == 404
