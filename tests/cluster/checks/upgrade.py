"""From one pod without leader election, as the chart had it before there was any, to today's values, and back; both in the middle of 50 creates."""

import time

from support import lead, many
from support.bench import REPLICAS
from support.cluster import DEPLOYMENT, NAMESPACE, RELEASE

ALONE = ("--set", "replicas=1,leaderElection.enabled=false")


def check(bench, results, helm):
    team = f"upgrade-{helm}"
    bench.install(helm, *ALONE, *many.SLOWLY, verb=("install",))
    bench.simulator.set({"auto_create_load_balancers": True})
    upgraded(bench, results, helm, team, many.create(bench, bench.simulator, team))
    bench.empty(team)
    rolled_back(bench, results, helm, team, many.create(bench, bench.simulator, team))
    bench.empty(team)
    bench.uninstall(helm)


def upgraded(bench, results, helm, team, applied):
    """The old pod, which knows no lease, and the first new one work side by side for a moment."""
    begin = time.monotonic()
    bench.install(helm, *many.SLOWLY)
    many.edit(bench, team, applied)
    results.equal(f"{helm}: upgraded to two pods", (strategy(bench), list(bench.ready_pods().values())), ("RollingUpdate", [0] * REPLICAS))
    settled(bench, results, helm, team, "upgraded", begin)
    results.equal(f"{helm}: upgraded, one of them leads", lead.leader(bench) in bench.ready_pods(), True)


def rolled_back(bench, results, helm, team, applied):
    begin = time.monotonic()
    done = bench.cluster.helm(helm, "rollback", RELEASE, "1", "--wait", "--timeout", "90s")
    many.edit(bench, team, applied)
    results.equal(f"{helm}: rollback", (done.code, done.errors), (0, ""))
    results.equal(f"{helm}: rolled back to one pod", (strategy(bench), list(bench.ready_pods().values())), ("Recreate", [0]))
    settled(bench, results, helm, team, "rolled back", begin)


def settled(bench, results, helm, team, what, begin):
    bench.all_ready(team, many.COUNT, 180)
    results.figure(f"{helm}: {what} in the middle of {many.COUNT} creates: all Ready", f"{time.monotonic() - begin:.1f} s")
    many.verify(bench, results, bench.simulator, team, f"{helm}, {what}")


def strategy(bench):
    return bench.cluster.json("get", "deployment", DEPLOYMENT, "--namespace", NAMESPACE)["spec"]["strategy"]["type"]
