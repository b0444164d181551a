"""The operator is rolled out anew in the middle of 50 creates, with edits before and after; then the process that leads is killed."""

import time

from support import lead, many, process
from support.bench import REPLICAS
from support.cluster import DEPLOYMENT, NAMESPACE
from waiting import until

TEAM = "rollout"


def check(bench, results):
    bench.install("helm4", *many.SLOWLY)
    bench.simulator.set({"auto_create_load_balancers": True})
    applied = many.create(bench, bench.simulator, TEAM)
    created = len(bench.simulator.services())
    begin = time.monotonic()
    with lead.LeaseWatch(bench.cluster) as watch:
        bench.cluster.kubectl("rollout", "restart", f"deployment/{DEPLOYMENT}", "--namespace", NAMESPACE)
        many.edit(bench, TEAM, applied)
        bench.cluster.rolled_out()
        lead.leader(bench)
        handed_over(results, watch)
    results.at_most("the rollout began in the middle of the creates", created, many.COUNT - 1)
    bench.all_ready(TEAM, many.COUNT, 180)
    results.figure(f"rollout after {created} of {many.COUNT} creates: all Ready", f"{time.monotonic() - begin:.1f} s")
    many.verify(bench, results, bench.simulator, TEAM, "rollout")
    killed(bench, results)
    bench.empty(TEAM)
    results.equal("the services go with their objects", bench.simulator.services(), [])


def handed_over(results, watch):
    """A rollout stops every pod that led before; each gives the lease back at its end."""
    gaps = watch.hand_overs()
    results.figure("rollout: times without a leader", ", ".join(f"{gap:.2f} s" for gap in gaps))
    results.equal("rollout: the leader changed", len(gaps) > 0, True)
    results.at_most("rollout: nobody leads for two seconds at most", max(gaps, default=0), lead.ORDERLY_SECONDS)


def killed(bench, results):
    """SIGKILL, as when memory runs out: another pod leads when the lease has run out, and kubelet starts the container again."""
    name = lead.leader(bench)
    bench.simulator.forget_calls()
    with lead.LeaseWatch(bench.cluster) as watch:
        identity, victim = watch.holder(), process.of_pod(bench.pod(name))
        begin = time.monotonic()
        process.kill(victim)
        seconds = watch.after(identity, 60) - begin
    results.figure("the leader killed: time until another one leads", f"{seconds:.1f} s")
    results.at_most("somebody leads in time", seconds, lead.SUDDEN_SECONDS)
    until("kubelet has started it again", lambda: bench.ready_pods().get(name) == 1, 90)
    (ended,) = (status["lastState"]["terminated"] for status in bench.pod(name)["status"]["containerStatuses"])
    results.equal("the pod says how it ended", ended["exitCode"], 137)
    results.equal("every pod is ready again", len(bench.ready_pods()), REPLICAS)
    bench.cluster.apply(*many.manifests(TEAM, edited=False)[:1])
    bench.all_ready(TEAM, many.COUNT, 60)
    results.equal("it goes on where it was: one edit, one write", bench.simulator.writes(), {"UpdateVpcEndpointServiceAttribute": 1})
