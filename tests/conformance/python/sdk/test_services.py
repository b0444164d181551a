"""The owner's side: a service of each resource type from creation to its end, and what can be changed in between."""

from typing import Any, NamedTuple, Optional

from alibabacloud_privatelink20200415 import models

from support.simulator import REGION
from support.waiting import wait_until

from scenario import CLASSIC, WEB_I, Scenario


class Kind(NamedTuple):
    """A resource type: what of it the scenario uses, and what the provider is to make of it."""

    name: str
    load_balancer: str
    zone: str
    vswitch: str
    ip: str
    service_type: str = "Interface"
    # In Mbit/s: the documented default for classic load balancers, 0 for the two kinds that have none of their own.
    connect_bandwidth: Optional[int] = None

    @property
    def zone_to_name(self) -> Optional[str]:
        """The server knows the zone of a classic load balancer."""
        return None if self.name == "slb" else self.zone


KINDS = [
    Kind("slb", "lb-classic", "cn-hangzhou-i", "vsw-classic", "10.1.0.10", connect_bandwidth=3072),
    Kind("alb", "alb-web", "cn-hangzhou-i", "vsw-web-i", "10.1.1.10"),
    Kind("nlb", "nlb-web", "cn-hangzhou-i", "vsw-web-i", "10.1.2.11", connect_bandwidth=0),
    Kind("gwlb", "gwlb-wall", "cn-hangzhou-j", "vsw-wall", "10.1.5.10", "GatewayLoadBalancer", connect_bandwidth=0),
]


class Services(Scenario):
    def test_a_classic_load_balancer_is_offered_and_withdrawn(self) -> None:
        self.tell_the_life_of(KINDS[0])

    def test_an_application_load_balancer_is_offered_and_withdrawn(self) -> None:
        self.tell_the_life_of(KINDS[1])

    def test_a_network_load_balancer_is_offered_and_withdrawn(self) -> None:
        self.tell_the_life_of(KINDS[2])

    def test_a_gateway_load_balancer_is_offered_and_withdrawn(self) -> None:
        self.tell_the_life_of(KINDS[3])

    def tell_the_life_of(self, kind: Kind) -> None:
        service_id, created = self.create(kind)
        self.assertEqual(created, {**self.attributes(service_id), "ServiceStatus": "Creating"})
        self.assertIn(self.wait_for_service(service_id), (["Creating", "Active"], ["Active"]))
        self.assertEqual(self.attribute_answer(service_id), self.full_attributes(kind, service_id))
        self.assertEqual(self.resources_answer(service_id), {"MaxResults": 50, "Resources": [self.attachment(kind)]})

        with self.refused(
            "EndpointServiceDependenceViolation", "The specified EndpointService already contains a resource."
        ):
            self.delete(service_id)
        self.detach_everything(service_id)
        self.delete(service_id)
        self.assertIn(
            self.wait_until_service_is_gone(service_id),
            (["Deleting", "EndpointServiceNotFound"], ["EndpointServiceNotFound"]),
        )
        with self.refused("EndpointServiceNotFound", "The specified Service does not exist."):
            self.delete(service_id)

    def create(self, kind: Kind) -> tuple[str, dict[str, Any]]:
        resource = models.CreateVpcEndpointServiceRequestResource(
            resource_type=kind.name, resource_id=kind.load_balancer, zone_id=kind.zone_to_name
        )
        request = models.CreateVpcEndpointServiceRequest(
            region_id=REGION,
            service_resource_type=kind.name,
            service_description=self.mark,
            resource=[resource],
            auto_accept_enabled=True,
            zone_affinity_enabled=False,
            resource_group_id="rg-acfmteam",
        )
        created = self.body(self.provider.create_vpc_endpoint_service(request))
        self.assertRegex(created["ServiceId"], r"^epsrv-[a-z0-9]{20}$")
        return created["ServiceId"], created

    def delete(self, service_id: str) -> None:
        request = models.DeleteVpcEndpointServiceRequest(region_id=REGION, service_id=service_id)
        self.acknowledged(self.provider.delete_vpc_endpoint_service(request))

    def attribute_answer(self, service_id: str) -> dict[str, Any]:
        request = models.GetVpcEndpointServiceAttributeRequest(region_id=REGION, service_id=service_id)
        return self.body(self.provider.get_vpc_endpoint_service_attribute(request))

    def resources_answer(self, service_id: str) -> dict[str, Any]:
        request = models.ListVpcEndpointServiceResourcesRequest(region_id=REGION, service_id=service_id)
        return self.body(self.provider.list_vpc_endpoint_service_resources(request))

    def attributes(self, service_id: str) -> dict[str, Any]:
        """What a creation and a look have in common."""
        return {
            "ServiceId": service_id,
            "ServiceName": f"com.aliyuncs.privatelink.cn-hangzhou.{service_id}",
            "ServiceDomain": f"{service_id}.cn-hangzhou.privatelink.aliyuncs.com",
            "ServiceStatus": "Active",
            "ServiceBusinessStatus": "Normal",
            "ServiceDescription": self.mark,
            "AutoAcceptEnabled": True,
            "ZoneAffinityEnabled": False,
            "ServiceSupportIPv6": False,
            "AddressIpVersion": "IPv4",
            "ResourceGroupId": "rg-acfmteam",
            "SupportedRegionSet": [],
        }

    def full_attributes(self, kind: Kind, service_id: str) -> dict[str, Any]:
        bandwidth = {} if kind.connect_bandwidth is None else {"ConnectBandwidth": kind.connect_bandwidth}
        return {
            **self.attributes(service_id),
            **bandwidth,
            "Payer": "Endpoint",
            "ServiceResourceType": kind.name,
            "ServiceType": kind.service_type,
            "RegionId": REGION,
            "MinBandwidth": 100,
            "MaxBandwidth": 10240,
            "Zones": [kind.zone],
        }

    def attachment(self, kind: Kind) -> dict[str, Any]:
        return {
            "ResourceId": kind.load_balancer,
            "ResourceType": kind.name,
            "ZoneId": kind.zone,
            "RegionId": REGION,
            "VpcId": "vpc-provider",
            "VSwitchId": kind.vswitch,
            "Ip": kind.ip,
            "RelatedEndpointCount": 0,
            "RelatedDeprecatedEndpointCount": 0,
            "AutoAllocatedEnabled": True,
            "ResourceSupportIPv6": False,
        }


