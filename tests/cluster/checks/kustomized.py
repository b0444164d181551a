"""config/default, as `kubectl apply -k` installs it: without a Secret first, changed, and uninstalled in three ways."""

import os

from support.bench import ALLOW_DELETION, REPLICAS
from support.cluster import DEPLOYMENT, NAMESPACE, ROOT
from support.objects import DEFINITION
from waiting import until

TEAM = "team-kustomize"
# The simulator as the cloud, in the words of docs/install.md.
OVERLAY = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [{default}]
replicas: [{{name: privatelink-operator, count: {replicas}}}]
patches:
- target: {{kind: Deployment, name: privatelink-operator}}
  patch: |
    - {{op: add, path: /spec/template/spec/containers/0/env/-, value: {{name: PRIVATELINK_ENDPOINT, value: {endpoint}}}}}
    - {{op: add, path: /spec/template/spec/containers/0/env/-, value: {{name: LOAD_BALANCER_ENDPOINT, value: {endpoint}}}}}
    - {{op: add, path: /spec/template/spec/containers/0/env/-, value: {{name: ALIBABA_CLOUD_STS_ENDPOINT, value: {endpoint}}}}}
    - {{op: add, path: /spec/template/spec/containers/0/args/-, value: --log-level={level}}}
"""
ENDPOINT = "http://privatelink-sim.privatelink-sim:8080"


def check(bench, results):
    # A release leaves it behind.
    bench.delete_definition()
    bench.cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found")
    bench.namespace(TEAM)
    without_a_secret(bench, results)
    with_a_secret(bench, results)
    changed(bench, results)
    protected(bench, results)
    everything_at_once(bench, results)
    in_order(bench, results)


def overlay(bench, level):
    folder = bench.cluster.folder / "overlay"
    folder.mkdir(exist_ok=True)
    default = os.path.relpath(ROOT / "config/default", folder.resolve())
    (folder / "kustomization.yaml").write_text(OVERLAY.format(default=default, endpoint=ENDPOINT, level=level, replicas=REPLICAS))
    return folder


def apply(bench, level="info"):
    return bench.cluster.try_kubectl("apply", "--server-side", "--force-conflicts", "--kustomize", overlay(bench, level))


def add_secret(bench):
    """Into the namespace, before or after the operator. kubelet takes a minute to mount one that comes after it."""
    bench.cluster.kubectl("apply", "--server-side", "--filename", ROOT / "config/default/namespace.yaml")
    bench.cluster.kubectl(
        "create", "secret", "generic", "privatelink-credentials", "--namespace", NAMESPACE,
        "--from-literal=access-key-id=sim-provider-key", "--from-literal=access-key-secret=sim-provider-secret",
    )


def without_a_secret(bench, results):
    """It starts, is not ready, and says what is missing."""
    done = apply(bench)
    results.equal("kustomize: applied without a warning", (done.code, done.errors), (0, ""))

    def log():
        return bench.cluster.try_kubectl("logs", "--namespace", NAMESPACE, f"deployment/{DEPLOYMENT}").output

    until("the operator names the missing file", lambda: "/etc/privatelink/credentials/access-key-id" in log(), 60)
    results.equal("kustomize: without a Secret no pod is ready", bench.ready_pods(), {})


def with_a_secret(bench, results):
    """The Secret is found without a restart: kubelet mounts what was not there a minute ago."""
    add_secret(bench)
    bench.cluster.rolled_out(150)
    results.equal("kustomize: ready with a Secret, without a restart", list(bench.ready_pods().values()), [0] * REPLICAS)
    bench.cluster.kubectl("apply", "--filename", ROOT / "config/samples/slb-minimal.yaml", "--namespace", TEAM)
    found = bench.ready(TEAM, "payments")
    services = [service["id"] for service in bench.simulator.services()]
    results.equal("kustomize: the object has its service", services, [found["status"]["serviceId"]])
    bench.simulator.forget_calls()


def changed(bench, results):
    apply(bench, "debug")
    bench.cluster.rolled_out()
    results.contains("kustomize: a change reaches the pods", bench.arguments(), ['"--log-level=debug"'])
    results.equal("kustomize: every pod is ready after it", list(bench.ready_pods().values()), [0] * REPLICAS)


def protected(bench, results):
    """Everything deleted in one command, with config/admission there: but the definition with its object. Applied again, all is as before."""
    bench.cluster.kubectl("apply", "--kustomize", ROOT / "config/admission")
    until("the API server knows the policy", lambda: may_not_delete(bench), 30)
    done = bench.cluster.try_kubectl("delete", "--kustomize", overlay(bench, "info"), "--wait=false")
    results.equal("kustomize: the definition is protected", done.code, 1)
    results.contains("kustomize: the refusal names the command", done.errors, ["kubectl annotate crd", DEFINITION, ALLOW_DELETION])
    is_gone(bench)
    found = bench.get(TEAM, "payments")
    results.equal("kustomize: the object is not being deleted", "deletionTimestamp" in found["metadata"], False)
    add_secret(bench)
    apply(bench)
    bench.cluster.rolled_out(150)
    results.equal("kustomize: applied again, it is the same service", bench.ready(TEAM, "payments")["status"]["serviceId"], found["status"]["serviceId"])
    results.equal("kustomize: and nothing was written to the cloud", bench.simulator.writes(), {})
    bench.cluster.kubectl("delete", "--kustomize", ROOT / "config/admission")
    until("the API server has forgotten the policy", lambda: not may_not_delete(bench), 30)


def may_not_delete(bench):
    return bench.cluster.try_kubectl("delete", "crd", DEFINITION, "--dry-run=server").code != 0


def is_gone(bench):
    bench.cluster.operator_is_gone()
    until("the namespace is gone", lambda: not namespace(bench), 60)


def everything_at_once(bench, results):
    """Without the policies, definition, roles and operator go in one command while an object is left: no service is touched, and applying again helps."""
    bench.cluster.kubectl("delete", "--kustomize", overlay(bench, "info"), "--wait=false")
    is_gone(bench)
    results.equal("kustomize: deleted at once, nothing is written to the cloud", bench.simulator.writes(), {})
    add_secret(bench)
    apply(bench)
    until("the definition that was deleted is gone with its object", lambda: not definition_that_goes(bench), 120)
    results.equal("kustomize: released, the service is still there", len(bench.simulator.services()), 1)
    results.equal("kustomize: and still nothing was written to the cloud", bench.simulator.writes(), {})


def namespace(bench):
    return bench.cluster.try_kubectl("get", "namespace", NAMESPACE, "--output", "name").output


def definition_that_goes(bench):
    path = "jsonpath={.metadata.deletionTimestamp}"
    return bench.cluster.try_kubectl("get", "crd", DEFINITION, "--output", path).output


def in_order(bench, results):
    """docs/install.md, "Without them": the definition first, while the operator runs."""
    bench.simulator.delete_all()
    apply(bench)
    bench.cluster.kubectl("wait", "--for", "condition=Established", f"crd/{DEFINITION}", "--timeout", "30s")
    bench.cluster.rolled_out(150)
    bench.cluster.kubectl("apply", "--filename", ROOT / "config/samples/slb-minimal.yaml", "--namespace", TEAM)
    bench.ready(TEAM, "payments")
    bench.simulator.forget_calls()
    bench.cluster.kubectl("apply", "--kustomize", ROOT / "config/admission")
    bench.cluster.kubectl("annotate", "crd", DEFINITION, ALLOW_DELETION)
    bench.cluster.kubectl("delete", "crd", DEFINITION, "--timeout", "60s")
    for folder in (overlay(bench, "info"), ROOT / "config/admission"):
        bench.cluster.kubectl("delete", "--kustomize", folder, "--ignore-not-found", "--timeout", "90s")
    results.equal("kustomize: uninstalled without the services, one is left", len(bench.simulator.services()), 1)
    results.equal("kustomize: and nothing was written to the cloud", bench.simulator.writes(), {})
    bench.simulator.delete_all()
