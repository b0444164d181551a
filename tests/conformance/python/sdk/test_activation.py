"""An account activates the product."""

from alibabacloud_privatelink20200415 import models

from support.simulator import NEWCOMER, REGION

from scenario import Scenario, client_of


class Activation(Scenario):
    def test_an_account_activates_the_product_once_and_may_then_create(self) -> None:
        newcomer = client_of(NEWCOMER)
        create = models.CreateVpcEndpointServiceRequest(region_id=REGION, service_resource_type="nlb")
        with self.refused("NeedOpenProduct", "The product is not activated."):
            newcomer.check_product_open()
        with self.refused("NeedOpenProduct", "The product is not activated."):
            newcomer.create_vpc_endpoint_service(create)

        order = self.body(newcomer.open_private_link_service(models.OpenPrivateLinkServiceRequest()))
        self.assertEqual(list(order), ["OrderId"])
        self.assertRegex(order["OrderId"], r"^\d+$")
        self.assertEqual(self.body(newcomer.check_product_open()), {"Success": True})
        already = "You have already activated the service. Go to the console to start using it."
        with self.refused("OrderOpend", already):
            newcomer.open_private_link_service(models.OpenPrivateLinkServiceRequest())
        self.assertEqual(newcomer.create_vpc_endpoint_service(create).body.service_status, "Creating")
