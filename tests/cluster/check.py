"""Checks image, manifests, chart and operator on the node: check.py STATE IMAGES PROGRAMS HELM ADDRESS. The node is up, and the images are loaded.

ADDRESS is this machine's, as pods reach it. With ONLY="release rollout" those checks only, in the order of CHECKS; ONLY=none checks nothing. With
KEEP=1 the operator is installed at the end."""

import os
import sys
import time
import traceback
from pathlib import Path

from checks import earlier, image, kustomized, leader, people, reboot, release, rollout, upgrade
from support import simulator
from support.bench import Bench
from support.cluster import Cluster
from support.results import Results

CHECKS = {
    "image": lambda bench, results, _: image.check(bench, results),
    "helm3": lambda bench, results, _: release.check(bench, results, "helm3"),
    "helm4": lambda bench, results, _: release.check(bench, results, "helm4"),
    "upgrade3": lambda bench, results, _: upgrade.check(bench, results, "helm3"),
    "upgrade4": lambda bench, results, _: upgrade.check(bench, results, "helm4"),
    "earlier": lambda bench, results, _: earlier.check(bench, results, "helm4"),
    "kustomize": lambda bench, results, _: kustomized.check(bench, results),
    "people": lambda bench, results, _: people.check(bench, results),
    "leader": lambda bench, results, _: leader.check(bench, results),
    "rollout": lambda bench, results, _: rollout.check(bench, results),
    "reboot": reboot.check,
}


def chosen():
    names = os.environ.get("ONLY", "").split() or list(CHECKS)
    unknown = [name for name in names if name not in {*CHECKS, "none"}]
    if unknown:
        sys.exit(f"ONLY: there is no check {', '.join(unknown)}; there are {', '.join(CHECKS)}, none")
    return [name for name in CHECKS if name in names]


def run(name, bench, results, address):
    """One check; where it cannot go on, that is a failure, and the next one begins without what is left of it."""
    begin = time.monotonic()
    results.say(f"check {name}")
    try:
        CHECKS[name](bench, results, address)
    except Exception as error:  # noqa: BLE001
        results.broke(name, f"{error}\n{traceback.format_exc(limit=-3)}")
    try:
        bench.clean_up()
    except Exception as error:  # noqa: BLE001
        results.broke(f"{name}, what it has left", error)
    results.say(f"check {name}: {time.monotonic() - begin:.0f} s")


def main():
    state, images, programs, helm, address = sys.argv[1:]
    names, results = chosen(), Results()
    cluster = Cluster(state, helm)
    bench = Bench(cluster, simulator.AsPod(cluster), Path(images), Path(programs))
    # Where the node was kept.
    bench.clean_up()
    for name in names:
        run(name, bench, results, address)
    if os.environ.get("KEEP"):
        # For people.
        bench.install("helm4")
    sys.exit(0 if results.end() else 1)


main()
