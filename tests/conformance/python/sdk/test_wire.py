"""Keys, signatures, throttling, many clients at once."""

from concurrent.futures import ThreadPoolExecutor

from alibabacloud_privatelink20200415 import models
from alibabacloud_tea_openapi.exceptions import ThrottlingException
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from support.simulator import INACTIVE, PROVIDER, READER, REGION, TEMPORARY, Key, journal, order_throttling

from scenario import Scenario, client_of

LIST = models.ListVpcEndpointServicesRequest(region_id=REGION, service_id="epsrv-bp1nowhere0000000000")


class Keys(Scenario):
    def test_a_temporary_key_works_with_its_token_only(self) -> None:
        self.assertEqual(self.body(client_of(TEMPORARY).list_vpc_endpoint_services(LIST))["Services"], [])
        with self.refused("InvalidSecurityToken.Malformed"):
            client_of(TEMPORARY._replace(token="another")).list_vpc_endpoint_services(LIST)

    def test_a_wrong_secret_an_unknown_key_and_an_inactive_one_are_told_apart(self) -> None:
        with self.refused("SignatureDoesNotMatch"):
            client_of(PROVIDER._replace(secret="wrong")).list_vpc_endpoint_services(LIST)
        with self.refused("InvalidAccessKeyId.NotFound", "Specified access key is not found.", status=404):
            client_of(Key("nobody", "nothing")).list_vpc_endpoint_services(LIST)
        with self.refused("InvalidAccessKeyId.Inactive"):
            client_of(INACTIVE).list_vpc_endpoint_services(LIST)

    def test_a_key_may_be_denied_an_operation(self) -> None:
        self.assertEqual(self.body(client_of(READER).list_vpc_endpoint_services(LIST))["TotalCount"], 0)
        with self.refused("Forbidden.RAM", status=403):
            client_of(READER).create_vpc_endpoint_service(models.CreateVpcEndpointServiceRequest(region_id=REGION))


class Wire(Scenario):
    def test_a_signature_covers_every_header_of_the_provider(self) -> None:
        request_id = self.provider.list_vpc_endpoint_services(LIST).body.request_id
        [call] = [call for call in journal(operation="ListVpcEndpointServices") if call["request_id"] == request_id]
        self.assertEqual((call["method"], call["path"]), ("POST", "/"))
        self.assertEqual(call["signature"], "ACS3-HMAC-SHA256")
        self.assertLessEqual(
            {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"},
            set(call["signed_headers"]),
        )

    def test_strange_characters_arrive_as_they_were_sent(self) -> None:
        text = 'a b+c&d=e*f~g/日本 %20 "quoted"'
        service_id = self.new_service(service_description=text)
        request = models.GetVpcEndpointServiceAttributeRequest(region_id=REGION, service_id=service_id)
        shown = self.provider.get_vpc_endpoint_service_attribute(request).body
        self.assertEqual(shown.service_description, text)

    def test_throttling_is_understood_with_its_waiting_time(self) -> None:
        order_throttling("CreateVpcEndpointService", self.mark, "1500ms")
        request = models.CreateVpcEndpointServiceRequest(region_id=REGION, client_token=self.mark)
        with self.assertRaises(ThrottlingException) as caught:
            self.provider.create_vpc_endpoint_service(request)
        error = caught.exception
        self.assertEqual((error.code, error.status_code, error.retry_after), ("Throttling.User", 400, 1500))

    def test_an_operation_that_does_not_exist_is_refused(self) -> None:
        params = Params(
            action="MakeCoffee",
            version="2020-04-15",
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        with self.refused("InvalidApi.NotFound", status=404):
            self.provider.call_api(params, OpenApiRequest(query={"RegionId": REGION}), RuntimeOptions())

    def test_twenty_clients_at_once_get_twenty_services(self) -> None:
        def create(number: int) -> str:
            tag = models.CreateVpcEndpointServiceRequestTag(key="mark", value=f"{self.mark}-{number}")
            request = models.CreateVpcEndpointServiceRequest(region_id=REGION, tag=[tag])
            return client_of(PROVIDER).create_vpc_endpoint_service(request).body.service_id

        with ThreadPoolExecutor(20) as pool:
            made = list(pool.map(create, range(20)))
        self.assertEqual(len(set(made)), 20)
