"""Two accounts: a consumer asks, the owner accepts, changes, rejects, withdraws."""

from typing import Any

from alibabacloud_privatelink20200415 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from support.simulator import CONSUMER_ACCOUNT, REGION
from support.waiting import wait_until

from story import WEB_H, WEB_I, Story

NO_LISTENER = "You cannot delete EndpointService with Endpoint connected."


class Connection(Story):
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


class WholeLife(Connection):
    def test_a_connection_from_the_request_to_the_end_of_both_sides(self) -> None:
        service_id = self.new_service(WEB_I, service_description=self.mark)
        endpoint_id = self.ask(service_id)
        self.accept_and_reshape(service_id, endpoint_id)
        self.withdraw(service_id, endpoint_id)
        self.clear_up(endpoint_id)

    def ask(self, service_id: str) -> str:
        """The consumer is a stranger, then welcome; the request waits."""
        not_authorized = "The specified endpoint service is not authorized to user."
        with self.refused("EndpointServiceNotAuthorized", not_authorized):
            self.consumer.create_vpc_endpoint(self.endpoint_request(service_id))
        self.assertEqual(self.offers(service_id), [])
        self.welcome_consumer(service_id)
        self.assertEqual(self.offers(service_id), [self.offer(service_id)])

        created = self.body(self.consumer.create_vpc_endpoint(self.endpoint_request(service_id)))
        endpoint_id = created["EndpointId"]
        self.assertEqual(created, self.created_endpoint(service_id, endpoint_id))
        self.assertIn(
            wait_until(lambda: self.endpoint(endpoint_id)["EndpointStatus"], "Active"),
            (["Creating", "Active"], ["Active"]),
        )
        self.assertEqual(
            self.endpoint(endpoint_id),
            {
                **created,
                "EndpointStatus": "Active",
                "EndpointType": "Interface",
                "Payer": "Endpoint",
                "ProtectedEnabled": False,
                "RegionId": REGION,
                "ResourceGroupId": "rg-acfmconsumer",
                "ResourceOwner": False,
                "ZonePrivateIpAddressCount": 1,
            },
        )
        waiting = self.connection(service_id)
        self.assertEqual((waiting["ConnectionStatus"], waiting["Zones"][0]["ZoneStatus"]), ("Disconnected", "Wait"))
        return endpoint_id

    def accept_and_reshape(self, service_id: str, endpoint_id: str) -> None:
        self.accept(service_id, endpoint_id, bandwidth=200, traffic_control_mode="BandwidthLimit")
        seen = wait_until(lambda: self.connection(service_id)["ConnectionStatus"], "Connected")
        self.assertIn(seen, (["Connecting", "Connected"], ["Connected"]))
        connected = self.connected(service_id, endpoint_id)
        self.assertEqual(self.connection(service_id), connected)
        self.assertEqual(self.endpoint(endpoint_id)["ConnectionStatus"], "Connected")
        with self.refused("EndpointConnectionOperationDenied", "The endpoint is being connected."):
            self.accept(service_id, endpoint_id)

        self.reshape(service_id, endpoint_id, bandwidth=500)
        seen = wait_until(lambda: self.connection(service_id)["ConnectionStatus"], "Connected")
        self.assertIn(seen, (["Pending", "Connected"], ["Connected"]))
        self.assertEqual(self.connection(service_id), {**connected, "Bandwidth": 500})
        with self.refused("IllegalParamFormat.Bandwidth"):
            self.reshape(service_id, endpoint_id, bandwidth=50001)

    def withdraw(self, service_id: str, endpoint_id: str) -> None:
        """Nothing goes while a consumer is connected; afterwards everything does."""
        with self.refused("EndpointServiceConnectionDependence", NO_LISTENER):
            self.delete_service(service_id)
        with self.refused("EndpointServiceConnectionDependence"):
            self.detach_everything(service_id)
        self.reject(service_id, endpoint_id)
        seen = wait_until(lambda: self.connection(service_id)["ConnectionStatus"], "Disconnected")
        self.assertIn(seen, (["Disconnecting", "Disconnected"], ["Disconnected"]))
        with self.refused("EndpointServiceDependenceViolation"):
            self.delete_service(service_id)
        self.detach_everything(service_id)
        self.delete_service(service_id)
        self.wait_until_service_is_gone(service_id)
        wait_until(lambda: self.endpoint(endpoint_id)["ConnectionStatus"], "ServiceDeleted")

    def clear_up(self, endpoint_id: str) -> None:
        with self.refused("EndpointDependenceViolation", "The specified endpoint has dependent zone(s)."):
            self.delete_endpoint(endpoint_id)
        self.remove_zone(endpoint_id, "cn-hangzhou-i")
        wait_until(lambda: self.zones(endpoint_id), {})
        self.delete_endpoint(endpoint_id)

        def status() -> str:
            try:
                return self.endpoint(endpoint_id)["EndpointStatus"]
            except AlibabaCloudException as error:
                return error.code

        self.assertIn(wait_until(status, "EndpointNotFound"), (["Deleting", "EndpointNotFound"], ["EndpointNotFound"]))

    def offers(self, service_id: str) -> list[dict[str, Any]]:
        """The service as the consumer finds it."""
        request = models.ListVpcEndpointServicesByEndUserRequest(region_id=REGION, service_id=service_id)
        answer = self.body(self.consumer.list_vpc_endpoint_services_by_end_user(request))
        self.assertEqual(answer["TotalCount"], str(len(answer["Services"])))
        return answer["Services"]

    def offer(self, service_id: str) -> dict[str, Any]:
        return {
            "ServiceId": service_id,
            "ServiceName": f"com.aliyuncs.privatelink.cn-hangzhou.{service_id}",
            "ServiceDomain": f"{service_id}.cn-hangzhou.privatelink.aliyuncs.com",
            "ServiceType": "Interface",
            "ServiceResourceType": "nlb",
            "Payer": "Endpoint",
            "Zones": ["cn-hangzhou-i"],
            "AddressIpVersion": "IPv4",
            "AutoAcceptEnabled": False,
            "ZoneAffinityEnabled": False,
            "ServiceSupportIPv6": False,
            "VpcEndpointPolicySupported": False,
            "ResourceGroupId": "rg-acfmdefault",
            "Tags": [],
        }

    def created_endpoint(self, service_id: str, endpoint_id: str) -> dict[str, Any]:
        self.assertRegex(endpoint_id, r"^ep-[a-z0-9]{20}$")
        return {
            "EndpointId": endpoint_id,
            "EndpointName": "to-the-shop",
            "EndpointDescription": "a consumer",
            "EndpointDomain": f"{endpoint_id}.{service_id}.cn-hangzhou.privatelink.aliyuncs.com",
            "EndpointStatus": "Creating",
            "EndpointBusinessStatus": "Normal",
            "ConnectionStatus": "Disconnected",
            "Bandwidth": 3072,
            "CrossRegionBandwidth": 0,
            "VpcId": "vpc-consumer",
            "ServiceId": service_id,
            "ServiceName": f"com.aliyuncs.privatelink.cn-hangzhou.{service_id}",
            "ServiceRegionId": REGION,
            "AddressIpVersion": "IPv4",
            "ZoneAffinityEnabled": False,
        }

    def connected(self, service_id: str, endpoint_id: str) -> dict[str, Any]:
        zone = {
            "ZoneId": "cn-hangzhou-i",
            "VSwitchId": "vsw-consumer",
            "EniId": self.network_interface(endpoint_id),
            "ResourceId": "nlb-web",
            "ZoneDomain": f"{endpoint_id}-cn-hangzhou-i.{service_id}.cn-hangzhou.privatelink.aliyuncs.com",
            "ZoneStatus": "Connected",
        }
        return {
            "ServiceId": service_id,
            "EndpointId": endpoint_id,
            "EndpointVpcId": "vpc-consumer",
            "EndpointOwnerId": CONSUMER_ACCOUNT,
            "ConnectionStatus": "Connected",
            "Bandwidth": 200,
            "TrafficControlMode": "BandwidthLimit",
            "ResourceOwner": False,
            "ResourceGroupId": "rg-acfmconsumer",
            "EndpointRegionId": REGION,
            "ServiceRegionId": REGION,
            "Zones": [zone],
        }

    def network_interface(self, endpoint_id: str) -> str:
        """As the consumer sees it, with its address."""
        request = models.ListVpcEndpointZonesRequest(region_id=REGION, endpoint_id=endpoint_id)
        [zone] = self.consumer.list_vpc_endpoint_zones(request).body.zones
        self.assertRegex(zone.eni_id, r"^eni-")
        self.assertEqual((zone.eni_ip, zone.region_id), ("172.16.0.10", REGION))
        return zone.eni_id


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
