//! Regions, zones, and the activation of the product.

use privatelink::{DescribeRegionsRequest, DescribeZonesRequest, OpenPrivateLinkServiceRequest};

use super::text;

pub(super) fn regions() -> DescribeRegionsRequest {
    DescribeRegionsRequest { region_id: text("cn-hangzhou"), service_resource_type: text("nlb") }
}

pub(super) fn zones() -> DescribeZonesRequest {
    DescribeZonesRequest {
        service_resource_type: text("gwlb"),
        cross_region: Some(true),
        cross_region_side: text("EndpointService"),
    }
}

pub(super) fn open() -> OpenPrivateLinkServiceRequest {
    OpenPrivateLinkServiceRequest { owner_id: text("1111222233334444") }
}
