"""What the scenarios about connections have in common: both sides of one."""

from typing import Any

from alibabacloud_privatelink20200415 import models

from support.simulator import CONSUMER_ACCOUNT, REGION
from support.waiting import wait_until

from scenario import Scenario


class Connection(Scenario):
    """Helpers for both sides of a connection."""

    def welcome_consumer(self, service_id: str) -> None:
        request = models.AddUserToVpcEndpointServiceRequest(
            region_id=REGION, service_id=service_id, user_id=CONSUMER_ACCOUNT
        )
        self.acknowledged(self.provider.add_user_to_vpc_endpoint_service(request))

    def endpoint_request(self, service_id: str, **more: Any) -> models.CreateVpcEndpointRequest:
        zone = models.CreateVpcEndpointRequestZone(
            zone_id="cn-hangzhou-i", v_switch_id="vsw-consumer", ip="172.16.0.10"
        )
        return models.CreateVpcEndpointRequest(
            region_id=REGION,
            service_id=service_id,
            endpoint_name="to-the-shop",
            endpoint_description="a consumer",
            vpc_id="vpc-consumer",
            security_group_id=["sg-consumer"],
            zone=[zone],
            **more,
        )

    def new_endpoint(self, service_id: str) -> str:
        """An endpoint that is `Active`."""
        endpoint_id = self.consumer.create_vpc_endpoint(self.endpoint_request(service_id)).body.endpoint_id
        wait_until(lambda: self.endpoint(endpoint_id)["EndpointStatus"], "Active")
        return endpoint_id

    def connect(self, service_id: str) -> str:
        """An endpoint whose connection is accepted."""
        endpoint_id = self.new_endpoint(service_id)
        self.accept(service_id, endpoint_id)
        wait_until(lambda: self.connection(service_id)["ConnectionStatus"], "Connected")
        return endpoint_id

    def endpoint(self, endpoint_id: str) -> dict[str, Any]:
        request = models.GetVpcEndpointAttributeRequest(region_id=REGION, endpoint_id=endpoint_id)
        return self.body(self.consumer.get_vpc_endpoint_attribute(request))

    def connection(self, service_id: str) -> dict[str, Any]:
        """The only connection of a service, as its owner sees it."""
        request = models.ListVpcEndpointConnectionsRequest(region_id=REGION, service_id=service_id)
        answer = self.body(self.provider.list_vpc_endpoint_connections(request))
        self.assertEqual((answer["TotalCount"], answer["MaxResults"]), ("1", 50))
        [connection] = answer["Connections"]
        return connection

    def zones(self, endpoint_id: str) -> dict[str, str]:
        """Zones of an endpoint with their states."""
        request = models.ListVpcEndpointZonesRequest(region_id=REGION, endpoint_id=endpoint_id)
        listed = self.consumer.list_vpc_endpoint_zones(request).body
        self.assertEqual(listed.total_count, len(listed.zones))
        return {zone.zone_id: zone.zone_status for zone in listed.zones}

    def accept(self, service_id: str, endpoint_id: str, **shape: Any) -> None:
        request = models.EnableVpcEndpointConnectionRequest(
            region_id=REGION, service_id=service_id, endpoint_id=endpoint_id, **shape
        )
        self.acknowledged(self.provider.enable_vpc_endpoint_connection(request))

    def reject(self, service_id: str, endpoint_id: str) -> None:
        request = models.DisableVpcEndpointConnectionRequest(
            region_id=REGION, service_id=service_id, endpoint_id=endpoint_id
        )
        self.acknowledged(self.provider.disable_vpc_endpoint_connection(request))

    def reshape(self, service_id: str, endpoint_id: str, **shape: Any) -> None:
        request = models.UpdateVpcEndpointConnectionAttributeRequest(
            region_id=REGION, service_id=service_id, endpoint_id=endpoint_id, **shape
        )
        self.acknowledged(self.provider.update_vpc_endpoint_connection_attribute(request))

    def delete_service(self, service_id: str) -> None:
        request = models.DeleteVpcEndpointServiceRequest(region_id=REGION, service_id=service_id)
        self.acknowledged(self.provider.delete_vpc_endpoint_service(request))

    def delete_endpoint(self, endpoint_id: str) -> None:
        request = models.DeleteVpcEndpointRequest(region_id=REGION, endpoint_id=endpoint_id)
        self.acknowledged(self.consumer.delete_vpc_endpoint(request))

    def remove_zone(self, endpoint_id: str, zone: str) -> None:
        request = models.RemoveZoneFromVpcEndpointRequest(region_id=REGION, endpoint_id=endpoint_id, zone_id=zone)
        self.acknowledged(self.consumer.remove_zone_from_vpc_endpoint(request))
