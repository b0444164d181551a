"""What a person reads: log, events, `kubectl get` and `kubectl describe`."""

import json

from support import lead
from support.cluster import DEPLOYMENT, NAMESPACE, ROOT
from waiting import until

TEAM = "people"
NOWHERE = {
    "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
    "kind": "VpcEndpointService",
    "metadata": {"name": "nowhere", "namespace": TEAM},
    "spec": {"serviceResourceType": "slb", "resources": [{"resourceId": "lb-nowhere"}]},
}


def check(bench, results):
    bench.namespace(TEAM)
    bench.install("helm4")
    bench.cluster.kubectl("apply", "--filename", ROOT / "config/samples/slb-minimal.yaml", "--namespace", TEAM)
    service = bench.ready(TEAM, "payments")["status"]["serviceId"]
    check_log(bench, results)
    check_listed(bench, results, service)
    check_described(bench, results, service)
    check_refused(bench, results)
    check_deployment(bench, results)
    bench.empty(TEAM)


def check_log(bench, results):
    """Every line is a JSON object that says when, how bad, where and what; those of a reconcile name their object."""
    name = lead.leader(bench)
    for pod in bench.ready_pods():
        parsed = check_lines(bench, results, pod)
        if pod == name:
            check_leader(results, parsed)
        else:
            named = [lead.pod_of(line["holder"]) for line in parsed if "holder" in line]
            results.equal("the log of who stands by ends with who leads", named[-1:], [name])


def check_lines(bench, results, pod):
    lines = bench.cluster.kubectl("logs", "--namespace", NAMESPACE, pod).splitlines()
    parsed = [json.loads(line) for line in lines]
    lacking = [line for line in parsed if not {"timestamp", "level", "target", "message"} <= set(line)]
    results.equal("each line of the log has its four keys", lacking, [])
    results.equal("the log begins with the start", (parsed[0]["message"], "version" in parsed[0]), ("starting", True))
    # A definition that is a second old: the API server says so, and is asked again.
    new = "storage is (re)initializing"
    bad = [line for line in parsed if line["level"] in ("WARN", "ERROR") and new not in line.get("error", "")]
    results.equal("nothing is complained of in the log", bad, [])
    return parsed


def check_leader(results, parsed):
    results.equal("the leader says that it leads", [line["message"] for line in parsed].count("leading: reconciles begin"), 1)
    of_object = [line for line in parsed if line.get("object.name") == "payments"]
    named = {(line["object.kind"], line["object.namespace"]) for line in of_object}
    results.equal("lines of a reconcile name the object", named, {("VpcEndpointService", TEAM)})


def check_listed(bench, results, service):
    listed = bench.cluster.kubectl("get", "vpces", "--namespace", TEAM)
    results.contains("kubectl get", listed, ["NAME", "READY", "REASON", "SERVICE-ID", "DOMAIN", "AGE", "payments", "True", "Available", service])


def check_described(bench, results, service):
    described = bench.cluster.kubectl("describe", "vpces", "payments", "--namespace", TEAM)
    results.contains(
        "kubectl describe: conditions and status",
        described,
        ["Conditions:", "Reason:", "Available", "Status:", "True", "Type:", "Ready", "Service Id:", service],
    )
    results.contains(
        "kubectl describe: events", described, ["Events:", "Normal", "EndpointServiceCreated", service, "EndpointServiceActive"]
    )


def check_refused(bench, results):
    """A load balancer that does not exist: what is the matter, and what to do."""
    bench.cluster.apply(NOWHERE)

    def described():
        text = bench.cluster.kubectl("describe", "vpces", "nowhere", "--namespace", TEAM)
        return text if "WaitingForLoadBalancer" in text else None

    text = until("the object says what is wrong", described, 30)
    results.contains(
        "kubectl describe of a wrong object",
        text,
        ["Conditions:", "lb-nowhere does not exist", "create it, correct spec.resources[].resourceId", "Reason:", "WaitingForLoadBalancer"],
    )


def check_deployment(bench, results):
    described = bench.cluster.kubectl("describe", "deployment", DEPLOYMENT, "--namespace", NAMESPACE)
    results.contains(
        "kubectl describe of the Deployment",
        described,
        ["--log-format=json", "Limits:", "memory:", "Liveness:", "/healthz", "Readiness:", "/readyz", "Available", "True"],
    )
