"""Load balancers that come and go, and who is on the whitelist."""

from typing import Any, Optional

from alibabacloud_privatelink20200415 import models

from support.simulator import CONSUMER_ACCOUNT, NEWCOMER_ACCOUNT, PROVIDER_ACCOUNT, REGION
from support.waiting import wait_until

from scenario import WEB_I, Scenario

IN_I, IN_H = ("nlb-web", "cn-hangzhou-i"), ("nlb-web", "cn-hangzhou-h")


class Resources(Scenario):
    def test_the_same_load_balancer_is_attached_once_per_zone(self) -> None:
        service_id = self.new_service(WEB_I)
        self.attach(service_id, *IN_H)
        wait_until(lambda: sorted(self.attachments(service_id)), [IN_H, IN_I])
        self.wait_for_service(service_id)
        with self.refused("EndpointServiceResourceExist", "The specified resource already exists."):
            self.attach(service_id, *IN_H)
        self.detach(service_id, *IN_I)
        wait_until(lambda: self.attachments(service_id), [IN_H])
        self.wait_for_service(service_id)
        with self.refused("EndpointServiceResourceNotFound", "The specified service resource is not found."):
            self.detach(service_id, *IN_I)

    def test_what_does_not_fit_is_not_attached(self) -> None:
        service_id = self.new_service(WEB_I)
        with self.refused("EndpointServiceResourceTypeNotEqual", "the service resource type not equal request type."):
            self.attach(service_id, "alb-web", "cn-hangzhou-i", "alb")
        with self.refused("LoadBalancerNotFound", "The specified load balancer does not exist."):
            self.attach(service_id, "nlb-nowhere", "cn-hangzhou-i")
        with self.refused(
            "EndpointServiceNotSupportedZone", "The specified endpoint service does not support the zone."
        ):
            self.attach(service_id, "nlb-web", "cn-hangzhou-z")
        with self.refused("MissingParam.ZoneId", "The param of ZoneId is missing."):
            self.attach(service_id, "nlb-web", None)
        self.assertEqual(self.attachments(service_id), [IN_I])

    def test_one_load_balancer_of_a_zone_stays_automatic(self) -> None:
        service_id = self.new_service(WEB_I)
        self.attach(service_id, *IN_H)
        self.wait_for_service(service_id)
        self.attach(service_id, "nlb-spare", "cn-hangzhou-h")
        wait_until(lambda: len(self.attachments(service_id)), 3)
        self.wait_for_service(service_id)
        self.allocate(service_id, "nlb-web", "cn-hangzhou-h", False)
        self.wait_for_service(service_id)
        self.assertEqual(
            self.automatic(service_id),
            {IN_I: True, IN_H: False, ("nlb-spare", "cn-hangzhou-h"): True},
        )
        violation = (
            "The specified endpoint service must have at least one automatically allocated resource in one zone."
        )
        with self.refused("ResourceAutoAllocateViolation", violation):
            self.allocate(service_id, "nlb-spare", "cn-hangzhou-h", False)

    def attach(self, service_id: str, load_balancer: str, zone: Optional[str], kind: str = "nlb") -> None:
        request = models.AttachResourceToVpcEndpointServiceRequest(
            region_id=REGION, service_id=service_id, resource_type=kind, resource_id=load_balancer, zone_id=zone
        )
        self.acknowledged(self.provider.attach_resource_to_vpc_endpoint_service(request))

    def detach(self, service_id: str, load_balancer: str, zone: str) -> None:
        request = models.DetachResourceFromVpcEndpointServiceRequest(
            region_id=REGION, service_id=service_id, resource_type="nlb", resource_id=load_balancer, zone_id=zone
        )
        self.acknowledged(self.provider.detach_resource_from_vpc_endpoint_service(request))

    def allocate(self, service_id: str, load_balancer: str, zone: str, enabled: bool) -> None:
        request = models.UpdateVpcEndpointServiceResourceAttributeRequest(
            region_id=REGION,
            service_id=service_id,
            resource_id=load_balancer,
            zone_id=zone,
            auto_allocated_enabled=enabled,
        )
        self.acknowledged(self.provider.update_vpc_endpoint_service_resource_attribute(request))

    def automatic(self, service_id: str) -> dict[tuple[str, str], bool]:
        request = models.ListVpcEndpointServiceResourcesRequest(region_id=REGION, service_id=service_id)
        listed = self.provider.list_vpc_endpoint_service_resources(request).body.resources
        return {(found.resource_id, found.zone_id): found.auto_allocated_enabled for found in listed}


class Users(Scenario):
    def test_users_are_added_and_removed_by_id_and_by_arn(self) -> None:
        service_id = self.new_service(WEB_I)
        self.assertEqual(self.users(service_id), self.page([PROVIDER_ACCOUNT]))
        self.add(service_id, user_id=CONSUMER_ACCOUNT)
        self.add(service_id, user_arn=f"acs:ram:*:{NEWCOMER_ACCOUNT}:*")
        self.assertEqual(self.users(service_id), self.page([PROVIDER_ACCOUNT, NEWCOMER_ACCOUNT, CONSUMER_ACCOUNT]))
        self.assertEqual(self.users(service_id, user_id=CONSUMER_ACCOUNT), self.page([CONSUMER_ACCOUNT]))
        arns = self.users(service_id, user_list_type="UserARNs")["UserARNs"]
        self.assertEqual(
            sorted(user["UserARN"] for user in arns),
            [f"acs:ram:*:{user}:*" for user in (PROVIDER_ACCOUNT, NEWCOMER_ACCOUNT, CONSUMER_ACCOUNT)],
        )
        self.remove(service_id, user_arn=f"acs:ram:*:{CONSUMER_ACCOUNT}:*")
        self.remove(service_id, user_id=NEWCOMER_ACCOUNT)
        self.assertEqual(self.users(service_id), self.page([PROVIDER_ACCOUNT]))

    def test_id_and_arn_must_name_the_same_account(self) -> None:
        service_id = self.new_service(WEB_I)
        with self.refused("Mismatch.UserIdAndUserArn"):
            self.add(service_id, user_id=CONSUMER_ACCOUNT, user_arn=f"acs:ram:*:{PROVIDER_ACCOUNT}:*")
        with self.refused("MissingParam.UserArn", "The param of UserArn is missing."):
            self.add(service_id)

    def page(self, users: list[int]) -> dict[str, Any]:
        """The whole answer: numbers for accounts, a text for the count."""
        return {
            "MaxResults": 50,
            "TotalCount": str(len(users)),
            "Users": [{"UserId": user} for user in users],
            "UserARNs": [],
        }

    def users(self, service_id: str, **filters: Any) -> dict[str, Any]:
        request = models.ListVpcEndpointServiceUsersRequest(region_id=REGION, service_id=service_id, **filters)
        answer = self.body(self.provider.list_vpc_endpoint_service_users(request))
        # No order is documented.
        answer["Users"].sort(key=lambda user: user["UserId"])
        return answer

    def add(self, service_id: str, **user: Any) -> None:
        request = models.AddUserToVpcEndpointServiceRequest(region_id=REGION, service_id=service_id, **user)
        self.acknowledged(self.provider.add_user_to_vpc_endpoint_service(request))

    def remove(self, service_id: str, **user: Any) -> None:
        request = models.RemoveUserFromVpcEndpointServiceRequest(region_id=REGION, service_id=service_id, **user)
        self.acknowledged(self.provider.remove_user_from_vpc_endpoint_service(request))
