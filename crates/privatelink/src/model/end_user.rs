//! Services as a consumer finds them: those that the account may connect to, whoever provides them.

use cloud_core::lenient::{flag, list, text};
use serde::{Deserialize, Serialize};

use super::Tag;
use crate::request::list;

/// The filters of `ListVpcEndpointServicesByEndUser`, all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointServicesByEndUserRequest {
    /// Exactly this service.
    pub service_id: Option<String>,
    /// Exactly this name.
    pub service_name: Option<String>,
    /// `Interface`; the provider takes no other.
    pub service_type: Option<String>,
    /// Services in this region.
    pub service_region_id: Option<String>,
    /// Services of this resource group.
    pub resource_group_id: Option<String>,
    /// Services that carry all of these tags, at most 20.
    #[serde(rename = "Tag")]
    pub tags: Vec<Tag>,
}

list!(
    ListVpcEndpointServicesByEndUserRequest => ListVpcEndpointServicesByEndUser, ListVpcEndpointServicesByEndUserResponse {
        /// The services.
        services: EndUserService
    },
    1000,
    |item| item.service_id.clone()
);

/// A service that the account may connect to. Its state is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EndUserService {
    /// The id, `epsrv-…`.
    #[serde(deserialize_with = "text")]
    pub service_id: Option<String>,
    /// The name, `com.aliyuncs.privatelink.<region>.<id>`.
    #[serde(deserialize_with = "text")]
    pub service_name: Option<String>,
    /// The domain.
    #[serde(deserialize_with = "text")]
    pub service_domain: Option<String>,
    /// `Interface` or `GatewayLoadBalancer`: the type that the endpoint must have.
    #[serde(deserialize_with = "text")]
    pub service_type: Option<String>,
    /// `slb`, `alb`, `nlb` or `gwlb`.
    #[serde(deserialize_with = "text")]
    pub service_resource_type: Option<String>,
    /// Who pays: `Endpoint` or `EndpointService`.
    #[serde(deserialize_with = "text")]
    pub payer: Option<String>,
    /// The zones that an endpoint can be in.
    #[serde(deserialize_with = "list")]
    pub zones: Vec<String>,
    /// `IPv4` or `DualStack`.
    #[serde(deserialize_with = "text")]
    pub address_ip_version: Option<String>,
    /// Whether connections are accepted without asking.
    #[serde(deserialize_with = "flag")]
    pub auto_accept_enabled: Option<bool>,
    /// Whether the endpoint's domain name resolves to the nearest zone first.
    #[serde(deserialize_with = "flag")]
    pub zone_affinity_enabled: Option<bool>,
    /// Deprecated by the provider for `address_ip_version`.
    #[serde(rename = "ServiceSupportIPv6", deserialize_with = "flag")]
    pub service_support_ipv6: Option<bool>,
    /// Whether an endpoint may be given a policy.
    #[serde(deserialize_with = "flag")]
    pub vpc_endpoint_policy_supported: Option<bool>,
    /// The resource group.
    #[serde(deserialize_with = "text")]
    pub resource_group_id: Option<String>,
    /// The tags.
    #[serde(deserialize_with = "list")]
    pub tags: Vec<Tag>,
}
