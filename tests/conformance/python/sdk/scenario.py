"""What the scenarios with the current SDK have in common."""

import re
import unittest
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional

from alibabacloud_privatelink20200415 import models
from alibabacloud_privatelink20200415.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.model import DaraModel

from support.simulator import CONSUMER, PROVIDER, REGION, Key, address
from support.waiting import wait_until

REQUEST_ID = re.compile(r"[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

# Load balancers of simulator.yaml, as a creation names them.
CLASSIC = models.CreateVpcEndpointServiceRequestResource(resource_type="slb", resource_id="lb-classic")
WEB_I = models.CreateVpcEndpointServiceRequestResource(
    resource_type="nlb", resource_id="nlb-web", zone_id="cn-hangzhou-i"
)
WEB_H = models.CreateVpcEndpointServiceRequestResource(
    resource_type="nlb", resource_id="nlb-web", zone_id="cn-hangzhou-h"
)


def config_of(key: Key) -> Config:
    """The configuration of an SDK's client that is pointed at the simulator and otherwise as it comes."""
    return Config(
        access_key_id=key.id,
        access_key_secret=key.secret,
        security_token=key.token,
        region_id=REGION,
        endpoint=address(),
        protocol="HTTP",
    )


def client_of(key: Key) -> Client:
    """The SDK's client with that configuration."""
    return Client(config_of(key))


class Scenario(unittest.TestCase):
    """A scenario about the owner of a service and a consumer with another account."""

    maxDiff = None

    def setUp(self) -> None:
        self.provider = client_of(PROVIDER)
        self.consumer = client_of(CONSUMER)
        # Not used by anybody else: a tag, a description, a token.
        self.mark = uuid.uuid4().hex

    @contextmanager
    def refused(self, code: str, message: Optional[str] = None, status: int = 400) -> Iterator[None]:
        """The calls inside end in this error of the provider."""
        with self.assertRaises(AlibabaCloudException) as caught:
            yield
        error = caught.exception
        self.assertEqual((error.code, error.status_code), (code, status))
        self.assertRegex(error.data["RequestId"], REQUEST_ID)
        self.assertEqual(error.data["HostId"], address())
        self.assertIn(f"q={code}&product=Privatelink", error.data["Recommend"])
        if message is not None:
            self.assertEqual(error.data["Message"], message)

    def body(self, answer: Any) -> dict[str, Any]:
        """The body of a good answer, without what differs each time: that is checked here."""
        self.assertEqual(answer.status_code, 200)
        body: dict[str, Any] = answer.body.to_map()
        self.assertRegex(body["RequestId"], REQUEST_ID)
        self.assertEqual(answer.headers["x-acs-request-id"], body["RequestId"])
        del body["RequestId"]
        return self.timeless(body)

    def timeless(self, shown: dict[str, Any]) -> dict[str, Any]:
        """The same without times, wherever they are, after a look at their form."""
        kept: dict[str, Any] = {}
        for name, value in shown.items():
            if name in ("CreateTime", "ModifiedTime"):
                self.assertRegex(value, TIME)
            elif isinstance(value, list):
                kept[name] = [self.timeless(item) if isinstance(item, dict) else item for item in value]
            else:
                kept[name] = value
        return kept

    def acknowledged(self, answer: Any) -> None:
        """An answer that holds nothing but the id of the request."""
        self.assertEqual(self.body(answer), {})

    def new_service(self, *resources: DaraModel, **attributes: Any) -> str:
        """A service that is `Active`."""
        attributes.setdefault("service_resource_type", resources[0].resource_type if resources else "nlb")
        request = models.CreateVpcEndpointServiceRequest(
            region_id=REGION, resource=list(resources) or None, **attributes
        )
        service_id = self.provider.create_vpc_endpoint_service(request).body.service_id
        self.wait_for_service(service_id)
        return service_id

    def service_status(self, service_id: str) -> str:
        request = models.GetVpcEndpointServiceAttributeRequest(region_id=REGION, service_id=service_id)
        return self.provider.get_vpc_endpoint_service_attribute(request).body.service_status

    def wait_for_service(self, service_id: str) -> list[str]:
        """Waits for `Active`; returns the states on the way."""
        return wait_until(lambda: self.service_status(service_id), "Active")

    def wait_until_service_is_gone(self, service_id: str) -> list[str]:
        """Waits for `EndpointServiceNotFound`, which nothing but the code tells; returns the states on the way."""

        def status() -> str:
            try:
                return self.service_status(service_id)
            except AlibabaCloudException as error:
                return error.code

        return wait_until(status, "EndpointServiceNotFound")

    def attachments(self, service_id: str) -> list[tuple[str, str]]:
        """Load balancer and zone of all that is attached."""
        request = models.ListVpcEndpointServiceResourcesRequest(region_id=REGION, service_id=service_id)
        listed = self.provider.list_vpc_endpoint_service_resources(request).body.resources
        return [(resource.resource_id, resource.zone_id) for resource in listed]

    def detach_everything(self, service_id: str) -> None:
        """Takes off all load balancers, one after the other."""
        request = models.ListVpcEndpointServiceResourcesRequest(region_id=REGION, service_id=service_id)
        for resource in self.provider.list_vpc_endpoint_service_resources(request).body.resources:
            self.wait_for_service(service_id)
            detach = models.DetachResourceFromVpcEndpointServiceRequest(
                region_id=REGION,
                service_id=service_id,
                resource_type=resource.resource_type,
                resource_id=resource.resource_id,
                zone_id=resource.zone_id,
            )
            self.acknowledged(self.provider.detach_resource_from_vpc_endpoint_service(detach))
        wait_until(lambda: self.attachments(service_id), [])
        self.wait_for_service(service_id)
