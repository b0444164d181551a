"""The node loses its power in the middle of 50 creates and comes back; the cloud, on this machine, has gone on. Then memory, with 200 objects."""

import shutil
import time

from checks import memory
from support import many
from support.cluster import ROOT
from support.simulator import OnThisMachine

TEAM = "reboot"


def check(bench, results, address):
    configuration = bench.cluster.folder / "simulator.yaml"
    shutil.copy(ROOT / "config/simulator/simulator.yaml", configuration)
    with configuration.open("a") as file:
        file.write("auto_create_load_balancers: on\n")
    with OnThisMachine(bench.programs / "privatelink-sim", address, configuration) as cloud:
        endpoints = ["--set", f"privatelinkEndpoint={cloud.endpoint},stsEndpoint={cloud.endpoint}"]
        bench.install("helm4", *endpoints, *many.SLOWLY)
        crash(bench, results, cloud.simulator)
        bench.install("helm4", *endpoints)
        # Its objects stay for the clean-up: uninstalling is refused while there are any, which other checks show.
        memory.check(bench, results, cloud.simulator)


def crash(bench, results, simulator):
    many.edit(bench, TEAM, many.create(bench, simulator, TEAM))
    bench.cluster.crash()
    created = len(simulator.services())
    results.at_most("the node stopped in the middle of the creates", created, many.COUNT - 1)
    begin = time.monotonic()
    bench.cluster.boot()
    bench.simulator.find_again()
    bench.all_ready(TEAM, many.COUNT, 240)
    results.figure(f"reboot after {created} of {many.COUNT} creates: all Ready", f"{time.monotonic() - begin:.1f} s")
    many.verify(bench, results, simulator, TEAM, "reboot")
