//! The endpoint: the consumer's side of a connection.

use cloud_core::lenient::{flag, list, number, text};
use serde::{Deserialize, Serialize};

use super::{Acknowledged, BusinessStatus, ConnectionStatus, EndpointStatus, Tag};
use crate::request::{list, request};

/// The parameters of `CreateVpcEndpoint`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVpcEndpointRequest {
    /// The consumer's network.
    pub vpc_id: String,
    /// The service; this or its name.
    pub service_id: Option<String>,
    /// The service's name; this or its id.
    pub service_name: Option<String>,
    /// The service's region; the client's own without it.
    pub service_region_id: Option<String>,
    /// `Interface` or `GatewayLoadBalancer`; must fit the service. `Reverse` is for the provider's partners.
    pub endpoint_type: Option<String>,
    /// 2 to 128 characters, letters, digits, `-` and `_`, a letter first.
    pub endpoint_name: Option<String>,
    /// 2 to 256 characters, not beginning with `http://` or `https://`.
    pub endpoint_description: Option<String>,
    /// The zones to be in, at most 10.
    #[serde(rename = "Zone")]
    pub zones: Vec<EndpointZone>,
    /// Security groups, at most 10; an `Interface` endpoint needs one.
    #[serde(rename = "SecurityGroupId")]
    pub security_group_ids: Vec<String>,
    /// Addresses in each zone; the provider takes 1 only.
    pub zone_private_ip_address_count: Option<i64>,
    /// Managed protection, for STS callers only; default `false`.
    pub protected_enabled: Option<bool>,
    /// `IPv4` (the default) or `DualStack`.
    pub address_ip_version: Option<String>,
    /// Whether the domain name resolves to the nearest zone first; default `false`.
    pub zone_affinity_enabled: Option<bool>,
    /// Mbit/s between regions, from 100; default 1,000 inside the Chinese mainland, else 100.
    pub cross_region_bandwidth: Option<i64>,
    /// A RAM policy as JSON text, for services that support it.
    pub policy_document: Option<String>,
    /// The resource group.
    pub resource_group_id: Option<String>,
    /// Tags, at most 20.
    #[serde(rename = "Tag")]
    pub tags: Vec<Tag>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(CreateVpcEndpointRequest => CreateVpcEndpoint, EndpointResponse);

/// A zone that an endpoint is to be in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointZone {
    /// The zone.
    pub zone_id: Option<String>,
    /// The consumer's subnet in it.
    pub v_switch_id: Option<String>,
    /// An address to take; the one parameter with a name in lower case.
    #[serde(rename = "ip")]
    pub ip: Option<String>,
    /// An IPv6 address to take, with `DualStack` only.
    pub ipv6_address: Option<String>,
}

/// The parameters of `GetVpcEndpointAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetVpcEndpointAttributeRequest {
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
}

request!(GetVpcEndpointAttributeRequest => GetVpcEndpointAttribute, EndpointResponse);

/// The parameters of `UpdateVpcEndpointAttribute`. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateVpcEndpointAttributeRequest {
    /// The endpoint.
    pub endpoint_id: String,
    /// 2 to 128 characters, letters, digits, `-` and `_`, a letter first.
    pub endpoint_name: Option<String>,
    /// 2 to 256 characters, not beginning with `http://` or `https://`.
    pub endpoint_description: Option<String>,
    /// `IPv4` or `DualStack`.
    pub address_ip_version: Option<String>,
    /// Mbit/s between regions, from 100; the account's quota is the upper bound.
    pub cross_region_bandwidth: Option<i64>,
    /// Whether the domain name resolves to the nearest zone first.
    pub zone_affinity_enabled: Option<bool>,
    /// A RAM policy as JSON text, for services that support it.
    pub policy_document: Option<String>,
    /// Back to the provider's default policy. Since December 2025.
    pub reset_policy: Option<bool>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(UpdateVpcEndpointAttributeRequest => UpdateVpcEndpointAttribute, Acknowledged);

/// The parameters of `DeleteVpcEndpoint`. Its zones must be taken off before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteVpcEndpointRequest {
    /// The endpoint.
    pub endpoint_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(DeleteVpcEndpointRequest => DeleteVpcEndpoint, Acknowledged);

