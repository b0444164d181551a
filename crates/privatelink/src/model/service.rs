//! The endpoint service itself.

use cloud_core::lenient::{flag, known_list, list, number, text};
use serde::{Deserialize, Serialize};

use super::{Acknowledged, BusinessStatus, RegionStatus, ServiceStatus, Tag};
use crate::request::{list, request};

/// The parameters of `CreateVpcEndpointService`.
///
/// `ConnectBandwidth` is not among them: it can only be set by an update, once the service is `Active`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVpcEndpointServiceRequest {
    /// What people read. The API gives no limit; the provider's ROS says 2 to 256 characters.
    pub service_description: Option<String>,
    /// Whether connections are accepted without asking; the provider's default is `false`.
    pub auto_accept_enabled: Option<bool>,
    /// Who pays for traffic: `Endpoint` or `EndpointService` (needs an account that is allow-listed). Fixed for life.
    pub payer: Option<String>,
    /// Whether the endpoint's domain name resolves to the nearest zone first. The documentation contradicts itself about
    /// the default: give it always.
    pub zone_affinity_enabled: Option<bool>,
    /// `slb` (Classic Load Balancer), `alb`, `nlb` or `gwlb`. Fixed for life.
    pub service_resource_type: Option<String>,
    /// The load balancers to begin with, at most 10; more by `AttachResourceToVpcEndpointService`. May be empty.
    #[serde(rename = "Resource")]
    pub resources: Vec<Resource>,
    /// `IPv4` (the default) or `DualStack` (with `nlb` and `gwlb` only).
    pub address_ip_version: Option<String>,
    /// Deprecated by the provider for `address_ip_version`; default `false`.
    #[serde(rename = "ServiceSupportIPv6")]
    pub service_support_ipv6: Option<bool>,
    /// Regions from which consumers may connect.
    pub supported_region_list: Vec<String>,
    /// The resource group, `rg-…`; the account's default group without it.
    pub resource_group_id: Option<String>,
    /// Tags, at most 20.
    #[serde(rename = "Tag")]
    pub tags: Vec<Tag>,
    /// Makes a repetition harmless: ASCII, at most 64 characters. How long the provider remembers it is not documented.
    pub client_token: Option<String>,
    /// Check only. A check that finds nothing wrong is answered with the error `DryRunOperation`.
    pub dry_run: Option<bool>,
}

request!(CreateVpcEndpointServiceRequest => CreateVpcEndpointService, EndpointServiceResponse);

/// One load balancer in one zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Resource {
    /// `slb`, `alb`, `nlb` or `gwlb`; the same as the service's.
    pub resource_type: Option<String>,
    /// The load balancer's id.
    pub resource_id: Option<String>,
    /// The zone to offer. Needed for all but `slb`, whose zone the server knows.
    pub zone_id: Option<String>,
}

/// The parameters of `GetVpcEndpointServiceAttribute`. Its answer has no tags and no list of load balancers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetVpcEndpointServiceAttributeRequest {
    /// The service, `epsrv-…`.
    pub service_id: String,
}

request!(GetVpcEndpointServiceAttributeRequest => GetVpcEndpointServiceAttribute, EndpointServiceResponse);

/// The parameters of `UpdateVpcEndpointServiceAttribute`. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateVpcEndpointServiceAttributeRequest {
    /// The service; it must be `Active`.
    pub service_id: String,
    /// What people read; empty clears it.
    pub service_description: Option<String>,
    /// Whether connections are accepted without asking.
    pub auto_accept_enabled: Option<bool>,
    /// The bandwidth that a new connection gets, in Mbit/s, 100 to 10,240, default 3,072. Read back for `slb` only.
    pub connect_bandwidth: Option<i64>,
    /// Whether the endpoint's domain name resolves to the nearest zone first.
    pub zone_affinity_enabled: Option<bool>,
    /// `IPv4` or `DualStack`. The way back from `DualStack` is refused.
    pub address_ip_version: Option<String>,
    /// Deprecated by the provider for `address_ip_version`; default `false`.
    #[serde(rename = "ServiceSupportIPv6")]
    pub service_support_ipv6: Option<bool>,
    /// Regions to add. Send additions and deletions in two calls.
    pub add_supported_region_set: Vec<String>,
    /// Regions to take away.
    pub delete_supported_region_set: Vec<String>,
    /// As for the creation; a fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(UpdateVpcEndpointServiceAttributeRequest => UpdateVpcEndpointServiceAttribute, Acknowledged);

/// The parameters of `DeleteVpcEndpointService`. Connections must be cut and load balancers detached before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteVpcEndpointServiceRequest {
    /// The service.
    pub service_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(DeleteVpcEndpointServiceRequest => DeleteVpcEndpointService, Acknowledged);

/// The filters of `ListVpcEndpointServices`, all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointServicesRequest {
    /// Exactly this service.
    pub service_id: Option<String>,
    /// Exactly this name.
    pub service_name: Option<String>,
    /// Services that hold this load balancer.
    pub resource_id: Option<String>,
    /// `slb`, `alb`, `nlb` or `gwlb`.
    pub service_resource_type: Option<String>,
    /// Services that accept without asking, or do not.
    pub auto_accept_enabled: Option<bool>,
    /// Services with zone affinity, or without.
    pub zone_affinity_enabled: Option<bool>,
    /// `Creating`, `Pending`, `Active` or `Deleting`.
    pub service_status: Option<String>,
    /// `Normal` or `FinancialLocked`.
    pub service_business_status: Option<String>,
    /// `IPv4` or `DualStack`.
    pub address_ip_version: Option<String>,
    /// Services of this resource group.
    pub resource_group_id: Option<String>,
    /// Services that carry all of these tags, at most 20.
    #[serde(rename = "Tag")]
    pub tags: Vec<Tag>,
}

