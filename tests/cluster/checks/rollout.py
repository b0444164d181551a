"""The operator is rolled out anew in the middle of 50 creates, with edits before and after; then its process is killed."""

import time

from support import many, process
from support.bench import REPLICAS
from support.cluster import DEPLOYMENT, NAMESPACE
from support.waiting import until

TEAM = "rollout"


def check(bench, results):
    bench.install("helm4", *many.SLOWLY)
    bench.simulator.set({"auto_create_load_balancers": True})
    many.create(bench, bench.simulator, TEAM)
    created = len(bench.simulator.services())
    begin = time.monotonic()
    bench.cluster.kubectl("rollout", "restart", f"deployment/{DEPLOYMENT}", "--namespace", NAMESPACE)
    many.edit(bench, TEAM)
    bench.cluster.rolled_out()
    results.at_most("the rollout began in the middle of the creates", created, many.COUNT - 1)
    bench.all_ready(TEAM, many.COUNT, 180)
    results.figure(f"rollout after {created} of {many.COUNT} creates: all Ready", f"{time.monotonic() - begin:.1f} s")
    many.verify(bench, results, bench.simulator, TEAM, "rollout")
    killed(bench, results)
    bench.empty(TEAM)
    results.equal("the services go with their objects", bench.simulator.services(), [])


def killed(bench, results):
    """SIGKILL, as when memory runs out: kubelet starts the container again, and it goes on."""
    victim = bench.cluster.operator_pods()[0]
    name = victim["metadata"]["name"]
    bench.simulator.forget_calls()
    process.kill(process.of_pod(victim))
    until("kubelet has started it again", lambda: bench.ready_pods().get(name) == 1, 90)
    (ended,) = (status["lastState"]["terminated"] for status in pod(bench, name)["status"]["containerStatuses"])
    results.equal("the pod says how it ended", ended["exitCode"], 137)
    results.equal("every pod is ready again", len(bench.ready_pods()), REPLICAS)
    bench.cluster.apply(*many.manifests(TEAM, edited=False)[:1])
    bench.all_ready(TEAM, many.COUNT, 60)
    results.equal("it goes on where it was: one edit, one write", bench.simulator.writes(), {"UpdateVpcEndpointServiceAttribute": 1})


def pod(bench, name):
    return bench.cluster.json("get", "pod", name, "--namespace", NAMESPACE)
