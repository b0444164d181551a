"""Parts of a connection: acceptance by itself, zones, security groups, names."""

from alibabacloud_privatelink20200415 import models

from support.simulator import REGION
from support.waiting import wait_until

from connection import Connection
from scenario import WEB_H, WEB_I


class Parts(Connection):
    def test_a_service_may_accept_by_itself(self) -> None:
        service_id = self.new_service(WEB_I, auto_accept_enabled=True)
        self.welcome_consumer(service_id)
        endpoint_id = self.new_endpoint(service_id)
        wait_until(lambda: self.endpoint(endpoint_id)["ConnectionStatus"], "Connected")
        self.assertEqual(self.zones(endpoint_id), {"cn-hangzhou-i": "Connected"})

    def test_a_zone_is_added_cut_accepted_and_removed(self) -> None:
        service_id = self.new_service(WEB_I, WEB_H)
        self.welcome_consumer(service_id)
        endpoint_id = self.connect(service_id)
        add = models.AddZoneToVpcEndpointRequest(
            region_id=REGION, endpoint_id=endpoint_id, zone_id="cn-hangzhou-h", v_switch_id="vsw-consumer-h"
        )
        self.acknowledged(self.consumer.add_zone_to_vpc_endpoint(add))
        both = {"cn-hangzhou-h": "Connected", "cn-hangzhou-i": "Connected"}
        wait_until(lambda: self.zones(endpoint_id), both)
        with self.refused("EndpointZoneDuplicated", "The zone is duplicated for the Endpoint."):
            self.consumer.add_zone_to_vpc_endpoint(add)

        zone = {"region_id": REGION, "service_id": service_id, "endpoint_id": endpoint_id, "zone_id": "cn-hangzhou-h"}
        disable = models.DisableVpcEndpointZoneConnectionRequest(**zone)
        self.acknowledged(self.provider.disable_vpc_endpoint_zone_connection(disable))
        wait_until(lambda: self.zones(endpoint_id), {**both, "cn-hangzhou-h": "Disconnected"})
        with self.refused("IncorrectStatus.VpcEndpointZone"):
            self.provider.disable_vpc_endpoint_zone_connection(disable)
        enable = models.EnableVpcEndpointZoneConnectionRequest(**zone)
        self.acknowledged(self.provider.enable_vpc_endpoint_zone_connection(enable))
        wait_until(lambda: self.zones(endpoint_id), both)

        self.remove_zone(endpoint_id, "cn-hangzhou-h")
        wait_until(lambda: self.zones(endpoint_id), {"cn-hangzhou-i": "Connected"})
        with self.refused("EndpointZoneNotFound", "The specified zone of Endpoint does not exist."):
            self.remove_zone(endpoint_id, "cn-hangzhou-h")
        enable.zone_id = "cn-hangzhou-z"
        with self.refused("ResourceNotFound.VpcEndpointZone", status=404):
            self.provider.enable_vpc_endpoint_zone_connection(enable)

    def test_security_groups_come_and_go_but_one_stays(self) -> None:
        service_id = self.new_service(WEB_I)
        self.welcome_consumer(service_id)
        endpoint_id = self.new_endpoint(service_id)
        other = {"region_id": REGION, "endpoint_id": endpoint_id, "security_group_id": "sg-other"}
        attach = models.AttachSecurityGroupToVpcEndpointRequest(**other)
        self.acknowledged(self.consumer.attach_security_group_to_vpc_endpoint(attach))
        wait_until(lambda: self.groups(endpoint_id), {"sg-consumer": "Attached", "sg-other": "Attached"})
        wait_until(lambda: self.endpoint(endpoint_id)["EndpointStatus"], "Active")
        with self.refused("SecurityGroupExist", "The specified security group already exists."):
            self.consumer.attach_security_group_to_vpc_endpoint(attach)

        detach = models.DetachSecurityGroupFromVpcEndpointRequest(**other)
        self.acknowledged(self.consumer.detach_security_group_from_vpc_endpoint(detach))
        wait_until(lambda: self.groups(endpoint_id), {"sg-consumer": "Attached"})
        wait_until(lambda: self.endpoint(endpoint_id)["EndpointStatus"], "Active")
        detach.security_group_id = "sg-consumer"
        one_must_stay = "The specified endpoint must have at least one security group."
        with self.refused("EndpointMustContainSecurityGroup", one_must_stay):
            self.consumer.detach_security_group_from_vpc_endpoint(detach)

    def test_an_endpoint_is_renamed_and_found_by_its_new_name(self) -> None:
        service_id = self.new_service(WEB_I)
        self.welcome_consumer(service_id)
        endpoint_id = self.new_endpoint(service_id)
        name = f"n{self.mark}"
        update = models.UpdateVpcEndpointAttributeRequest(
            region_id=REGION, endpoint_id=endpoint_id, endpoint_name=name, endpoint_description="renamed"
        )
        self.acknowledged(self.consumer.update_vpc_endpoint_attribute(update))
        listed = self.body(
            self.consumer.list_vpc_endpoints(models.ListVpcEndpointsRequest(region_id=REGION, endpoint_name=name))
        )
        shown = self.endpoint(endpoint_id)
        self.assertEqual((shown["EndpointName"], shown["EndpointDescription"]), (name, "renamed"))
        # A list has tags, but neither payer nor number of addresses.
        del shown["Payer"], shown["ZonePrivateIpAddressCount"]
        self.assertEqual(listed, {"MaxResults": 50, "TotalCount": 1, "Endpoints": [{**shown, "Tags": []}]})

    def groups(self, endpoint_id: str) -> dict[str, str]:
        request = models.ListVpcEndpointSecurityGroupsRequest(region_id=REGION, endpoint_id=endpoint_id)
        listed = self.consumer.list_vpc_endpoint_security_groups(request).body
        self.assertEqual(listed.total_count, len(listed.security_groups))
        return {group.security_group_id: group.security_group_status for group in listed.security_groups}
