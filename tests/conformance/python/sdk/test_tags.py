"""Tags on services and endpoints, which travel in a form body."""

from typing import Any

from alibabacloud_privatelink20200415 import models

from support.simulator import REGION, journal

from scenario import WEB_I, Scenario


class Tags(Scenario):
    def test_tags_are_set_overwritten_found_and_taken_off(self) -> None:
        first, second = self.new_service(WEB_I), self.new_service(WEB_I)
        self.tag([first, second], {"mark": self.mark, "stage": "test"})
        self.tag([first], {"stage": "prod", "empty": ""})
        self.assertEqual(self.tags_of(first), {"mark": self.mark, "stage": "prod", "empty": ""})
        self.assertEqual(self.tags_of(second), {"mark": self.mark, "stage": "test"})
        self.assertEqual(self.services_with({"mark": self.mark}), {first, second})
        self.assertEqual(self.services_with({"mark": self.mark, "stage": "prod"}), {first})

        self.untag(first, tag_key=["stage"])
        self.assertEqual(self.tags_of(first), {"mark": self.mark, "empty": ""})
        with self.refused("TagInfoNotExist", "Tag info not exist"):
            self.untag(first, tag_key=["stage"])
        self.untag(first, all=True)
        self.assertEqual(self.tags_of(first), {})
        self.assertEqual(self.services_with({"mark": self.mark}), {second})

    def test_tag_calls_put_everything_into_the_form(self) -> None:
        service_id = self.new_service(WEB_I)
        self.tag([service_id], {"a b": "c+d&e=f/日本"})
        call = journal(operation="TagResources", object=service_id)[-1]
        self.assertEqual(set(call["form"]), set(call["parameters"]))
        self.assertEqual(call["content_type"], "application/x-www-form-urlencoded")
        self.assertIn("content-type", call["signed_headers"])
        self.assertEqual(self.tags_of(service_id), {"a b": "c+d&e=f/日本"})

    def test_bad_tags_are_refused(self) -> None:
        service_id = self.new_service(WEB_I)
        with self.refused("IllegalTagKeyParam", "IllegalTagKeyParam"):
            self.tag([service_id], {"acs:mine": "x"})
        with self.refused("IllegalTagValueParam", "The tag value is Illegal."):
            self.tag([service_id], {"link": "http://example.com"})
        with self.refused("QuotaExceed.TagsPerResource", "The maximum number of tags for each resource is exceeded"):
            self.tag([service_id], {f"key-{n}": "" for n in range(21)})
        with self.refused("InvalidResourceId.NotFound", "The specified ResourceIds are not found in our records."):
            self.tag([service_id, "epsrv-bp1nowhere0000000000"], {"a": "b"})
        self.assertEqual(self.tags_of(service_id), {})
        with self.refused("MissingResourceIdOrTagParam", "The resource id and tag is empty."):
            self.list_tags()

    def tag(self, service_ids: list[str], tags: dict[str, str]) -> None:
        request = models.TagResourcesRequest(
            region_id=REGION,
            resource_type="vpcendpointservice",
            resource_id=service_ids,
            tag=[models.TagResourcesRequestTag(key=key, value=value) for key, value in tags.items()],
        )
        self.acknowledged(self.provider.tag_resources(request))

    def untag(self, service_id: str, **which: Any) -> None:
        request = models.UntagResourcesRequest(
            region_id=REGION, resource_type="vpcendpointservice", resource_id=[service_id], **which
        )
        self.acknowledged(self.provider.untag_resources(request))

    def list_tags(self, **filters: Any) -> dict[str, Any]:
        request = models.ListTagResourcesRequest(region_id=REGION, resource_type="vpcendpointservice", **filters)
        return self.body(self.provider.list_tag_resources(request))

    def tags_of(self, service_id: str) -> dict[str, str]:
        listed = self.list_tags(resource_id=[service_id])["TagResources"]
        for tag in listed:
            self.assertEqual((tag["ResourceId"], tag["ResourceType"]), (service_id, "vpcendpointservice"))
        return {tag["TagKey"]: tag["TagValue"] for tag in listed}

    def services_with(self, tags: dict[str, str]) -> set[str]:
        filters = [models.ListVpcEndpointServicesRequestTag(key=key, value=value) for key, value in tags.items()]
        request = models.ListVpcEndpointServicesRequest(region_id=REGION, tag=filters)
        return {service.service_id for service in self.provider.list_vpc_endpoint_services(request).body.services}