/// The filters of `ListVpcEndpoints`, all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointsRequest {
    /// Exactly this endpoint.
    pub endpoint_id: Option<String>,
    /// Exactly this name.
    pub endpoint_name: Option<String>,
    /// `Interface`, `Reverse` or `GatewayLoadBalancer`.
    pub endpoint_type: Option<String>,
    /// Endpoints in this state.
    pub endpoint_status: Option<String>,
    /// Endpoints whose connection is in this state.
    pub connection_status: Option<String>,
    /// Endpoints of this service.
    pub service_name: Option<String>,
    /// Endpoints of services in this region.
    pub service_region_id: Option<String>,
    /// Endpoints in this network.
    pub vpc_id: Option<String>,
    /// Endpoints of this resource group.
    pub resource_group_id: Option<String>,
    /// `IPv4` or `DualStack`.
    pub address_ip_version: Option<String>,
    /// Endpoints that carry all of these tags.
    #[serde(rename = "Tag")]
    pub tags: Vec<Tag>,
}

list!(
    ListVpcEndpointsRequest => ListVpcEndpoints, ListVpcEndpointsResponse {
        /// The endpoints.
        endpoints: Endpoint
    },
    1000,
    |item| item.endpoint_id.clone()
);

/// The answer of `CreateVpcEndpoint` and of `GetVpcEndpointAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EndpointResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: Endpoint,
}

/// An endpoint as an answer shows it. Tags come in lists only; payer and protection in Get only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Endpoint {
    /// The id, `ep-…`.
    #[serde(deserialize_with = "text")]
    pub endpoint_id: Option<String>,
    /// The name.
    #[serde(deserialize_with = "text")]
    pub endpoint_name: Option<String>,
    /// What people read.
    #[serde(deserialize_with = "text")]
    pub endpoint_description: Option<String>,
    /// The domain name.
    #[serde(deserialize_with = "text")]
    pub endpoint_domain: Option<String>,
    /// The state as a text; see [`Endpoint::status`].
    #[serde(deserialize_with = "text")]
    pub endpoint_status: Option<String>,
    /// The business state as a text; see [`Endpoint::business_status`].
    #[serde(deserialize_with = "text")]
    pub endpoint_business_status: Option<String>,
    /// `Interface`, `Reverse` or `GatewayLoadBalancer`.
    #[serde(deserialize_with = "text")]
    pub endpoint_type: Option<String>,
    /// The state of the connection as a text; see [`Endpoint::connection`].
    #[serde(deserialize_with = "text")]
    pub connection_status: Option<String>,
    /// Mbit/s of the connection.
    #[serde(deserialize_with = "number")]
    pub bandwidth: Option<i64>,
    /// Mbit/s between regions.
    #[serde(deserialize_with = "number")]
    pub cross_region_bandwidth: Option<i64>,
    /// When it was created, UTC.
    #[serde(deserialize_with = "text")]
    pub create_time: Option<String>,
    /// The consumer's network.
    #[serde(deserialize_with = "text")]
    pub vpc_id: Option<String>,
    /// The service.
    #[serde(deserialize_with = "text")]
    pub service_id: Option<String>,
    /// The service's name.
    #[serde(deserialize_with = "text")]
    pub service_name: Option<String>,
    /// The service's region.
    #[serde(deserialize_with = "text")]
    pub service_region_id: Option<String>,
    /// The endpoint's region.
    #[serde(deserialize_with = "text")]
    pub region_id: Option<String>,
    /// The resource group.
    #[serde(deserialize_with = "text")]
    pub resource_group_id: Option<String>,
    /// `IPv4` or `DualStack`.
    #[serde(deserialize_with = "text")]
    pub address_ip_version: Option<String>,
    /// Whether the domain name resolves to the nearest zone first.
    #[serde(deserialize_with = "flag")]
    pub zone_affinity_enabled: Option<bool>,
    /// Whether both sides are the same account.
    #[serde(deserialize_with = "flag")]
    pub resource_owner: Option<bool>,
    /// `Endpoint` or `EndpointService`.
    #[serde(deserialize_with = "text")]
    pub payer: Option<String>,
    /// Whether it is under managed protection.
    #[serde(deserialize_with = "flag")]
    pub protected_enabled: Option<bool>,
    /// The endpoint policy as JSON text.
    #[serde(deserialize_with = "text")]
    pub policy_document: Option<String>,
    /// Addresses in each zone.
    #[serde(deserialize_with = "number")]
    pub zone_private_ip_address_count: Option<i64>,
    /// The tags.
    #[serde(deserialize_with = "list")]
    pub tags: Vec<Tag>,
}

impl Endpoint {
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> EndpointStatus {
        EndpointStatus::from_wire(self.endpoint_status.as_deref())
    }

    /// The business state; a text that is new is kept as it is.
    pub fn business_status(&self) -> BusinessStatus {
        BusinessStatus::from_wire(self.endpoint_business_status.as_deref())
    }

    /// The state of the connection; a text that is new is kept as it is.
    pub fn connection(&self) -> ConnectionStatus {
        ConnectionStatus::from_wire(self.connection_status.as_deref())
    }
}