list!(
    ListVpcEndpointServicesRequest => ListVpcEndpointServices, ListVpcEndpointServicesResponse {
        /// The services, without their zones.
        services: EndpointService
    },
    1000,
    |item| item.service_id.clone()
);

/// The answer of `CreateVpcEndpointService` and of `GetVpcEndpointServiceAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EndpointServiceResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// The service.
    #[serde(flatten)]
    pub service: EndpointService,
}

/// An endpoint service as an answer shows it.
///
/// The answer of a creation has neither payer, types, region nor bandwidths; Get has all but tags; a list has all but
/// zones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EndpointService {
    /// The id, `epsrv-…`.
    #[serde(deserialize_with = "text")]
    pub service_id: Option<String>,
    /// The name that consumers give, `com.aliyuncs.privatelink.<region>.<id>`.
    #[serde(deserialize_with = "text")]
    pub service_name: Option<String>,
    /// The domain, `<id>.<region>.privatelink.aliyuncs.com`.
    #[serde(deserialize_with = "text")]
    pub service_domain: Option<String>,
    /// The state as a text; see [`EndpointService::status`].
    #[serde(deserialize_with = "text")]
    pub service_status: Option<String>,
    /// The business state as a text; see [`EndpointService::business_status`].
    #[serde(deserialize_with = "text")]
    pub service_business_status: Option<String>,
    /// What people read.
    #[serde(deserialize_with = "text")]
    pub service_description: Option<String>,
    /// When it was created, UTC, such as `2022-01-02T19:11:12Z`.
    #[serde(deserialize_with = "text")]
    pub create_time: Option<String>,
    /// Whether connections are accepted without asking.
    #[serde(deserialize_with = "flag")]
    pub auto_accept_enabled: Option<bool>,
    /// Whether the endpoint's domain name resolves to the nearest zone first.
    #[serde(deserialize_with = "flag")]
    pub zone_affinity_enabled: Option<bool>,
    /// `IPv4` or `DualStack`.
    #[serde(deserialize_with = "text")]
    pub address_ip_version: Option<String>,
    /// Deprecated by the provider for `address_ip_version`.
    #[serde(rename = "ServiceSupportIPv6", deserialize_with = "flag")]
    pub service_support_ipv6: Option<bool>,
    /// The resource group.
    #[serde(deserialize_with = "text")]
    pub resource_group_id: Option<String>,
    /// Regions from which consumers may connect, closed ones included; `None`: the answer does not say.
    #[serde(deserialize_with = "known_list")]
    pub supported_region_set: Option<Vec<SupportedRegion>>,
    /// `Endpoint` or `EndpointService`.
    #[serde(deserialize_with = "text")]
    pub payer: Option<String>,
    /// `slb`, `alb`, `nlb` or `gwlb`.
    #[serde(deserialize_with = "text")]
    pub service_resource_type: Option<String>,
    /// `Interface` or `GatewayLoadBalancer`; follows from the resource type.
    #[serde(deserialize_with = "text")]
    pub service_type: Option<String>,
    /// The region of the service.
    #[serde(deserialize_with = "text")]
    pub region_id: Option<String>,
    /// The bandwidth that a new connection gets, in Mbit/s. Meaningful for `slb` only; 0 or absent for all others, even
    /// when it was set.
    #[serde(deserialize_with = "number")]
    pub connect_bandwidth: Option<i64>,
    /// The least bandwidth of a connection, in Mbit/s.
    #[serde(deserialize_with = "number")]
    pub min_bandwidth: Option<i64>,
    /// The greatest bandwidth of a connection, in Mbit/s.
    #[serde(deserialize_with = "number")]
    pub max_bandwidth: Option<i64>,
    /// The zones in which the service has load balancers. Get only.
    #[serde(deserialize_with = "list")]
    pub zones: Vec<String>,
    /// The tags. Lists only.
    #[serde(deserialize_with = "list")]
    pub tags: Vec<Tag>,
}

impl EndpointService {
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> ServiceStatus {
        ServiceStatus::from_wire(self.service_status.as_deref())
    }

    /// The business state; a text that is new is kept as it is.
    pub fn business_status(&self) -> BusinessStatus {
        BusinessStatus::from_wire(self.service_business_status.as_deref())
    }

    /// The value of a tag; keys are compared with case.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
    }
}

/// A region from which consumers may connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct SupportedRegion {
    /// The region.
    #[serde(deserialize_with = "text")]
    pub supported_region_id: Option<String>,
    /// The same under its older name.
    #[serde(deserialize_with = "text")]
    pub service_region_id: Option<String>,
    /// The state as a text; see [`SupportedRegion::status`]. Closed entries stay in the list after their removal.
    #[serde(deserialize_with = "text")]
    pub region_service_status: Option<String>,
    /// `Normal` or `FinancialLocked`.
    #[serde(deserialize_with = "text")]
    pub region_business_status: Option<String>,
}

impl SupportedRegion {
    /// The region, under whichever name the answer has it.
    pub fn region(&self) -> Option<&str> {
        let names = [&self.supported_region_id, &self.service_region_id];
        names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty())
    }
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> RegionStatus {
        RegionStatus::from_wire(self.region_service_status.as_deref())
    }
}
