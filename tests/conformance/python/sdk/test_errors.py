"""Each of the 24 documented errors of CreateVpcEndpointService: code, status, text, and nothing made."""

from typing import Callable

from alibabacloud_privatelink20200415 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException, ClientException

from support.errors import CreateError, create_errors
from support.simulator import REGION, journal, order_error

from scenario import Scenario, client_of


class CreateErrors(Scenario):
    def expect(self, error: CreateError) -> None:
        if error.ordered:
            order_error("CreateVpcEndpointService", error.code, self.mark)
        parameters = {**error.parameters, "RegionId": REGION, "ClientToken": self.mark}
        request = models.CreateVpcEndpointServiceRequest().from_map(parameters)
        with self.assertRaises(AlibabaCloudException) as caught:
            client_of(error.key).create_vpc_endpoint_service(request)
        refusal = caught.exception
        self.assertIsInstance(refusal, ClientException)
        self.assertEqual((refusal.code, refusal.status_code), (error.code, 400))
        self.assertRegex(refusal.data["Message"], error.pattern)
        self.assertEqual(refusal.request_id, refusal.data["RequestId"])
        [call] = journal(operation="CreateVpcEndpointService", object=self.mark)
        self.assertEqual((call["code"], call["effect"], call["object"]), (error.code, "none", None))
        self.assertEqual(call["fault"] is not None, error.ordered)


def test_of(error: CreateError) -> Callable[[CreateErrors], None]:
    return lambda scenario: scenario.expect(error)


for found in create_errors():
    setattr(CreateErrors, f"test_{found.sentence}", test_of(found))
