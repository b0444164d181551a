"""The scripts of config/argocd alone, in Argo CD's interpreter with the libraries that it gives them: scripts.py LUA, the program of lua/.

Needs no cluster and no Argo CD. Prints what is wrong, and at the end how many checks passed."""

import copy
import re
import sys
import tempfile
from pathlib import Path

from cases import bare, cases
from checks import Checks
from evaluators import HEALTH, evaluate
from world import ROOT

ACTIONS = ROOT / "config" / "argocd" / "component" / "actions.yaml"
NAMES = ROOT / "src" / "names.rs"
# What the interpreter of these tests says that it is.
NOW = "2026-11-30T12:00:00Z"
UNWRITTEN = {"status": "Progressing", "message": "The operator has not written a status yet."}
# The libraries that a script of argocd-cm has.
LIBRARIES = {
    "string": "nil", "math": "nil", "io": "nil", "os": "nil", "debug": "nil", "coroutine": "nil",
    "table": "table", "require": "function", "ipairs": "function",
}


def run(lua, script, objects, *action):
    return evaluate([lua, script, *action], objects)


def health_of_every_case(lua, checks):
    table = cases()
    found = run(lua, HEALTH, [case.object() for case in table])
    for case, health in zip(table, found, strict=True):
        status, message = case.told()
        checks.equal(case.name, health, {"status": status, "message": message})


def an_object_that_nobody_has_looked_at_is_progressing(lua, checks):
    stalled = [{"type": "Stalled", "status": "True", "reason": "InvalidSpec"}]
    unwritten = [None, {}, {"observedGeneration": 1, "conditions": []}, {"observedGeneration": 1, "conditions": stalled}]
    objects = [bare() | ({} if status is None else {"status": status}) for status in unwritten]
    for status, health in zip(unwritten, run(lua, HEALTH, objects), strict=True):
        checks.equal(f"with the status {status}", health, UNWRITTEN)


def all_of_a_status_must_be_of_the_newest_generation(lua, checks):
    unseen = {"status": "Progressing", "message": "The operator has not observed this generation yet."}
    seen = {"status": "Healthy", "message": "Active."}
    table = {(2, 2): seen, (2, 1): unseen, (1, 2): unseen, (None, 2): unseen, (2, None): seen}
    objects = []
    for status, ready in table:
        told = {"type": "Ready", "status": "True", "reason": "Available", "message": "Active.", "observedGeneration": ready}
        # What is null is not there.
        objects.append(bare(2) | {"status": {"observedGeneration": status, "conditions": [told]}})
    for generations, expected, health in zip(table, table.values(), run(lua, HEALTH, objects), strict=True):
        checks.equal(f"status, Ready: {generations}", health, expected)


def scripts_have_few_libraries(lua, checks):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("return { " + ", ".join(f"{name} = type({name})" for name in LIBRARIES) + " }")
        script.flush()
        checks.equal("libraries", run(lua, script.name, [{}]), [LIBRARIES])
        script.seek(0)
        script.truncate()
        script.write('return { length = ("abc"):len() }')
        script.flush()
        checks.equal("a text has no methods", is_refused(lua, {}, script.name), True)


def is_refused(lua, found, script, *action):
    try:
        run(lua, script, [found], *action)
    except RuntimeError:
        return True
    return False


def acted_on(suspended, deleting):
    found = bare()
    found["spec"]["suspend"] = suspended
    if deleting:
        found["metadata"]["deletionTimestamp"] = "2026-11-30T11:00:00Z"
    return found


def actions_are_offered_where_the_operator_acts_on_them(lua, checks):
    table = {(False, False): (True, False), (True, False): (False, True), (False, True): (True, False), (True, True): (False, True)}
    found = run(lua, ACTIONS, [acted_on(*state) for state in table], "discovery")
    for (state, (suspend, resume)), offered in zip(table.items(), found, strict=True):
        expected = {"reconcile": {"disabled": False}, "suspend": {"disabled": not suspend}, "resume": {"disabled": not resume}}
        checks.equal(f"suspended, deleting: {state}", offered, expected)


def actions_change_what_they_are_for_and_nothing_else(lua, checks):
    def act(name, before):
        return run(lua, ACTIONS, [before], name)[0]

    for deleting in (False, True):
        before, suspended = acted_on(False, deleting), acted_on(True, deleting)
        checks.equal(f"suspend, deleting: {deleting}", act("suspend", before), suspended)
        checks.equal(f"resume, deleting: {deleting}", act("resume", suspended), before)
    (annotation,) = re.findall(r'RECONCILE_REQUESTED_AT_ANNOTATION: &str = "(.*)"', NAMES.read_text())
    for annotations in ({}, {"team": "orders", annotation: "2026-11-29T08:00:00Z"}):
        before = bare()
        if annotations:
            before["metadata"]["annotations"] = annotations
        after = copy.deepcopy(before)
        after["metadata"]["annotations"] = annotations | {annotation: NOW}
        checks.equal(f"reconcile, with {annotations}", act("reconcile", before), after)


SCENARIOS = [
    health_of_every_case,
    an_object_that_nobody_has_looked_at_is_progressing,
    all_of_a_status_must_be_of_the_newest_generation,
    scripts_have_few_libraries,
    actions_are_offered_where_the_operator_acts_on_them,
    actions_change_what_they_are_for_and_nothing_else,
]


def main():
    lua, checks = Path(sys.argv[1]), Checks()
    for scenario in SCENARIOS:
        checks.scenario(scenario.__name__)
        scenario(lua, checks)
    print(f"gitops-scripts: {checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
