"""The example config/argocd/applications/together.yaml: definition, operator and objects in one Application, and all of it taken down."""

import json

from argocd import is_established
from simulator import start_operator
from world import OPEN, ROOT, service

EXAMPLES = ROOT / "config" / "argocd" / "applications"
SYSTEM = "privatelink-system"
DEPLOYMENT = f"/apis/apps/v1/namespaces/{SYSTEM}/deployments/privatelink-operator"
BUDGET = f"/apis/policy/v1/namespaces/{SYSTEM}/poddisruptionbudgets/privatelink-operator"
DEFINITION = "vpcendpointservices.privatelink.alibabacloud.com"
DEFINITION_PATH = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{DEFINITION}"


def example(world, name, **replaced):
    """The text of an example, with the tests' repositories in place of its own."""
    text = (EXAMPLES / name).read_text()
    text = text.replace("https://git.example.com/platform/privatelink-operator.git", world.platform.url)
    text = text.replace("https://git.example.com/team/services.git", world.team.url)
    for old, new in replaced.items():
        assert text.count(old) == 1, f"{name} has no {old}"
        text = text.replace(old, new)
    return text


def become_available(world):
    """What the controllers of Deployment, ReplicaSet and PodDisruptionBudget, and a node, would bring about."""
    deployment = world.api.get(DEPLOYMENT)
    generation, replicas = deployment["metadata"]["generation"], deployment["spec"]["replicas"]
    conditions = [
        {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
    ]
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), replicas)
    world.api.merge(f"{DEPLOYMENT}/status", {"status": {"observedGeneration": generation, "conditions": conditions, **counts}})
    condition = {
        "type": "DisruptionAllowed", "status": "True", "reason": "SufficientPods", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    pods = {"disruptionsAllowed": 1, "currentHealthy": replicas, "desiredHealthy": replicas - 1, "expectedPods": replicas}
    world.api.merge(f"{BUDGET}/status", {"status": {"observedGeneration": 1, "conditions": [condition], **pods}})


def operator_kubeconfig(world):
    """With the rights of the chart's ServiceAccount, and no others."""
    token = world.api.kubectl("create", "token", "privatelink-operator", "--namespace", SYSTEM, "--duration", "2h").strip()
    config = json.loads(world.api.kubectl("config", "view", "--raw", "--minify", "--output", "json"))
    config["users"] = [{"name": "operator", "user": {"token": token}}]
    config["contexts"][0]["context"]["user"] = "operator"
    file = world.folder / "operator.kubeconfig"
    file.touch(mode=0o600)
    file.write_text(json.dumps(config))
    return file


def chart_and_objects_come_in_waves(world, checks):
    world.platform = world.repository("platform")
    world.platform.copy(ROOT, "charts", "config")
    world.team = world.repository("team")
    world.team.put({"privatelink/orders.yaml": service("orders", "nlb-orders1", **OPEN)})
    kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [orders.yaml]\n"
    world.team.put({"privatelink/kustomization.yaml": kustomization})
    # The objects' namespace is another than that of the destination.
    world.api.kubectl("create", "namespace", "team")
    world.api.apply(example(world, "project.yaml"))
    world.api.apply(example(world, "together.yaml"))

    together = world.together = world.application("privatelink")
    waiting = "waiting for healthy state of policy/PodDisruptionBudget/privatelink-operator and 1 more resources"
    world.until("the sync waits for the Deployment and its budget", lambda: together.status().get("operationState", {}).get("message") == waiting)
    checks.equal("the definition is there before the operator is", is_established(world.api, DEFINITION), True)
    checks.equal("there are no objects before the operator is ready", world.names("team"), [])

    start_operator(world.folder, world.programs.operator, world.processes, world.simulator, operator_kubeconfig(world))
    become_available(world)
    together.until_settled()
    found = world.until_ready("team", "orders")
    times = [world.api.get(path)["metadata"]["creationTimestamp"] for path in (DEFINITION_PATH, DEPLOYMENT)]
    times.append(found["metadata"]["creationTimestamp"])
    checks.equal("definition, operator, objects: made in this order", times, sorted(times))
    healths = {kind: health for (kind, _), health in together.resources().items() if health}
    expected = ["Healthy", f"The service {found['status']['serviceId']} is Active."]
    checks.equal("the object is healthy, with its message", healths["VpcEndpointService"], expected)


def is_deleted(found):
    return bool(found and "deletionTimestamp" in found["metadata"])


def everything_is_taken_down_in_reverse_order(world, checks):
    found = world.until_ready("team", "orders")
    service_id = found["status"]["serviceId"]
    endpoint = world.simulator.connect(service_id)
    world.together.delete()
    world.until_reason("team", "orders", "DeletionBlocked")
    checks.equal("the operator stays while objects wait for it", is_deleted(world.api.find(DEPLOYMENT)), False)
    # In the foreground: also the collector has to let it go.
    world.simulator.disconnect(endpoint["id"])
    world.until("the object is gone", lambda: world.find("team", "orders") is None)
    world.until("the Application is gone", world.together.is_gone)
    checks.equal("the operator is gone", world.api.find(DEPLOYMENT), None)
    checks.equal("the service is gone", [one["id"] for one in world.simulator.services() if one["id"] == service_id], [])
    checks.equal("the definition stays", is_deleted(world.api.get(DEFINITION_PATH)), False)


def examples_are_accepted(world, checks):
    """Whole, by the API server with the definitions of Argo CD and Flux."""
    names = sorted(file.name for file in EXAMPLES.glob("*.yaml"))
    checks.equal("there are examples", len(names) >= 4, True)
    for name in names:
        strictly(world, checks, EXAMPLES / name)
    world.api.kubectl("apply", "--server-side", "--filename", world.programs.flux_definitions)
    world.api.apply(json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}}))
    files = [file for file in (ROOT / "config" / "flux").rglob("*.yaml") if file.name != "kustomization.yaml"]
    checks.equal("there are examples for Flux", len(files), 4)
    for file in files:
        strictly(world, checks, file)


def strictly(world, checks, file):
    try:
        world.api.kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename", file)
        answer = "accepted"
    except RuntimeError as error:
        answer = str(error)
    checks.equal(f"{file.relative_to(ROOT)}", answer, "accepted")


