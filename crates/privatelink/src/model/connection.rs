//! Connections, as the provider of a service sees them.

use cloud_core::lenient::{flag, list, number, text};
use serde::{Deserialize, Serialize};

use super::{Acknowledged, ConnectionStatus, ZoneStatus};
use crate::request::{list, request};

/// The parameters of `EnableVpcEndpointConnection`: accepts a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnableVpcEndpointConnectionRequest {
    /// The service.
    pub service_id: String,
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
    /// Mbit/s: `nlb` 100–50,000, `alb` and `gwlb` 100–25,000, `slb` 100–10,240.
    pub bandwidth: Option<i64>,
    /// `Scalability` (the bandwidth is ignored) or `BandwidthLimit`. `slb` knows the second only, `gwlb` the first only.
    pub traffic_control_mode: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(EnableVpcEndpointConnectionRequest => EnableVpcEndpointConnection, Acknowledged);

/// The parameters of `DisableVpcEndpointConnection`: rejects or cuts a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisableVpcEndpointConnectionRequest {
    /// The service.
    pub service_id: String,
    /// The endpoint.
    pub endpoint_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(DisableVpcEndpointConnectionRequest => DisableVpcEndpointConnection, Acknowledged);

/// The parameters of `UpdateVpcEndpointConnectionAttribute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateVpcEndpointConnectionAttributeRequest {
    /// The service.
    pub service_id: String,
    /// The endpoint.
    pub endpoint_id: String,
    /// Mbit/s, in the bounds of [`EnableVpcEndpointConnectionRequest::bandwidth`].
    pub bandwidth: Option<i64>,
    /// `Scalability` or `BandwidthLimit`.
    pub traffic_control_mode: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(UpdateVpcEndpointConnectionAttributeRequest => UpdateVpcEndpointConnectionAttribute, Acknowledged);

/// The filters of `ListVpcEndpointConnections`, all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointConnectionsRequest {
    /// Connections to this service.
    pub service_id: Option<String>,
    /// The connection of this endpoint.
    pub endpoint_id: Option<String>,
    /// Connections of this consumer account.
    pub endpoint_owner_id: Option<String>,
    /// The connection with this network interface.
    pub eni_id: Option<String>,
    /// Connections that use this load balancer.
    pub resource_id: Option<String>,
    /// Connections that are moving away from this load balancer.
    pub replaced_resource_id: Option<String>,
    /// Connections whose endpoint is in this resource group.
    pub resource_group_id: Option<String>,
    /// Connections in this state.
    pub connection_status: Option<String>,
}

list!(
    ListVpcEndpointConnectionsRequest => ListVpcEndpointConnections, ListVpcEndpointConnectionsResponse {
        /// The connections.
        connections: Connection
    },
    1000,
    |item| {
        let endpoint = item.endpoint_id.as_deref()?;
        Some(format!("{endpoint} of {}", item.service_id.as_deref().unwrap_or_default()))
    }
);

/// An endpoint that is connected to a service or asks to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Connection {
    /// The service.
    #[serde(deserialize_with = "text")]
    pub service_id: Option<String>,
    /// The consumer's endpoint.
    #[serde(deserialize_with = "text")]
    pub endpoint_id: Option<String>,
    /// The consumer's network.
    #[serde(deserialize_with = "text")]
    pub endpoint_vpc_id: Option<String>,
    /// The consumer's account; comes as a number.
    #[serde(deserialize_with = "text")]
    pub endpoint_owner_id: Option<String>,
    /// The state as a text; see [`Connection::status`].
    #[serde(deserialize_with = "text")]
    pub connection_status: Option<String>,
    /// Mbit/s.
    #[serde(deserialize_with = "number")]
    pub bandwidth: Option<i64>,
    /// `Scalability` or `BandwidthLimit`.
    #[serde(deserialize_with = "text")]
    pub traffic_control_mode: Option<String>,
    /// When it last changed, UTC; there is no time of creation.
    #[serde(deserialize_with = "text")]
    pub modified_time: Option<String>,
    /// Whether both sides are the same account.
    #[serde(deserialize_with = "flag")]
    pub resource_owner: Option<bool>,
    /// The endpoint's resource group.
    #[serde(deserialize_with = "text")]
    pub resource_group_id: Option<String>,
    /// The endpoint's region.
    #[serde(deserialize_with = "text")]
    pub endpoint_region_id: Option<String>,
    /// The service's region.
    #[serde(deserialize_with = "text")]
    pub service_region_id: Option<String>,
    /// The zones of the endpoint.
    #[serde(deserialize_with = "list")]
    pub zones: Vec<ConnectionZone>,
}

impl Connection {
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> ConnectionStatus {
        ConnectionStatus::from_wire(self.connection_status.as_deref())
    }
}

/// One zone of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ConnectionZone {
    /// The zone.
    #[serde(deserialize_with = "text")]
    pub zone_id: Option<String>,
    /// The consumer's subnet.
    #[serde(deserialize_with = "text")]
    pub v_switch_id: Option<String>,
    /// The endpoint's network interface.
    #[serde(deserialize_with = "text")]
    pub eni_id: Option<String>,
    /// The load balancer behind it.
    #[serde(deserialize_with = "text")]
    pub resource_id: Option<String>,
    /// The domain name of the zone.
    #[serde(deserialize_with = "text")]
    pub zone_domain: Option<String>,
    /// The state as a text; see [`ConnectionZone::status`].
    #[serde(deserialize_with = "text")]
    pub zone_status: Option<String>,
    /// The load balancer that it is moving away from.
    #[serde(deserialize_with = "text")]
    pub replaced_resource_id: Option<String>,
    /// The network interface that it is moving away from.
    #[serde(deserialize_with = "text")]
    pub replaced_eni_id: Option<String>,
}

impl ConnectionZone {
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> ZoneStatus {
        ZoneStatus::from_wire(self.zone_status.as_deref())
    }
}
