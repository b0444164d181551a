"""Activation, keys, signatures."""

from aliyunsdkcore.acs_exception.exceptions import ServerException
from support.simulator import INACTIVE, PROVIDER, REGION, TEMPORARY, Key, add_closed_account

from speaker import Shape, Speaker
from story import told_in_every_shape

NOWHERE = {"ServiceId": "epsrv-bp1nowhere0000000000"}


@told_in_every_shape
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


@told_in_every_shape
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
        wrong = Speaker(PROVIDER._replace(secret="wrong"), self.shape)
        with self.assertRaises(ServerException) as caught:
            wrong.call("ListVpcEndpointServices", RegionId=REGION, ServiceName="a b")
        error = caught.exception
        self.assertEqual((error.get_error_code(), error.get_http_status()), ("SignatureDoesNotMatch", 400))
        _, to_sign = error.get_error_msg().split(":", 1)
        method = "GET" if self.shape is Shape.GET else "POST"
        self.assertTrue(to_sign.startswith(f"{method}&%2F&AccessKeyId%3Dsim-provider-key%26Action%3D"), to_sign)
        self.assertTrue(to_sign.count("RegionId%3Dcn-hangzhou") == 1 and "ServiceName%3Da%2520b" in to_sign, to_sign)

    def test_an_operation_that_does_not_exist_is_refused(self) -> None:
        with self.refused("InvalidApi.NotFound", status=404):
            self.ask(self.provider, "MakeCoffee")
