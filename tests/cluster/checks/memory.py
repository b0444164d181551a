"""The operator's memory with 200 objects beside the limit of its pod; and a limit that is too small."""

import json

from support import lead, objects, process
from support.cluster import CHART, NAMESPACE, RELEASE
from waiting import until

TEAM = "memory"
COUNT = 200
MEBIBYTE = 2**20
# Of the limit: what is left is for a larger cluster, and for peaks that no reading catches.
BOUND = 0.5


def check(bench, results, simulator):
    # The quota of services is 200.
    bench.cluster.kubectl("delete", "vpces", "--all", "--all-namespaces", "--timeout", "180s", seconds=200)
    bench.namespace(TEAM)
    bench.cluster.apply(*(objects.service(f"memory-{number}", TEAM, f"service {number}") for number in range(COUNT)))
    bench.all_ready(TEAM, COUNT, 300)
    too_little(bench, results, simulator, measure(bench, results))
    results.equal("200 objects: no owner has two services", (simulator.duplicates(), simulator.violations()), ([], []))


def measure(bench, results):
    """The smaller working set of the two kinds of pod, in MiB."""
    leader = lead.leader(bench)
    return min(measure_pod(bench, results, pod, "leader" if pod["metadata"]["name"] == leader else "standby") for pod in bench.cluster.operator_pods())


def measure_pod(bench, results, pod, role):
    name = pod["metadata"]["name"]
    limit = quantity(pod["spec"]["containers"][0]["resources"]["limits"]["memory"])
    number = process.of_pod(pod)
    peak, resident, anonymous = (process.mebibytes(number, key) for key in ("VmHWM", "VmRSS", "RssAnon"))
    working = until("kubelet has measured the pod", lambda: working_set(bench, name), 60) / MEBIBYTE
    what = f"memory with {COUNT} objects, {role}"
    results.figure(f"{what}, resident", f"{resident:.1f} MiB (peak {peak:.1f}, anonymous {anonymous:.1f})")
    results.figure(f"{what}, working set of the pod", f"{working:.1f} MiB of {limit / MEBIBYTE:.0f}")
    results.at_most(f"{role}: the peak is at most half of the limit", peak, BOUND * limit / MEBIBYTE)
    results.at_most(f"{role}: the working set is at most half of the limit", working, BOUND * limit / MEBIBYTE)
    return working


def too_little(bench, results, simulator, needed):
    """With half of what it needs it is killed again and again, and says so; with enough it goes on, and nothing has been written meanwhile."""
    simulator.forget_calls()
    limit = f"{max(int(needed / 2), 8)}Mi"
    settings = ",".join(f"resources.{kind}.memory={limit}" for kind in ("requests", "limits"))
    bench.cluster.helm("helm4", "upgrade", RELEASE, CHART, "--reuse-values", "--set", settings)
    until(f"the operator runs out of memory at {limit}", lambda: out_of_memory(bench), 90)
    bench.install("helm4", *bench.last)
    bench.all_ready(TEAM, COUNT, 120)
    results.equal("after running out of memory, nothing was written twice", simulator.writes(), {})


def out_of_memory(bench):
    states = (
        state.get("terminated", {}).get("reason")
        for pod in bench.cluster.operator_pods()
        for status in pod["status"].get("containerStatuses", [])
        for state in (status["state"], status["lastState"])
    )
    return "OOMKilled" in states


def working_set(bench, name):
    summary = json.loads(bench.cluster.kubectl("get", "--raw", "/api/v1/nodes/node1/proxy/stats/summary"))
    for pod in summary["pods"]:
        if (pod["podRef"]["namespace"], pod["podRef"]["name"]) == (NAMESPACE, name):
            return pod.get("memory", {}).get("workingSetBytes")
    return None


def quantity(text):
    """256Mi as bytes."""
    return int(text.removesuffix("Mi")) * MEBIBYTE
