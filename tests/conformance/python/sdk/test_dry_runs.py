"""Dry runs of all changes: the check is made, the answer is an error, and nothing is changed."""

from typing import Any

from alibabacloud_privatelink20200415 import models
from alibabacloud_privatelink20200415.client import Client

from support.simulator import CONSUMER_ACCOUNT, REGION, journal
from support.waiting import wait_until

from connection import Connection
from recording import method_of, request_of
from scenario import WEB_H, WEB_I

IN_H, IN_I = {"ZoneId": "cn-hangzhou-h"}, {"ZoneId": "cn-hangzhou-i"}
NLB_SPARE = {"ResourceType": "nlb", "ResourceId": "nlb-spare"}
SPARE = models.CreateVpcEndpointServiceRequestResource(
    resource_type="nlb", resource_id="nlb-spare", zone_id="cn-hangzhou-h"
)
TAG = models.CreateVpcEndpointServiceRequestTag(key="stage", value="test")


class DryRuns(Connection):
    """A service with a connected endpoint and one that waits; every change is possible, and none is made."""

    def setUp(self) -> None:
        super().setUp()
        self.service_id = self.new_service(WEB_I, WEB_H, SPARE, service_description="as it is", tag=[TAG])
        self.welcome_consumer(self.service_id)
        self.connected = self.connect(self.service_id)
        self.cut_zone("cn-hangzhou-h")
        self.waiting = self.waiting_endpoint()
        self.empty = self.new_service()

    def cut_zone(self, zone: str) -> None:
        """Adds a zone to the connected endpoint, and a group, and cuts the zone."""
        common = {"region_id": REGION, "endpoint_id": self.connected}
        add = models.AddZoneToVpcEndpointRequest(**common, zone_id=zone, v_switch_id="vsw-consumer-h")
        self.acknowledged(self.consumer.add_zone_to_vpc_endpoint(add))
        wait_until(lambda: self.zones(self.connected)[zone], "Connected")
        cut = models.DisableVpcEndpointZoneConnectionRequest(**common, service_id=self.service_id, zone_id=zone)
        self.acknowledged(self.provider.disable_vpc_endpoint_zone_connection(cut))
        wait_until(lambda: self.zones(self.connected)[zone], "Disconnected")
        group = models.AttachSecurityGroupToVpcEndpointRequest(**common, security_group_id="sg-other")
        self.acknowledged(self.consumer.attach_security_group_to_vpc_endpoint(group))
        wait_until(lambda: self.endpoint(self.connected)["EndpointStatus"], "Active")

    def waiting_endpoint(self) -> str:
        request = models.CreateVpcEndpointRequest(
            region_id=REGION, service_id=self.service_id, vpc_id="vpc-other", security_group_id=["sg-consumer"]
        )
        endpoint_id = self.consumer.create_vpc_endpoint(request).body.endpoint_id
        wait_until(lambda: self.endpoint(endpoint_id)["EndpointStatus"], "Active")
        return endpoint_id

    def test_dry_runs_of_the_owner_change_nothing(self) -> None:
        service = {"ServiceId": self.service_id}
        connection = {**service, "EndpointId": self.connected}
        tagged = {"ResourceType": "vpcendpointservice", "ResourceId": [self.service_id]}
        before = self.state()
        calls: dict[str, dict[str, Any]] = {
            "CreateVpcEndpointService": {"ServiceResourceType": "nlb"},
            "UpdateVpcEndpointServiceAttribute": {**service, "ServiceDescription": "changed"},
            "DeleteVpcEndpointService": {"ServiceId": self.empty},
            "AttachResourceToVpcEndpointService": {**service, **IN_H, "ResourceType": "nlb", "ResourceId": "nlb-dual"},
            "DetachResourceFromVpcEndpointService": {**service, **NLB_SPARE, **IN_H},
            "UpdateVpcEndpointServiceResourceAttribute": {
                **service,
                **IN_H,
                "ResourceId": "nlb-spare",
                "AutoAllocatedEnabled": False,
            },
            "AddUserToVpcEndpointService": {**service, "UserId": 42},
            "RemoveUserFromVpcEndpointService": {**service, "UserId": CONSUMER_ACCOUNT},
            "EnableVpcEndpointConnection": {**service, "EndpointId": self.waiting},
            "DisableVpcEndpointConnection": connection,
            "UpdateVpcEndpointConnectionAttribute": {**connection, "Bandwidth": 500},
            "EnableVpcEndpointZoneConnection": {**connection, **IN_H},
            "DisableVpcEndpointZoneConnection": {**connection, **IN_I},
            "TagResources": {**tagged, "Tag": [{"Key": "new", "Value": "tag"}]},
            "UntagResources": {**tagged, "TagKey": ["stage"]},
        }
        for operation, parameters in calls.items():
            self.expect_dry(self.provider, operation, parameters)
        self.assertEqual(self.state(), before)

    def test_dry_runs_of_the_consumer_change_nothing(self) -> None:
        endpoint = {"EndpointId": self.connected}
        before = self.state()
        calls: dict[str, dict[str, Any]] = {
            "CreateVpcEndpoint": {
                "ServiceId": self.service_id,
                "VpcId": "vpc-consumer",
                "SecurityGroupId": ["sg-consumer"],
            },
            "UpdateVpcEndpointAttribute": {**endpoint, "EndpointName": "changed"},
            "DeleteVpcEndpoint": {"EndpointId": self.waiting},
            "AddZoneToVpcEndpoint": {"EndpointId": self.waiting, **IN_I, "VSwitchId": "vsw-consumer"},
            "RemoveZoneFromVpcEndpoint": {**endpoint, **IN_I},
            "AttachSecurityGroupToVpcEndpoint": {**endpoint, "SecurityGroupId": "sg-new"},
            "DetachSecurityGroupFromVpcEndpoint": {**endpoint, "SecurityGroupId": "sg-other"},
        }
        for operation, parameters in calls.items():
            self.expect_dry(self.consumer, operation, parameters)
        self.assertEqual(self.state(), before)

    def expect_dry(self, client: Client, operation: str, parameters: dict[str, Any]) -> None:
        request = request_of(operation, {"RegionId": REGION, "ClientToken": self.mark, "DryRun": True, **parameters})
        with self.subTest(operation), self.refused("DryRunOperation"):
            method_of(client, operation)(request)
        [call] = journal(operation=operation, object=self.mark)
        self.assertEqual(call["effect"], "none")

    def state(self) -> dict[str, Any]:
        """All that the dry runs are about."""
        by_service = {"region_id": REGION, "service_id": self.service_id}
        provider = self.provider
        answers = {
            "services": provider.list_vpc_endpoint_services(models.ListVpcEndpointServicesRequest(region_id=REGION)),
            "service": provider.get_vpc_endpoint_service_attribute(
                models.GetVpcEndpointServiceAttributeRequest(**by_service)
            ),
            "resources": provider.list_vpc_endpoint_service_resources(
                models.ListVpcEndpointServiceResourcesRequest(**by_service)
            ),
            "users": provider.list_vpc_endpoint_service_users(models.ListVpcEndpointServiceUsersRequest(**by_service)),
            "connections": provider.list_vpc_endpoint_connections(
                models.ListVpcEndpointConnectionsRequest(**by_service)
            ),
        }
        shown = {name: self.body(answer) for name, answer in answers.items()}
        shown["endpoints"] = {endpoint: self.endpoint(endpoint) for endpoint in (self.connected, self.waiting)}
        shown["zones"] = self.zones(self.connected)
        return shown
