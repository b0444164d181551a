"""Argo CD and Flux before operator and objects: check.py, with the programs as arguments. ONLY=part runs the scenarios whose names contain it.

Prints what is wrong, and at the end how many checks passed."""

import argparse
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import evaluators
from api import Api
from argocd import CONFIG_MAP, ArgoCd
from checks import Checks
from processes import Processes
from scenarios import pruning, rollout, states, syncing
from simulator import Simulator
from world import ROOT, World

# The first brings the operator, the last takes it down.
BEGIN, END = rollout.chart_and_objects_come_in_waves, rollout.everything_is_taken_down_in_reverse_order
BETWEEN = [
    rollout.examples_are_accepted,
    syncing.samples_stay_in_step_with_git,
    syncing.a_change_in_git_arrives_in_the_cloud,
    syncing.what_somebody_changes_is_put_back,
    syncing.a_controller_that_writes_the_spec_would_be_out_of_sync,
    syncing.actions_do_what_they_say,
    states.every_state_has_its_health,
    states.a_newer_spec_is_progressing_until_the_operator_has_seen_it,
    states.a_wave_waits_for_the_health_of_the_one_before,
    pruning.pruning_waits_for_the_operator,
    pruning.pruning_can_be_made_to_ask_first,
    pruning.an_object_can_be_left_alone,
    states.without_the_script_there_is_no_health_and_no_wave_waits,
]


class Programs:
    """Where they all are."""

    def __init__(self, arguments):
        folder, flux = arguments.argocd, arguments.flux
        self.argocd, self.cache = folder / "argocd", folder / "cache"
        self.kustomize, self.garbage_collector = folder / "kustomize", folder / "garbage-collector"
        self.argocd_health, self.flux_health = folder / "argocd-health", flux / "flux-health"
        self.manifests, self.flux_definitions = folder / "manifests", flux / "definitions"
        self.helm, self.kubectl, self.control_plane = arguments.helm, arguments.kubectl, arguments.control_plane
        self.operator, self.simulator = arguments.operator, arguments.simulator


def parse():
    parser = argparse.ArgumentParser()
    for name in ("argocd", "flux", "helm", "kubectl", "control-plane", "operator", "simulator"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser.parse_args()


def loopback_up():
    """In a network namespace of its own, where it is down at first. Elsewhere it is up, and this changes nothing."""
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, get_flags, request))[1]
        if not flags & up:
            fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def start_cluster(folder, programs, processes):
    kubeconfig = folder / "kubeconfig"
    processes.start("control-plane", [programs.control_plane, "run", "--kubeconfig-out", kubeconfig])
    deadline = time.monotonic() + 120
    while not kubeconfig.exists():
        processes.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"the control plane did not start:\n{processes.tail('control-plane')}")
        time.sleep(0.1)
    os.environ["KUBECONFIG"] = str(kubeconfig)
    processes.start("garbage-collector", [programs.garbage_collector])
    return kubeconfig


def start(folder, programs, processes):
    kubeconfig = start_cluster(folder, programs, processes)
    api = Api(folder, programs.kubectl, processes)
    simulator = Simulator(folder, programs.simulator, processes)
    argocd = ArgoCd(folder, programs, api, processes, kubeconfig)
    argocd.install(ROOT / "config" / "argocd")
    argocd.start()
    api.until("the simulator is up", simulator.is_up)
    world = World(folder, api, argocd, simulator, processes)
    world.programs, world.argocd_config = programs, CONFIG_MAP
    return world


def run(name, checks, scenario, *arguments):
    """Whether it came to its end."""
    begin = time.monotonic()
    checks.scenario(name)
    try:
        scenario(*arguments, checks)
        return True
    except (AssertionError, KeyError, OSError, RuntimeError, TimeoutError, TypeError, subprocess.SubprocessError) as error:
        checks.fail("broke off", f"{error!r}\n{traceback.format_exc(limit=-2)}")
        return False
    finally:
        print(f"{time.monotonic() - begin:6.1f} s  {name}", flush=True)


def scenarios(world, checks):
    if not run(BEGIN.__name__, checks, BEGIN, world):
        return
    only = os.environ.get("ONLY", "")
    for scenario in [*BETWEEN, END]:
        if only in scenario.__name__:
            run(scenario.__name__, checks, scenario, world)


def in_a_cluster(programs, checks):
    with tempfile.TemporaryDirectory() as folder:
        processes = Processes(Path(folder))
        failed = checks.failed
        try:
            begin = time.monotonic()
            world = start(Path(folder), programs, processes)
            print(f"{time.monotonic() - begin:6.1f} s  everything is up", flush=True)
            scenarios(world, checks)
        finally:
            if checks.failed > failed:
                for name in ("application-controller", "server", "operator"):
                    if (processes.logs / f"{name}.log").exists():
                        print(f"--- {name}\n{processes.tail(name)}")
            processes.stop()


def main():
    # The end of the block above is what ends the programs.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    loopback_up()
    programs, checks = Programs(parse()), Checks()
    run("argo_cd_agrees", checks, evaluators.argo_cd_agrees, programs)
    run("flux_agrees", checks, evaluators.flux_agrees, programs)
    in_a_cluster(programs, checks)
    print(f"gitops: {checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
