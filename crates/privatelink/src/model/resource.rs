//! The load balancers of a service: one in one zone is one attachment.

use cloud_core::lenient::{count, flag, list, number, text};
use cloud_core::{List, Page};
use serde::{Deserialize, Serialize};

use super::Acknowledged;
use crate::request::request;

/// The parameters of `AttachResourceToVpcEndpointService`: one load balancer in one zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachResourceToVpcEndpointServiceRequest {
    /// The service; it must be `Active`.
    pub service_id: String,
    /// `slb`, `alb`, `nlb` or `gwlb`; the same as the service's.
    pub resource_type: String,
    /// The load balancer.
    pub resource_id: String,
    /// The zone; needed for all but `slb`.
    pub zone_id: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(AttachResourceToVpcEndpointServiceRequest => AttachResourceToVpcEndpointService, Acknowledged);

/// The parameters of `DetachResourceFromVpcEndpointService`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachResourceFromVpcEndpointServiceRequest {
    /// The service; it must be `Active`.
    pub service_id: String,
    /// `slb`, `alb`, `nlb` or `gwlb`.
    pub resource_type: Option<String>,
    /// The load balancer.
    pub resource_id: String,
    /// The zone; needed for all but `slb`.
    pub zone_id: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(DetachResourceFromVpcEndpointServiceRequest => DetachResourceFromVpcEndpointService, Acknowledged);

/// The parameters of `UpdateVpcEndpointServiceResourceAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateVpcEndpointServiceResourceAttributeRequest {
    /// The service; it must be `Active`.
    pub service_id: String,
    /// The load balancer.
    pub resource_id: String,
    /// The zone; needed for all but `slb`.
    pub zone_id: Option<String>,
    /// Whether new connections may be given this load balancer. Each zone must keep one that may.
    pub auto_allocated_enabled: bool,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(UpdateVpcEndpointServiceResourceAttributeRequest => UpdateVpcEndpointServiceResourceAttribute, Acknowledged);

/// The parameters of `ListVpcEndpointServiceResources`. It has no filters, and its answer has no total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointServiceResourcesRequest {
    /// The service.
    pub service_id: String,
}

request!(ListVpcEndpointServiceResourcesRequest => ListVpcEndpointServiceResources, ListVpcEndpointServiceResourcesResponse);

impl List for ListVpcEndpointServiceResourcesRequest {
    type Item = ServiceResource;
    const MAX_RESULTS: Option<u32> = Some(50);

    fn page(&self, answer: Self::Answer) -> Page<Self::Item> {
        Page { items: answer.resources, next_token: answer.next_token, total_count: None }
    }

    fn identity(item: &Self::Item) -> Option<String> {
        let id = item.resource_id.as_deref()?;
        Some(format!("{id} in zone {}", item.zone_id.as_deref().unwrap_or_default()))
    }
}

/// One page of `ListVpcEndpointServiceResources`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ListVpcEndpointServiceResourcesResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// How many entries the page may hold.
    #[serde(deserialize_with = "count")]
    pub max_results: Option<u64>,
    /// Where the next page begins.
    #[serde(deserialize_with = "text")]
    pub next_token: Option<String>,
    /// The attachments.
    #[serde(deserialize_with = "list")]
    pub resources: Vec<ServiceResource>,
}

/// A load balancer in a zone, as a service offers it. It has no state: it is in the list or it is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceResource {
    /// The load balancer.
    #[serde(deserialize_with = "text")]
    pub resource_id: Option<String>,
    /// `slb`, `alb`, `nlb` or `gwlb`.
    #[serde(deserialize_with = "text")]
    pub resource_type: Option<String>,
    /// The zone.
    #[serde(deserialize_with = "text")]
    pub zone_id: Option<String>,
    /// The load balancer's region.
    #[serde(deserialize_with = "text")]
    pub region_id: Option<String>,
    /// The load balancer's network.
    #[serde(deserialize_with = "text")]
    pub vpc_id: Option<String>,
    /// Its subnet in the zone.
    #[serde(deserialize_with = "text")]
    pub v_switch_id: Option<String>,
    /// Its address in the zone.
    #[serde(deserialize_with = "text")]
    pub ip: Option<String>,
    /// How many endpoints use it.
    #[serde(deserialize_with = "number")]
    pub related_endpoint_count: Option<i64>,
    /// How many endpoints are moving away from it.
    #[serde(deserialize_with = "number")]
    pub related_deprecated_endpoint_count: Option<i64>,
    /// Whether new connections may be given it.
    #[serde(deserialize_with = "flag")]
    pub auto_allocated_enabled: Option<bool>,
    /// Whether it has IPv6.
    #[serde(rename = "ResourceSupportIPv6", deserialize_with = "flag")]
    pub resource_support_ipv6: Option<bool>,
}
