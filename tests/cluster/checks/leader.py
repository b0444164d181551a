"""Two pods: the one that leads is evicted, as by a drain, and the one that stands by is killed."""

import json

from support import lead, process
from support.bench import REPLICAS
from support.cluster import NAMESPACE, ROOT
from waiting import until

TEAM = "leader"
NODE = "node1"
# What an eviction is refused with while the budget is used up.
USED_UP = "Cannot evict pod as it would violate the pod's disruption budget."


def check(bench, results):
    bench.namespace(TEAM)
    bench.install("helm4")
    bench.cluster.kubectl("apply", "--filename", ROOT / "config/samples/slb-minimal.yaml", "--namespace", TEAM)
    service = bench.ready(TEAM, "payments")["status"]["serviceId"]
    bench.simulator.forget_calls()
    evicted(bench, results)
    if REPLICAS > 1:
        standby_killed(bench, results)
    results.equal("leader: all the while nothing was written to the cloud", bench.simulator.writes(), {})
    results.equal("leader: the object stays Ready", bench.ready(TEAM, "payments")["status"]["serviceId"], service)
    bench.empty(TEAM)


def evicted(bench, results):
    """As by a drain: no pod finds a node meanwhile. One may go at a time, and a second one not before there are as many as before."""
    first = lead.leader(bench)
    others = [name for name in bench.ready_pods() if name != first]
    bench.cluster.kubectl("cordon", NODE)
    try:
        with lead.LeaseWatch(bench.cluster) as watch:
            identity = watch.holder()
            results.equal("the leader may be evicted", evict(bench, first).code, 0)
            for name in others[:1]:
                results.contains("the next pod may not, before there is another", evict(bench, name).errors, [USED_UP])
                watch.after(identity, 60)
                handed_over(bench, results, watch, others)
    finally:
        bench.cluster.kubectl("uncordon", NODE)
    until("there are as many pods as before", lambda: len(bench.ready_pods()) == REPLICAS, 60)


def handed_over(bench, results, watch, others):
    (gap,) = watch.hand_overs()
    results.figure("the leader evicted: time without a leader", f"{gap:.2f} s")
    results.at_most("the lead is handed over in time", gap, lead.ORDERLY_SECONDS)
    results.equal("to a pod that stood by", lead.leader(bench) in others, True)


def evict(bench, name):
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": NAMESPACE}}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/eviction"
    return bench.cluster.try_kubectl("create", "--raw", path, "--filename", "-", stdin=json.dumps(eviction))


def standby_killed(bench, results):
    """Nobody notices."""
    leader = lead.leader(bench)
    name = next(pod for pod in bench.ready_pods() if pod != leader)
    with lead.LeaseWatch(bench.cluster) as watch:
        identity = watch.holder()
        process.kill(process.of_pod(bench.pod(name)))
        until("kubelet has started it again", lambda: bench.ready_pods().get(name) == 1, 90)
        results.equal("killing who stands by does not change the leader", watch.holder(), identity)
