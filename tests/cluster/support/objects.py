"""The objects of the checks, and whether they are as they should be."""

from .cluster import condition

GROUP = "privatelink.alibabacloud.com"
DEFINITION = f"vpcendpointservices.{GROUP}"


def service(name, namespace, description):
    """An object whose load balancer the simulator makes up: its configuration must say so."""
    spec = {
        "serviceResourceType": "nlb",
        "description": description,
        "resources": [{"resourceId": f"nlb-{name.replace('-', '')}", "zoneIds": ["cn-hangzhou-h"]}],
    }
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": f"{GROUP}/v1alpha1", "kind": "VpcEndpointService", "metadata": metadata, "spec": spec}


def is_ready(found):
    """Ready, and of the spec as it is now."""
    ready = condition(found, "Ready")
    return ready.get("status") == "True" and ready.get("observedGeneration") == found["metadata"]["generation"]


def not_ready(cluster, namespace):
    """Those that are not, each with what it says of itself."""
    found = cluster.items("vpces", "--namespace", namespace)
    return {
        item["metadata"]["name"]: condition(item, "Ready").get("message", "-") for item in found if not is_ready(item)
    }
