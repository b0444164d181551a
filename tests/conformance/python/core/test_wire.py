"""Activation, keys, signatures."""

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.request import RpcRequest

from support.simulator import INACTIVE, PROVIDER, REGION, TEMPORARY, Key, add_closed_account, journal

from scenario import in_every_shape
from speaker import Shape, Speaker

NOWHERE = {"ServiceId": "epsrv-bp1nowhere0000000000"}


@in_every_shape
class Activation:
    def test_an_account_activates_the_product_once(self) -> None:
        newcomer = Speaker(add_closed_account(9000 + list(Shape).index(self.shape)), self.shape)
        with self.refused("NeedOpenProduct", "The product is not activated."):
            self.ask(newcomer, "CheckProductOpen")
        order = self.ask(newcomer, "OpenPrivateLinkService")
        self.assertEqual(list(order), ["OrderId"])
        self.assertEqual(self.ask(newcomer, "CheckProductOpen"), {"Success": True})
        with self.refused("OrderOpend"):
            self.ask(newcomer, "OpenPrivateLinkService")


@in_every_shape
class Keys:
    def test_a_temporary_key_works_with_its_token_only(self) -> None:
        self.assertEqual(self.ask(Speaker(TEMPORARY, self.shape), "ListVpcEndpointServices", **NOWHERE)["Services"], [])
        with self.refused("InvalidSecurityToken.Malformed"):
            self.ask(Speaker(TEMPORARY._replace(token="another"), self.shape), "ListVpcEndpointServices")

    def test_unknown_and_inactive_keys_are_told_apart(self) -> None:
        with self.refused("InvalidAccessKeyId.NotFound", "Specified access key is not found.", status=404):
            self.ask(Speaker(Key("nobody", "nothing"), self.shape), "ListVpcEndpointServices")
        with self.refused("InvalidAccessKeyId.Inactive"):
            self.ask(Speaker(INACTIVE, self.shape), "ListVpcEndpointServices")

    def test_a_wrong_secret_is_answered_with_the_text_that_was_to_be_signed(self) -> None:
        """The SDK compares that text with its own; where both are the same, it must be the secret that is wrong."""
        request = RpcRequest("Privatelink", "2020-04-15", "ListVpcEndpointServices")
        request.set_endpoint(self.provider.host)
        request.set_method("GET" if self.shape is Shape.GET else "POST")
        add = request.add_body_params if self.shape is Shape.FORM else request.add_query_param
        add("RegionId", REGION)
        add("ServiceName", "a b+c&d=e*f~g:h/日本")
        wrong = Speaker(PROVIDER._replace(secret="wrong"), self.shape)
        with self.assertRaises(ServerException) as caught:
            wrong.client.do_action_with_exception(request)
        error = caught.exception
        self.assertEqual((error.get_error_code(), error.get_http_status()), ("InvalidAccessKeySecret", 400))
        [call] = [
            call
            for call in journal(operation=request.get_action_name())
            if call["request_id"] == error.get_request_id()
        ]
        self.assertEqual((call["code"], call["account"]), ("SignatureDoesNotMatch", None))

    def test_an_operation_that_does_not_exist_is_refused(self) -> None:
        with self.refused("InvalidApi.NotFound", status=404):
            self.ask(self.provider, "MakeCoffee")
