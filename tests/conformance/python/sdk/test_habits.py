"""What all operations share: dry runs of a creation, client tokens, pages."""

from typing import Any

from alibabacloud_privatelink20200415 import models

from support.simulator import CONSUMER_ACCOUNT, REGION

from scenario import WEB_H, WEB_I, Scenario


class DryRuns(Scenario):
    def test_a_dry_run_creates_nothing_and_says_so_as_an_error(self) -> None:
        with self.refused("DryRunOperation"):
            self.provider.create_vpc_endpoint_service(creation(self.mark, dry_run=True))
        self.assertEqual(marked(self), [])

    def test_a_dry_run_finds_the_mistake_that_the_real_call_would_find(self) -> None:
        nowhere = models.CreateVpcEndpointServiceRequestResource(
            resource_type="nlb", resource_id="nlb-nowhere", zone_id="cn-hangzhou-i"
        )
        with self.refused("LoadBalancerNotFound"):
            self.provider.create_vpc_endpoint_service(creation(self.mark, dry_run=True, resource=[nowhere]))


class Tokens(Scenario):
    def test_a_token_with_the_same_parameters_gives_the_first_service_again(self) -> None:
        request = creation(self.mark, client_token=self.mark)
        first = self.provider.create_vpc_endpoint_service(request)
        self.wait_for_service(first.body.service_id)
        again = self.provider.create_vpc_endpoint_service(request)
        self.assertEqual(self.body(again), self.body(first))
        self.assertEqual(marked(self), [first.body.service_id])

    def test_a_token_with_other_parameters_is_refused(self) -> None:
        first = self.provider.create_vpc_endpoint_service(creation(self.mark, client_token=self.mark))
        self.wait_for_service(first.body.service_id)
        with self.refused("IdempotentParameterMismatch"):
            other = creation(self.mark, client_token=self.mark, service_description="another")
            self.provider.create_vpc_endpoint_service(other)
        self.assertEqual(marked(self), [first.body.service_id])

    def test_another_token_makes_another_service(self) -> None:
        made = {
            self.provider.create_vpc_endpoint_service(creation(self.mark, client_token=token)).body.service_id
            for token in (f"{self.mark}-1", f"{self.mark}-2")
        }
        self.assertEqual(set(marked(self)), made)
        self.assertEqual(len(made), 2)


class Pages(Scenario):
    def test_services_come_one_to_a_page(self) -> None:
        made = [self.provider.create_vpc_endpoint_service(creation(self.mark)).body.service_id for _ in range(3)]
        pages = self.pages(self.provider.list_vpc_endpoint_services, marked_services(self.mark))
        self.assertEqual([len(page["Services"]) for page in pages], [1, 1, 1])
        self.assertEqual({page["Services"][0]["ServiceId"] for page in pages}, set(made))
        # A number here, a text for users: as documented.
        self.assertEqual([page["TotalCount"] for page in pages], [3, 3, 3])

    def test_load_balancers_come_one_to_a_page_without_a_count(self) -> None:
        service_id = self.new_service(WEB_I, WEB_H)
        pages = self.pages(
            self.provider.list_vpc_endpoint_service_resources,
            models.ListVpcEndpointServiceResourcesRequest(region_id=REGION, service_id=service_id),
        )
        zones = sorted(resource["ZoneId"] for page in pages for resource in page["Resources"])
        self.assertEqual(zones, ["cn-hangzhou-h", "cn-hangzhou-i"])
        self.assertEqual([("TotalCount" in page, page["MaxResults"]) for page in pages], [(False, 1), (False, 1)])

    def test_users_come_one_to_a_page_with_a_count_that_is_a_text(self) -> None:
        service_id = self.new_service(WEB_I)
        self.provider.add_user_to_vpc_endpoint_service(
            models.AddUserToVpcEndpointServiceRequest(region_id=REGION, service_id=service_id, user_id=CONSUMER_ACCOUNT)
        )
        pages = self.pages(
            self.provider.list_vpc_endpoint_service_users,
            models.ListVpcEndpointServiceUsersRequest(region_id=REGION, service_id=service_id),
        )
        self.assertEqual([(page["TotalCount"], len(page["Users"])) for page in pages], [("2", 1), ("2", 1)])

    def test_a_page_size_out_of_bounds_is_refused(self) -> None:
        with self.refused("IllegalParamFormat.MaxResults"):
            request = models.ListVpcEndpointServicesRequest(region_id=REGION, max_results=1001)
            self.provider.list_vpc_endpoint_services(request)

    def pages(self, call: Any, request: Any) -> list[dict[str, Any]]:
        """All pages of size 1, whose tokens differ."""
        request.max_results = 1
        pages: list[dict[str, Any]] = []
        tokens: set[str] = set()
        while True:
            page = self.body(call(request))
            pages.append(page)
            token = page.get("NextToken")
            if not token:
                return pages
            self.assertNotIn(token, tokens)
            tokens.add(token)
            request.next_token = token


def creation(mark: str, **more: Any) -> models.CreateVpcEndpointServiceRequest:
    """A service with the test's own tag."""
    tag = models.CreateVpcEndpointServiceRequestTag(key="mark", value=mark)
    return models.CreateVpcEndpointServiceRequest(region_id=REGION, service_resource_type="nlb", tag=[tag], **more)


def marked_services(mark: str) -> models.ListVpcEndpointServicesRequest:
    tag = models.ListVpcEndpointServicesRequestTag(key="mark", value=mark)
    return models.ListVpcEndpointServicesRequest(region_id=REGION, tag=[tag])


def marked(scenario: Scenario) -> list[str]:
    """The services with the test's own tag."""
    listed = scenario.provider.list_vpc_endpoint_services(marked_services(scenario.mark))
    return [service.service_id for service in listed.body.services]
