//! The zones of an endpoint, the consumer's side.

use cloud_core::lenient::text;
use serde::{Deserialize, Serialize};

use super::{Acknowledged, ZoneStatus};
use crate::request::{list, request};

/// The parameters of `AddZoneToVpcEndpoint`.
///
/// The zone is `Creating`, then `Wait` while the connection is not accepted, else `Connected`. The service must have a load
/// balancer in it. How many zones an endpoint may have is a quota of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddZoneToVpcEndpointRequest {
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
    /// The zone to be in, such as `cn-hangzhou-b`.
    pub zone_id: String,
    /// The consumer's subnet in it, `vsw-…`.
    pub v_switch_id: String,
    /// An IPv4 address of the subnet to take; the one parameter with a name in lower case. The provider chooses without it.
    #[serde(rename = "ip")]
    pub ip: Option<String>,
    /// An IPv6 address of the subnet to take, with `DualStack` only.
    pub ipv6_address: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(AddZoneToVpcEndpointRequest => AddZoneToVpcEndpoint, Acknowledged);

/// The parameters of `RemoveZoneFromVpcEndpoint`. The zone is `Deleting` until the list has it no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveZoneFromVpcEndpointRequest {
    /// The endpoint.
    pub endpoint_id: String,
    /// The zone to leave.
    pub zone_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(RemoveZoneFromVpcEndpointRequest => RemoveZoneFromVpcEndpoint, Acknowledged);

/// The parameters of `ListVpcEndpointZones`. It has no filters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointZonesRequest {
    /// The endpoint.
    pub endpoint_id: String,
}

list!(
    ListVpcEndpointZonesRequest => ListVpcEndpointZones, ListVpcEndpointZonesResponse {
        /// The zones.
        zones: ZoneOfEndpoint
    },
    1000,
    |item| item.zone_id.clone()
);

/// A zone that an endpoint is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ZoneOfEndpoint {
    /// The zone.
    #[serde(deserialize_with = "text")]
    pub zone_id: Option<String>,
    /// The state as a text; see [`ZoneOfEndpoint::status`].
    #[serde(deserialize_with = "text")]
    pub zone_status: Option<String>,
    /// The consumer's subnet.
    #[serde(deserialize_with = "text")]
    pub v_switch_id: Option<String>,
    /// The endpoint's network interface in the zone.
    #[serde(deserialize_with = "text")]
    pub eni_id: Option<String>,
    /// Its IPv4 address.
    #[serde(deserialize_with = "text")]
    pub eni_ip: Option<String>,
    /// Its IPv6 address, with `DualStack`.
    #[serde(deserialize_with = "text")]
    pub zone_ipv6_address: Option<String>,
    /// The domain name of the endpoint in this zone alone.
    #[serde(deserialize_with = "text")]
    pub zone_domain: Option<String>,
    /// The region.
    #[serde(deserialize_with = "text")]
    pub region_id: Option<String>,
}

impl ZoneOfEndpoint {
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> ZoneStatus {
        ZoneStatus::from_wire(self.zone_status.as_deref())
    }
}
