"""Staying in step: what the operator writes is no difference, and what others write is one."""

from world import ROOT, condition, service

SAMPLES = ["ledger", "orders", "payments"]
SERVER_SIDE_DIFF = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}
# Ways to apply and to compare, each with options and annotations of the Application.
WAYS = {
    "client-side": ([], {}),
    "server-side": (["ServerSideApply=true"], {}),
    "server-side-diff": (["ServerSideApply=true"], SERVER_SIDE_DIFF),
}
HARD_REFRESHES = 3


def versions(world, namespace):
    return {name: world.find(namespace, name)["metadata"]["resourceVersion"] for name in SAMPLES}


def samples_stay_in_step_with_git(world, checks):
    repository = world.repository("samples")
    repository.copy(ROOT / "config", "samples")
    applications = {}
    for way, (options, annotations) in WAYS.items():
        applications[way] = world.application(way).create(repository, "samples", way, options=options, annotations=annotations)
    for way, application in applications.items():
        application.until_settled()
        for name in SAMPLES:
            world.until_ready(way, name)
        before = application.history(), versions(world, way)
        for _ in range(HARD_REFRESHES):
            application.refresh("hard")
        after = application.history(), versions(world, way)
        checks.equal(f"{way}: nothing was synced or written again", after, before)
        checks.equal(f"{way}: Synced and Healthy", application.is_settled(), True)
        checks.equal(f"{way}: nothing is ignored for it", application.get()["spec"].get("ignoreDifferences"), None)


def a_change_in_git_arrives_in_the_cloud(world, checks):
    """A field that is taken out of Git goes back to its default, whichever way it is applied."""
    for way, (options, annotations) in WAYS.items():
        namespace = f"change-{way}"
        repository = world.repository(namespace)
        repository.put({"objects/orders.yaml": service("orders", "nlb-orders1", description="one", zoneAffinityEnabled=True)})
        application = world.application(namespace)
        application.create(repository, "objects", namespace, options=options, annotations=annotations)
        application.until_settled()
        repository.put({"objects/orders.yaml": service("orders", "nlb-orders1", description="two")})
        application.refresh("hard")
        world.until(f"{way}: generation 2", lambda namespace=namespace: world.find(namespace, "orders")["metadata"]["generation"] == 2)
        application.until_settled()
        world.until_ready(namespace, "orders")
        spec = world.find(namespace, "orders")["spec"]
        found = [spec["description"], spec["zoneAffinityEnabled"]]
        checks.equal(f"{way}: description and zoneAffinityEnabled", found, ["two", False])


def what_somebody_changes_is_put_back(world, checks):
    repository = world.repository("heal")
    repository.put({"objects/orders.yaml": service("orders", "nlb-orders1", description="as in Git")})
    heal = world.application("heal").create(repository, "objects", "heal")
    heal.until_settled()
    history = heal.history()
    generation = world.edit("heal", "orders", {"description": "by hand"})["metadata"]["generation"]
    world.until("Argo CD has put it back", lambda: world.find("heal", "orders")["metadata"]["generation"] > generation)
    heal.until_settled()
    found = world.until_ready("heal", "orders")
    checks.equal("the spec is as in Git", found["spec"]["description"], "as in Git")
    checks.equal("Argo CD synced for it", heal.history()[0] > history[0], True)

    history = heal.history()
    service_id = found["status"]["serviceId"]
    world.simulator.ask("PATCH", f"/v1/services/{service_id}", {"description": "in the console"})
    world.until("the operator has corrected it", lambda: world.simulator.service(service_id)["description"] == "as in Git")
    heal.refresh("hard")
    heal.until_settled()
    checks.equal("drift in the cloud is no matter of Argo CD's", heal.history(), history)


def a_controller_that_writes_the_spec_would_be_out_of_sync(world, checks):
    """Negative control: that the scenarios above would see an operator that writes into the spec."""
    for way, (options, annotations) in WAYS.items():
        namespace = f"rewritten-{way}"
        repository = world.repository(namespace)
        repository.put({"objects/orders.yaml": service("orders", "nlb-orders1", description="as in Git")})
        application = world.application(namespace)
        application.create(
            repository, "objects", namespace, options=options, annotations=annotations, automated={"prune": True, "selfHeal": False},
        )
        application.until_settled()
        world.edit(namespace, "orders", {"description": "normalised"})
        application.refresh("hard")
        told = world.until(f"{way}: OutOfSync", lambda application=application: sync_of(application, "OutOfSync"))
        checks.equal(f"{way}: a spec that is rewritten is seen", told, "OutOfSync")


def sync_of(application, status):
    told = application.status().get("sync", {}).get("status")
    return told if told == status else None


def actions_do_what_they_say(world, checks):
    repository = world.repository("actions")
    repository.put({"objects/orders.yaml": service("orders", "nlb-orders1")})
    actions = world.application("actions").create(repository, "objects", "actions")
    actions.until_settled()
    history = actions.history()
    checks.equal("there was no refresh yet", world.find("actions", "orders")["status"].get("lastRefreshTime"), None)
    checks.equal("reconcile", world.argocd.act("actions", "reconcile", "actions", "orders")[0], 0)
    world.until("the operator has looked", lambda: world.find("actions", "orders")["status"].get("lastRefreshTime"))
    actions.refresh("hard")
    checks.equal("the annotation is no difference", [actions.history(), actions.is_settled()], [history, True])
    for name, suspended in (("suspend", True), ("resume", False)):
        code, _ = world.argocd.act("actions", name, "actions", "orders")
        checks.equal(name, [code, world.find("actions", "orders")["spec"]["suspend"]], [0, suspended])
        world.until("the operator has seen it", lambda: seen(world.find("actions", "orders")))
        checks.equal("what is in force stays ready", condition(world.find("actions", "orders"))["status"], "True")


def seen(found):
    return found["status"]["observedGeneration"] == found["metadata"]["generation"]
