"""The owner's side: services of each type, what they consist of, habits that all operations share."""

from typing import Any

from support.simulator import CONSUMER_ACCOUNT, PROVIDER_ACCOUNT, REGION, journal
from support.waiting import wait_until

from scenario import NLB_H, NLB_I, in_every_shape

KINDS = {
    "slb": {"ResourceType": "slb", "ResourceId": "lb-classic"},
    "alb": {"ResourceType": "alb", "ResourceId": "alb-web", "ZoneId": "cn-hangzhou-i"},
    "nlb": NLB_I,
    "gwlb": {"ResourceType": "gwlb", "ResourceId": "gwlb-wall", "ZoneId": "cn-hangzhou-j"},
}


@in_every_shape
class Services:
    def test_a_service_of_each_type_comes_changes_and_goes(self) -> None:
        for kind, resource in KINDS.items():
            self.tell_the_life_of(kind, resource)

    def tell_the_life_of(self, kind: str, resource: dict[str, str]) -> None:
        created = self.owner("CreateVpcEndpointService", ServiceResourceType=kind, Resource=[resource])
        service_id = created["ServiceId"]
        self.assertEqual(created["ServiceStatus"], "Creating")
        self.assertEqual(created["ServiceName"], f"com.aliyuncs.privatelink.{REGION}.{service_id}")
        self.wait_for_service(service_id)
        shown = self.service(service_id)
        [attached] = self.attachments(service_id)
        self.assertEqual({name: attached[name] for name in resource}, resource)
        self.assertEqual(
            (shown["ServiceResourceType"], shown["ServiceType"], shown["Zones"], shown.get("ConnectBandwidth")),
            (
                kind,
                "GatewayLoadBalancer" if kind == "gwlb" else "Interface",
                [attached["ZoneId"]],
                {"slb": 3072, "nlb": 0, "gwlb": 0}.get(kind),
            ),
        )
        self.assertEqual(
            self.owner("UpdateVpcEndpointServiceAttribute", ServiceId=service_id, ServiceDescription="changed"), {}
        )
        self.assertIn(self.wait_for_service(service_id), (["Pending", "Active"], ["Active"]))
        self.assertEqual(self.service(service_id), {**shown, "ServiceDescription": "changed"})

        with self.refused("EndpointServiceDependenceViolation"):
            self.owner("DeleteVpcEndpointService", ServiceId=service_id)
        self.detach_everything(service_id)
        self.assertEqual(self.owner("DeleteVpcEndpointService", ServiceId=service_id), {})
        self.wait_until_gone(service_id)
        with self.refused("EndpointServiceNotFound", "The specified Service does not exist."):
            self.owner("DeleteVpcEndpointService", ServiceId=service_id)