class Changes(Scenario):
    def test_given_attributes_change_and_all_others_stay(self) -> None:
        service_id = self.new_service(CLASSIC, service_description="before")
        before = self.look(service_id)
        self.update(service_id, service_description="after", auto_accept_enabled=True, connect_bandwidth=200)
        expected = {
            **before,
            "ServiceDescription": "after",
            "AutoAcceptEnabled": True,
            "ConnectBandwidth": 200,
        }
        self.assertEqual(self.look(service_id), expected)
        self.update(service_id, service_description="")
        self.assertEqual(self.look(service_id), {**expected, "ServiceDescription": ""})

    def test_a_bandwidth_out_of_bounds_is_refused_by_name(self) -> None:
        service_id = self.new_service(CLASSIC)
        with self.refused("IllegalParamFormat.ConnectBandwidth", "The param format of ConnectBandwidth is illegal."):
            self.update(service_id, connect_bandwidth=99)

    def test_regions_are_opened_and_closed(self) -> None:
        service_id = self.new_service(WEB_I, supported_region_list=[REGION, "cn-beijing"])
        self.assertEqual(self.regions(service_id), {REGION: "Available", "cn-beijing": "Available"})
        self.update(service_id, add_supported_region_set=["cn-shanghai"])
        everywhere = {REGION: "Available", "cn-beijing": "Available", "cn-shanghai": "Available"}
        wait_until(lambda: self.regions(service_id), everywhere)
        self.update(service_id, delete_supported_region_set=["cn-beijing"])
        wait_until(lambda: self.regions(service_id), {**everywhere, "cn-beijing": "Closed"})

    def test_a_service_becomes_dual_stack_and_never_goes_back(self) -> None:
        dual = models.CreateVpcEndpointServiceRequestResource(
            resource_type="nlb", resource_id="nlb-dual", zone_id="cn-hangzhou-h"
        )
        service_id = self.new_service(dual)
        self.update(service_id, address_ip_version="DualStack")
        self.assertEqual(self.look(service_id)["AddressIpVersion"], "DualStack")
        with self.refused("EndpointServiceDowngradeNotAllowed"):
            self.update(service_id, address_ip_version="IPv4")

    def test_a_service_moves_to_another_resource_group(self) -> None:
        service_id = self.new_service(WEB_I)
        self.assertEqual(self.look(service_id)["ResourceGroupId"], "rg-acfmdefault")
        self.move(service_id, "rg-acfmteam")
        self.assertEqual(self.look(service_id)["ResourceGroupId"], "rg-acfmteam")
        with self.refused("InvalidResourceGroup", "The specified ResourceGroupId is invalid"):
            self.move(service_id, "rg-acfmconsumer")

    def update(self, service_id: str, **attributes: Any) -> None:
        request = models.UpdateVpcEndpointServiceAttributeRequest(region_id=REGION, service_id=service_id, **attributes)
        self.acknowledged(self.provider.update_vpc_endpoint_service_attribute(request))
        self.assertIn(self.wait_for_service(service_id), (["Pending", "Active"], ["Active"]))

    def look(self, service_id: str) -> dict[str, Any]:
        request = models.GetVpcEndpointServiceAttributeRequest(region_id=REGION, service_id=service_id)
        return self.body(self.provider.get_vpc_endpoint_service_attribute(request))

    def regions(self, service_id: str) -> dict[str, str]:
        shown = self.look(service_id)["SupportedRegionSet"]
        self.assertEqual({region["RegionBusinessStatus"] for region in shown}, {"Normal"})
        return {region["SupportedRegionId"]: region["RegionServiceStatus"] for region in shown}

    def move(self, service_id: str, group: str) -> None:
        request = models.ChangeResourceGroupRequest(
            resource_id=service_id, resource_group_id=group, resource_type="VpcEndpointService"
        )
        self.acknowledged(self.provider.change_resource_group(request))
