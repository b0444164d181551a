"""Two accounts: a consumer asks, the owner accepts, changes, rejects, withdraws."""

from typing import Any

from alibabacloud_privatelink20200415 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from support.simulator import CONSUMER_ACCOUNT, REGION
from support.waiting import wait_until

from connection import Connection
from scenario import WEB_I

STILL_CONNECTED = "You cannot delete EndpointService with Endpoint connected."


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
        with self.refused("EndpointServiceConnectionDependence", STILL_CONNECTED):
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
