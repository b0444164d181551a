"""The owner chooses the load balancer behind one zone of a connection, and moves the zone to another one."""

from typing import Any

from alibabacloud_privatelink20200415 import models

from support.simulator import REGION, journal
from support.waiting import wait_until

from connection import Connection

ZONE = "cn-hangzhou-i"


def load_balancer(resource_id: str) -> models.CreateVpcEndpointServiceRequestResource:
    return models.CreateVpcEndpointServiceRequestResource(resource_type="alb", resource_id=resource_id, zone_id=ZONE)


class ChosenResources(Connection):
    def setUp(self) -> None:
        super().setUp()
        self.service_id = self.new_service(load_balancer("alb-web"), load_balancer("alb-spare"))
        self.welcome_consumer(self.service_id)
        self.endpoint_id = self.new_endpoint(self.service_id)

    def test_a_dry_run_of_a_choice_changes_nothing(self) -> None:
        before = self.connection(self.service_id)
        with self.refused("DryRunOperation"):
            self.choose("alb-spare", resource_allocate_mode="Manual", dry_run=True, client_token=self.mark)
        with self.refused("EndpointServiceResourceNotFound"):
            self.choose("alb-nowhere", resource_allocate_mode="Manual", dry_run=True)
        [call] = journal(operation="UpdateVpcEndpointZoneConnectionResourceAttribute", object=self.mark)
        self.assertEqual(call["effect"], "none")
        self.assertEqual((self.connection(self.service_id), self.service_status(self.service_id)), (before, "Active"))

    def test_a_zone_gets_the_chosen_load_balancer_and_is_moved_to_another(self) -> None:
        self.assertEqual(self.behind_zone(), (None, "Wait"))
        self.choose("alb-spare", resource_allocate_mode="Manual")
        self.wait_for_service(self.service_id)
        self.accept(self.service_id, self.endpoint_id)
        wait_until(self.behind_zone, ("alb-spare", "Connected"))
        with self.refused("OperationDenied.CurrentResourceAutoAllocated"):
            self.choose("alb-web", resource_replace_mode="Force")

        self.keep_for_old_connections("alb-spare")
        self.choose("alb-web", resource_replace_mode="Force")
        wait_until(self.behind_zone, ("alb-web", "Connected"))
        with self.refused("EndpointConnectionOperationDenied"):
            self.choose("alb-spare", resource_allocate_mode="Manual")

    def choose(self, resource_id: str, **mode: Any) -> None:
        request = models.UpdateVpcEndpointZoneConnectionResourceAttributeRequest(
            region_id=REGION,
            service_id=self.service_id,
            endpoint_id=self.endpoint_id,
            zone_id=ZONE,
            resource_type="alb",
            resource_id=resource_id,
            **mode,
        )
        self.acknowledged(self.provider.update_vpc_endpoint_zone_connection_resource_attribute(request))

    def keep_for_old_connections(self, resource_id: str) -> None:
        """No new connection is given this load balancer any more."""
        request = models.UpdateVpcEndpointServiceResourceAttributeRequest(
            region_id=REGION,
            service_id=self.service_id,
            resource_id=resource_id,
            zone_id=ZONE,
            auto_allocated_enabled=False,
        )
        self.wait_for_service(self.service_id)
        self.acknowledged(self.provider.update_vpc_endpoint_service_resource_attribute(request))
        self.wait_for_service(self.service_id)

    def behind_zone(self) -> tuple[Any, str]:
        """The load balancer behind the zone, and the zone's state."""
        [zone] = self.connection(self.service_id)["Zones"]
        return zone.get("ResourceId"), zone["ZoneStatus"]
