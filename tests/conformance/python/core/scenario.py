"""What the scenarios with the older core SDK have in common. Each runs once for each shape of requests."""

import re
import sys
import unittest
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional

from aliyunsdkcore.acs_exception.exceptions import ServerException

from support.simulator import CONSUMER, CONSUMER_ACCOUNT, PROVIDER, REGION
from support.waiting import wait_until

from speaker import Shape, Speaker

REQUEST_ID = re.compile(r"^[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}$")
NLB_I = {"ResourceType": "nlb", "ResourceId": "nlb-web", "ZoneId": "cn-hangzhou-i"}
NLB_H = {"ResourceType": "nlb", "ResourceId": "nlb-web", "ZoneId": "cn-hangzhou-h"}


class Scenario(unittest.TestCase):
    """A scenario about the owner of a service and a consumer with another account."""

    maxDiff = None
    shape = Shape.QUERY

    def setUp(self) -> None:
        self.provider = Speaker(PROVIDER, self.shape)
        self.consumer = Speaker(CONSUMER, self.shape)
        # Not used by anybody else: a tag, a token.
        self.mark = uuid.uuid4().hex

    @contextmanager
    def refused(self, code: str, message: Optional[str] = None, status: int = 400) -> Iterator[None]:
        """The calls inside end in this error of the provider."""
        with self.assertRaises(ServerException) as caught:
            yield
        error = caught.exception
        self.assertEqual((error.get_error_code(), error.get_http_status()), (code, status))
        self.assertRegex(error.get_request_id(), REQUEST_ID)
        if message is not None:
            self.assertEqual(error.get_error_msg(), message)

    def ask(self, speaker: Speaker, operation: str, **parameters: Any) -> dict[str, Any]:
        """An answer without its request id, which is looked at here."""
        answer = speaker.call(operation, RegionId=REGION, **parameters)
        self.assertRegex(answer.pop("RequestId"), REQUEST_ID)
        return answer

    def owner(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.ask(self.provider, operation, **parameters)

    def guest(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.ask(self.consumer, operation, **parameters)

    def new_service(self, *resources: dict[str, str], **parameters: Any) -> str:
        """A service that is `Active`."""
        kind = resources[0]["ResourceType"] if resources else "nlb"
        created = self.owner(
            "CreateVpcEndpointService", ServiceResourceType=kind, Resource=list(resources), **parameters
        )
        self.wait_for_service(created["ServiceId"])
        return created["ServiceId"]

    def service(self, service_id: str) -> dict[str, Any]:
        return self.owner("GetVpcEndpointServiceAttribute", ServiceId=service_id)

    def wait_for_service(self, service_id: str) -> list[str]:
        """Waits for `Active`; returns the states on the way."""
        return wait_until(lambda: self.service(service_id)["ServiceStatus"], "Active")

    def attachments(self, service_id: str) -> list[dict[str, Any]]:
        return self.owner("ListVpcEndpointServiceResources", ServiceId=service_id)["Resources"]

    def detach_everything(self, service_id: str) -> None:
        for found in self.attachments(service_id):
            self.wait_for_service(service_id)
            key = {name: found[name] for name in ("ResourceType", "ResourceId", "ZoneId")}
            self.assertEqual(self.owner("DetachResourceFromVpcEndpointService", ServiceId=service_id, **key), {})
        wait_until(lambda: self.attachments(service_id), [])
        self.wait_for_service(service_id)

    def wait_until_gone(self, service_id: str) -> list[str]:
        """Waits for `EndpointServiceNotFound`; returns the states on the way."""

        def status() -> str:
            try:
                return self.service(service_id)["ServiceStatus"]
            except ServerException as error:
                return error.get_error_code()

        return wait_until(status, "EndpointServiceNotFound")

    def marked(self) -> list[str]:
        """The services with the test's own tag."""
        listed = self.owner("ListVpcEndpointServices", Tag=[{"Key": "mark", "Value": self.mark}])
        return [service["ServiceId"] for service in listed["Services"]]

    def welcome_consumer(self, service_id: str) -> None:
        self.assertEqual(self.owner("AddUserToVpcEndpointService", ServiceId=service_id, UserId=CONSUMER_ACCOUNT), {})


def in_every_shape(scenario: type) -> type:
    """Makes of a scenario, written as a class without a base, one test class for each shape, in its own module."""
    module = sys.modules[scenario.__module__]
    for shape in Shape:
        name = f"{scenario.__name__}_{shape.name.lower()}"
        setattr(module, name, type(name, (scenario, Scenario), {"shape": shape, "__module__": scenario.__module__}))
    return scenario
