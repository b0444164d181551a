"""Health of objects in every state that the operator brings about here, as Argo CD shows it."""

from world import condition, service, wave

STALE = "The operator has not observed this generation yet."


def told(found):
    return condition(found)["message"]


def every_state_has_its_health(world, checks):
    repository = world.repository("states")
    repository.put({
        "objects/fit.yaml": service("fit", "nlb-orders1"),
        "objects/refused.yaml": service("refused", "nlb-unfit"),
        "objects/waiting.yaml": service("waiting", "nlb-later"),
        "objects/suspended.yaml": service("suspended", "nlb-orders1", suspend=True),
    })
    states = world.application("states").create(repository, "objects", "states")
    table = {
        "fit": ("Healthy", "Available"),
        "refused": ("Degraded", "InvalidSpec"),
        "waiting": ("Progressing", "WaitingForLoadBalancer"),
        "suspended": ("Suspended", "Suspended"),
    }
    for name, (status, reason) in table.items():
        found = world.until_reason("states", name, reason)
        expected = [status, told(found)]
        checks.equal(f"{name} has the message of Ready", world.until_told(states, name, expected), expected)
    world.until("the Application is Degraded", lambda: states.status().get("health", {}).get("status") == "Degraded")
    checks.equal("all of it is in step with Git", states.status()["sync"]["status"], "Synced")

    world.simulator.ask("PATCH", "/v1/config", {"timers": {"creating": "10s"}})
    repository.put({"objects/slow.yaml": service("slow", "nlb-orders1")})
    states.refresh()
    found = world.until_reason("states", "slow", "Creating")
    expected = ["Progressing", f"The service {found['status']['serviceId']} is being created."]
    checks.equal("a service that is being created is Progressing", world.until_told(states, "slow", expected), expected)
    world.simulator.ask("PATCH", "/v1/config", {"timers": {"creating": "1s"}})
    world.until_health(states, "slow", "Healthy")

    world.simulator.ask("POST", "/v1/load-balancers", {
        "id": "nlb-later", "type": "nlb", "region": "cn-hangzhou", "zones": ["cn-hangzhou-h"],
    })
    health = world.until_health(states, "waiting", "Healthy")
    checks.equal("what waited becomes healthy", health, ["Healthy", told(world.find("states", "waiting"))])


def a_newer_spec_is_progressing_until_the_operator_has_seen_it(world, checks):
    repository = world.repository("stale")
    repository.put({"objects/orders.yaml": service("orders", "nlb-orders1", description="one")})
    stale = world.application("stale").create(repository, "objects", "stale")
    stale.until_settled()
    world.processes.pause("operator")
    repository.put({"objects/orders.yaml": service("orders", "nlb-orders1", description="two")})
    stale.refresh()
    found = world.until("the newer spec is there", lambda: newer(world.find("stale", "orders")))
    health = world.until_health(stale, "orders", "Progressing")
    checks.equal("the Ready of the spec before does not count", [health, condition(found)["status"]], [["Progressing", STALE], "True"])
    world.processes.resume("operator")
    stale.until_settled()
    found = world.find("stale", "orders")
    checks.equal("the newer spec is in the cloud", described(world, found), "two")


def newer(found):
    return found if found["metadata"]["generation"] > found["status"]["observedGeneration"] else None


def described(world, found):
    return world.simulator.service(found["status"]["serviceId"])["description"]


def a_wave_waits_for_the_health_of_the_one_before(world, checks):
    first = world.application("waves").create(waves(world, "waves", "nlb-first"), "objects", "waves")
    waiting = "waiting for healthy state of privatelink.alibabacloud.com/VpcEndpointService/first"
    world.until("the sync waits", lambda: first.status().get("operationState", {}).get("message") == waiting)
    world.until_reason("waves", "first", "WaitingForLoadBalancer")
    checks.equal("the second wave is not there", world.names("waves"), ["first"])
    world.simulator.ask("POST", "/v1/load-balancers", {
        "id": "nlb-first", "type": "nlb", "region": "cn-hangzhou", "zones": ["cn-hangzhou-h"],
    })
    first.until_settled()
    checks.equal("the second wave came", world.names("waves"), ["first", "second"])


def waves(world, name, balancer):
    repository = world.repository(name)
    repository.put({
        "objects/first.yaml": service("first", balancer, annotations=wave(1)),
        "objects/second.yaml": service("second", "nlb-orders1", annotations=wave(2)),
    })
    return repository


def without_the_script_there_is_no_health_and_no_wave_waits(world, checks):
    """Negative control: that the scenarios above see what the script does."""
    health = "resource.customizations.health.privatelink.alibabacloud.com_VpcEndpointService"
    world.api.merge(world.argocd_config, {"data": {health: None}})
    application = world.application("unhealthy").create(waves(world, "unhealthy", "nlb-never"), "objects", "unhealthy")
    world.until("the sync is through", lambda: application.status().get("operationState", {}).get("phase") == "Succeeded")
    world.until_reason("unhealthy", "first", "WaitingForLoadBalancer")
    checks.equal("the second wave did not wait", world.names("unhealthy"), ["first", "second"])
    application.refresh("hard")
    health = {name: told for (_, name), told in application.resources().items() if name in ("first", "second")}
    checks.equal("there is no health", health, {"first": None, "second": None})


