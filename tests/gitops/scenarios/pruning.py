"""What becomes of objects that vanish from Git."""

from scenarios.rollout import example
from world import OPEN, condition, service

APPROVED = "argocd.argoproj.io/deletion-approved"


def pruning_waits_for_the_operator(world, checks):
    repository = world.repository("prune")
    repository.put({
        "objects/stays.yaml": service("stays", "nlb-orders1"),
        "objects/goes.yaml": service("goes", "nlb-orders1", **OPEN),
    })
    prune = world.application("prune").create(repository, "objects", "prune")
    prune.until_settled()
    found = world.until_ready("prune", "goes")
    service_id = found["status"]["serviceId"]
    endpoint = world.simulator.connect(service_id)

    repository.remove("objects/goes.yaml")
    prune.refresh()
    found = world.until_reason("prune", "goes", "DeletionBlocked")
    health = world.until_health(prune, "goes", "Progressing")
    checks.equal("a deletion that is blocked is pending", health, ["Progressing", "Pending deletion"])
    checks.equal("the object names who blocks it", endpoint["id"] in condition(found)["message"], True)
    checks.equal("it is not in step with Git", prune.status()["sync"]["status"], "OutOfSync")
    checks.equal("the service is there", world.simulator.service(service_id)["id"], service_id)

    code, _ = world.argocd.act("prune", "suspend", "prune", "goes")
    checks.equal("suspend holds the deletion", [code, world.find("prune", "goes")["spec"]["suspend"]], [0, True])
    world.until("the operator says so", lambda: "spec.suspend is true" in condition(world.find("prune", "goes"))["message"])
    world.simulator.disconnect(endpoint["id"])
    code, _ = world.argocd.act("prune", "resume", "prune", "goes")
    checks.equal("resume", code, 0)
    world.until("the object is gone", lambda: world.find("prune", "goes") is None)
    prune.until_settled()
    checks.equal("the other one is there", world.names("prune"), ["stays"])
    ids = [one["id"] for one in world.simulator.services()]
    checks.equal("its service is gone with it", service_id in ids, False)


def pruning_can_be_made_to_ask_first(world, checks):
    """The example config/argocd/applications/services.yaml."""
    kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [{}]\n"
    world.team.put({
        "confirm/kustomization.yaml": kustomization.format("one.yaml, two.yaml"),
        "confirm/one.yaml": service("one", "nlb-orders1"),
        "confirm/two.yaml": service("two", "nlb-orders1"),
    })
    world.api.apply(example(world, "services.yaml", **{"path: privatelink\n": "path: confirm\n"}))
    confirm = world.application("team-services")
    confirm.until_settled()
    world.team.put({"confirm/kustomization.yaml": kustomization.format("one.yaml")})
    confirm.refresh()
    waiting = "Waiting for pruning confirmation of privatelink.alibabacloud.com/v1alpha1/VpcEndpointService/two"
    world.until("Argo CD asks", lambda: confirm.status()["operationState"].get("message") == waiting)
    checks.equal("nothing is deleted before", "deletionTimestamp" in world.find("team", "two")["metadata"], False)
    confirm.annotate(**{APPROVED: "2099-01-01T00:00:00Z"})
    world.until("the object is gone", lambda: world.find("team", "two") is None)
    confirm.until_settled()


def an_object_can_be_left_alone(world, checks):
    """Delete=false and Prune=false: neither Git nor the Application takes it away."""
    repository = world.repository("kept")
    keep = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    repository.put({
        "objects/kept.yaml": service("kept", "nlb-orders1", annotations=keep),
        "objects/other.yaml": service("other", "nlb-orders1"),
    })
    kept = world.application("kept").create(repository, "objects", "kept")
    kept.until_settled()
    repository.remove("objects/kept.yaml")
    kept.refresh()
    world.until("Git has it no more", lambda: kept.status()["sync"]["status"] == "OutOfSync")
    kept.delete()
    world.until("the Application is gone", kept.is_gone)
    checks.equal("the object is there, and only it", world.names("kept"), ["kept"])
    checks.equal("it is not marked", "deletionTimestamp" in world.find("kept", "kept")["metadata"], False)
