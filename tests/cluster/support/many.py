"""Fifty objects at once, edited while something happens to the operator; afterwards everything is there once, as it was edited last."""

from . import objects
from .cluster import Failed
from waiting import until

COUNT = 50
# So many have been created when it happens.
UNDER_WAY = 10
# Otherwise all of them are created within a second, and there is no middle.
SLOWLY = ("--set", "rate.CreateVpcEndpointService=5/1")
EDITED = range(0, COUNT, 5)


def description(number, edited=True):
    return f"service {number}" + (", edited" if edited and number in EDITED else "")


def manifests(namespace, edited):
    return [objects.service(f"many-{number}", namespace, description(number, edited)) for number in range(COUNT)]


def create(bench, simulator, namespace):
    """Returns while the services are being created, and it may be the objects as well: on a busy machine that takes as long."""
    bench.namespace(namespace)
    applied = bench.cluster.start_apply(*manifests(namespace, edited=False))
    until("some services are created", lambda: len(simulator.services()) >= UNDER_WAY, 120)
    return applied


def edit(bench, namespace, applied):
    """Once all objects are there."""
    if applied.wait(timeout=120) != 0:
        raise Failed(f"the objects of {namespace} were not applied")
    bench.cluster.apply(*(manifests(namespace, edited=True)[number] for number in EDITED))


def verify(bench, results, simulator, namespace, what):
    """No service twice, no edit lost, everything Ready."""
    services = simulator.services()
    results.equal(f"{what}: as many services as objects", len(services), COUNT)
    results.equal(f"{what}: no owner has two", (simulator.duplicates(), simulator.violations()), ([], []))
    results.equal(
        f"{what}: every service is as its object was edited last",
        sorted(service["description"] for service in services),
        sorted(description(number) for number in range(COUNT)),
    )
    ids = sorted(item["status"]["serviceId"] for item in bench.cluster.items("vpces", "--namespace", namespace))
    results.equal(f"{what}: every object names its service", ids, sorted(service["id"] for service in services))
