//! Where `PrivateLink` is offered: regions and zones. Both answers come whole, in the old nested style.

use cloud_core::lenient::{nested, text};
use serde::{Deserialize, Deserializer, Serialize};

use crate::request::request;

/// The parameters of `DescribeRegions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRegionsRequest {
    /// Exactly this region. Here it is a filter, so the client does not fill in its own.
    pub region_id: Option<String>,
    /// Regions that offer services of this type: `slb` (the default), `alb`, `nlb`, `gwlb` or `ALL`.
    pub service_resource_type: Option<String>,
}

request!(DescribeRegionsRequest => DescribeRegions, DescribeRegionsResponse);

/// The answer of `DescribeRegions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DescribeRegionsResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// The regions.
    #[serde(deserialize_with = "regions")]
    pub regions: Vec<Region>,
}

/// A region that offers `PrivateLink`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Region {
    /// The id, such as `cn-hangzhou`.
    #[serde(deserialize_with = "text")]
    pub region_id: Option<String>,
    /// The name for people, in the language of the account.
    #[serde(deserialize_with = "text")]
    pub local_name: Option<String>,
    /// The host to ask, such as `privatelink.cn-hangzhou.aliyuncs.com`.
    #[serde(deserialize_with = "text")]
    pub region_endpoint: Option<String>,
    /// The types of services that it offers.
    #[serde(deserialize_with = "service_resource_types")]
    pub service_resource_types: Vec<String>,
}

/// The parameters of `DescribeZones`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeZonesRequest {
    /// Zones that offer services of this type: `slb` (the default), `alb`, `nlb` or `gwlb`.
    pub service_resource_type: Option<String>,
    /// Whether zones for connections between regions are asked for; default `false`. Since June 2026.
    pub cross_region: Option<bool>,
    /// For which side of such a connection: `Endpoint` (the default) or `EndpointService`. With `cross_region` only. Since
    /// June 2026.
    pub cross_region_side: Option<String>,
}

request!(DescribeZonesRequest => DescribeZones, DescribeZonesResponse);

/// The answer of `DescribeZones`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DescribeZonesResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// The zones of the client's region.
    #[serde(deserialize_with = "zones")]
    pub zones: Vec<Zone>,
}

/// A zone that offers `PrivateLink`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Zone {
    /// The id: `cn-hangzhou-b` in China, `eu-west-1a` elsewhere.
    #[serde(deserialize_with = "text")]
    pub zone_id: Option<String>,
    /// The name for people.
    #[serde(deserialize_with = "text")]
    pub local_name: Option<String>,
}

fn regions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Region>, D::Error> {
    nested(deserializer, "Region")
}

fn zones<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Zone>, D::Error> {
    nested(deserializer, "Zone")
}

fn service_resource_types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    nested(deserializer, "ServiceResourceType")
}
