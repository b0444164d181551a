"""Where the product is."""

from alibabacloud_privatelink20200415 import models

from support.simulator import REGION

from scenario import Scenario


class Places(Scenario):
    def test_regions_and_zones_come_in_the_old_nested_form(self) -> None:
        regions = self.body(self.provider.describe_regions(models.DescribeRegionsRequest(service_resource_type="nlb")))
        [hangzhou] = [found for found in regions["Regions"]["Region"] if found["RegionId"] == REGION]
        self.assertEqual(
            hangzhou,
            {
                "RegionId": REGION,
                "LocalName": "China (Hangzhou)",
                "RegionEndpoint": "privatelink.cn-hangzhou.aliyuncs.com",
                "ServiceResourceTypes": {"ServiceResourceType": ["nlb"]},
            },
        )
        zones = self.body(
            self.provider.describe_zones(models.DescribeZonesRequest(region_id=REGION, service_resource_type="nlb"))
        )
        ids = [zone["ZoneId"] for zone in zones["Zones"]["Zone"]]
        self.assertEqual(ids, [f"cn-hangzhou-{letter}" for letter in "bghijk"])
