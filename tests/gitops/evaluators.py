"""The table of objects before the evaluators of Argo CD and Flux, without a cluster."""

import json
import subprocess

from cases import cases
from world import ROOT

HEALTH = ROOT / "config" / "argocd" / "component" / "health.lua"
KUSTOMIZATION = ROOT / "config" / "flux" / "services.yaml"


def evaluate(command, objects):
    """One line of JSON for each object."""
    lines = "".join(json.dumps(found) + "\n" for found in objects)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def argo_cd_agrees(programs, checks):
    table = cases()
    found = evaluate([programs.argocd_health, HEALTH], [case.object() for case in table])
    checks.equal("objects", len(found), len(table))
    for case, health in zip(table, found):
        checks.equal(case.name, health, case.health())


def flux_agrees(programs, checks):
    table = cases()
    found = evaluate([programs.flux_health, KUSTOMIZATION], [case.object() for case in table])
    checks.equal("objects", len(found), len(table))
    for case, health in zip(table, found):
        checks.equal(case.name, health, {"kstatus": case.kstatus, "flux": case.flux})