@in_every_shape
class Parts:
    def test_resources_are_attached_and_detached(self) -> None:
        service_id = self.new_service(NLB_I)
        self.assertEqual(self.owner("AttachResourceToVpcEndpointService", ServiceId=service_id, **NLB_H), {})
        wait_until(lambda: self.zones(service_id), ["cn-hangzhou-h", "cn-hangzhou-i"])
        self.wait_for_service(service_id)
        with self.refused("EndpointServiceResourceExist", "The specified resource already exists."):
            self.owner("AttachResourceToVpcEndpointService", ServiceId=service_id, **NLB_H)
        self.assertEqual(self.owner("DetachResourceFromVpcEndpointService", ServiceId=service_id, **NLB_I), {})
        wait_until(lambda: self.zones(service_id), ["cn-hangzhou-h"])

    def test_users_are_added_and_removed(self) -> None:
        service_id = self.new_service(NLB_I)
        self.welcome_consumer(service_id)
        self.assertEqual(self.users(service_id), ({PROVIDER_ACCOUNT, CONSUMER_ACCOUNT}, "2"))
        arn = f"acs:ram:*:{CONSUMER_ACCOUNT}:*"
        self.assertEqual(self.owner("RemoveUserFromVpcEndpointService", ServiceId=service_id, UserARN=arn), {})
        self.assertEqual(self.users(service_id), ({PROVIDER_ACCOUNT}, "1"))

    def test_tags_are_set_found_and_taken_off(self) -> None:
        service_id = self.new_service(NLB_I)
        # As Terraform spells it; the answer is in lower case.
        target = {"ResourceType": "VpcEndpointService", "ResourceId": [service_id]}
        tags = {"mark": self.mark, "a b": "c+d&e=f/日本"}
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.assertEqual(self.owner("TagResources", **target, Tag=listed), {})
        self.assertEqual(self.tags(service_id), tags)
        self.assertEqual(self.marked(), [service_id])
        self.assertEqual(self.owner("UntagResources", **target, TagKey=["mark"]), {})
        self.assertEqual(self.tags(service_id), {"a b": "c+d&e=f/日本"})
        self.assertEqual(self.marked(), [])

    def zones(self, service_id: str) -> list[str]:
        return sorted(found["ZoneId"] for found in self.attachments(service_id))

    def users(self, service_id: str) -> tuple[set[int], str]:
        answer = self.owner("ListVpcEndpointServiceUsers", ServiceId=service_id)
        return {user["UserId"] for user in answer["Users"]}, answer["TotalCount"]

    def tags(self, service_id: str) -> dict[str, str]:
        target = {"ResourceType": "VpcEndpointService", "ResourceId": [service_id]}
        listed = self.owner("ListTagResources", **target)["TagResources"]
        self.assertEqual({tag["ResourceType"] for tag in listed}, {"vpcendpointservice"})
        return {tag["TagKey"]: tag["TagValue"] for tag in listed}


@in_every_shape
class Habits:
    def creation(self, **more: Any) -> dict[str, Any]:
        tag = [{"Key": "mark", "Value": self.mark}]
        return self.owner("CreateVpcEndpointService", ServiceResourceType="nlb", Tag=tag, **more)

    def test_a_dry_run_is_an_error_and_makes_nothing(self) -> None:
        with self.refused("DryRunOperation"):
            self.creation(DryRun=True)
        with self.refused("AlbNotFound", "The specified Alb does not exist."):
            missing = {"ResourceType": "alb", "ResourceId": "alb-nowhere", "ZoneId": "cn-hangzhou-i"}
            self.owner("CreateVpcEndpointService", ServiceResourceType="alb", Resource=[missing], DryRun=True)
        self.assertEqual(self.marked(), [])

    def test_a_token_stands_for_one_call_only(self) -> None:
        first = self.creation(ClientToken=self.mark)
        self.wait_for_service(first["ServiceId"])
        self.assertEqual(self.creation(ClientToken=self.mark), first)
        with self.refused("IdempotentParameterMismatch"):
            self.creation(ClientToken=self.mark, ServiceDescription="another")
        self.assertEqual(self.marked(), [first["ServiceId"]])

    def test_services_come_one_to_a_page(self) -> None:
        made = {self.creation()["ServiceId"] for _ in range(3)}
        seen, token = [], None
        while token != "":
            tag = [{"Key": "mark", "Value": self.mark}]
            page = self.owner("ListVpcEndpointServices", Tag=tag, MaxResults=1, NextToken=token)
            self.assertEqual((len(page["Services"]), page["TotalCount"], page["MaxResults"]), (1, 3, 1))
            seen.append(page["Services"][0]["ServiceId"])
            token = page.get("NextToken", "")
        self.assertEqual((len(seen), set(seen)), (3, made))

    def test_requests_arrive_in_the_shape_that_was_asked_for(self) -> None:
        service_id = self.new_service(ServiceDescription="a b+c&d=e*f~g/日本")
        self.assertEqual(self.service(service_id)["ServiceDescription"], "a b+c&d=e*f~g/日本")
        call = journal(operation="CreateVpcEndpointService", object=service_id)[-1]
        in_form = "ServiceDescription" in call["form"]
        self.assertEqual((call["method"], in_form, call["signature"]), (*self.expected_shape(), "HMAC-SHA1"))

    def expected_shape(self) -> tuple[str, bool]:
        return {"QUERY": ("POST", False), "FORM": ("POST", True), "GET": ("GET", False)}[self.shape.name]
