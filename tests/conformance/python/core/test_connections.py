"""Two accounts: a consumer asks, the owner accepts, changes, rejects, withdraws."""

from typing import Any

from aliyunsdkcore.acs_exception.exceptions import ServerException

from support.simulator import CONSUMER_ACCOUNT
from support.waiting import wait_until

from scenario import NLB_I, in_every_shape


@in_every_shape
class Connections:
    def test_a_connection_from_the_request_to_the_end_of_both_sides(self) -> None:
        service_id = self.new_service(NLB_I)
        with self.refused("EndpointServiceNotAuthorized"):
            self.request(service_id)
        self.welcome_consumer(service_id)
        [offer] = self.guest("ListVpcEndpointServicesByEndUser", ServiceId=service_id)["Services"]
        self.assertEqual((offer["ServiceId"], offer["Zones"]), (service_id, ["cn-hangzhou-i"]))
        endpoint_id = self.request(service_id)["EndpointId"]
        wait_until(lambda: self.endpoint(endpoint_id)["EndpointStatus"], "Active")
        self.assertEqual(self.endpoint(endpoint_id)["ConnectionStatus"], "Disconnected")

        both = {"ServiceId": service_id, "EndpointId": endpoint_id}
        self.assertEqual(
            self.owner("EnableVpcEndpointConnection", **both, Bandwidth=200, TrafficControlMode="BandwidthLimit"), {}
        )
        self.wait_for_connection(service_id, "Connected")
        self.assertEqual(self.summary(service_id), (endpoint_id, CONSUMER_ACCOUNT, 200, "BandwidthLimit", "nlb-web"))
        self.assertEqual(self.owner("UpdateVpcEndpointConnectionAttribute", **both, Bandwidth=500), {})
        self.wait_for_connection(service_id, "Connected")
        self.assertEqual(self.summary(service_id), (endpoint_id, CONSUMER_ACCOUNT, 500, "BandwidthLimit", "nlb-web"))

        with self.refused("EndpointServiceConnectionDependence"):
            self.owner("DeleteVpcEndpointService", ServiceId=service_id)
        self.assertEqual(self.owner("DisableVpcEndpointConnection", **both), {})
        self.wait_for_connection(service_id, "Disconnected")
        self.detach_everything(service_id)
        self.assertEqual(self.owner("DeleteVpcEndpointService", ServiceId=service_id), {})
        self.wait_until_gone(service_id)
        self.assertEqual(self.endpoint(endpoint_id)["ConnectionStatus"], "ServiceDeleted")
        self.clear_up(endpoint_id)

    def request(self, service_id: str) -> dict[str, Any]:
        return self.guest(
            "CreateVpcEndpoint",
            ServiceId=service_id,
            VpcId="vpc-consumer",
            SecurityGroupId=["sg-consumer"],
            Zone=[{"ZoneId": "cn-hangzhou-i", "VSwitchId": "vsw-consumer", "ip": "172.16.0.10"}],
        )

    def clear_up(self, endpoint_id: str) -> None:
        with self.refused("EndpointDependenceViolation"):
            self.guest("DeleteVpcEndpoint", EndpointId=endpoint_id)
        zone = "cn-hangzhou-i"
        self.assertEqual(self.guest("RemoveZoneFromVpcEndpoint", EndpointId=endpoint_id, ZoneId=zone), {})
        wait_until(lambda: self.guest("ListVpcEndpointZones", EndpointId=endpoint_id)["Zones"], [])
        self.assertEqual(self.guest("DeleteVpcEndpoint", EndpointId=endpoint_id), {})

        def status() -> str:
            try:
                return self.endpoint(endpoint_id)["EndpointStatus"]
            except ServerException as error:
                return error.get_error_code()

        wait_until(status, "EndpointNotFound")

    def endpoint(self, endpoint_id: str) -> dict[str, Any]:
        return self.guest("GetVpcEndpointAttribute", EndpointId=endpoint_id)

    def connection(self, service_id: str) -> dict[str, Any]:
        answer = self.owner("ListVpcEndpointConnections", ServiceId=service_id)
        self.assertEqual(answer["TotalCount"], "1")
        return answer["Connections"][0]

    def wait_for_connection(self, service_id: str, status: str) -> None:
        wait_until(lambda: self.connection(service_id)["ConnectionStatus"], status)

    def summary(self, service_id: str) -> tuple[str, int, int, str, str]:
        found = self.connection(service_id)
        [zone] = found["Zones"]
        return (
            found["EndpointId"],
            found["EndpointOwnerId"],
            found["Bandwidth"],
            found["TrafficControlMode"],
            zone["ResourceId"],
        )
