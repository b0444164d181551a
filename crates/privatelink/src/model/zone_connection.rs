//! Single zones of a connection, as the provider of a service handles them.

use serde::Serialize;

use super::Acknowledged;
use crate::request::request;

/// The parameters of `EnableVpcEndpointZoneConnection`: accepts one zone of an endpoint.
///
/// The connection must be `Connected` and the zone `Disconnected`; the zone is `Connecting` until it is `Connected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnableVpcEndpointZoneConnectionRequest {
    /// The service.
    pub service_id: String,
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
    /// The zone, such as `cn-hangzhou-b`.
    pub zone_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(EnableVpcEndpointZoneConnectionRequest => EnableVpcEndpointZoneConnection, Acknowledged);

/// The parameters of `DisableVpcEndpointZoneConnection`: cuts one zone of an endpoint.
///
/// The connection must be `Connected` and the zone `Connected` or `Migrated`; the zone is `Disconnecting` until it is
/// `Disconnected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DisableVpcEndpointZoneConnectionRequest {
    /// The service.
    pub service_id: String,
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
    /// The zone.
    pub zone_id: String,
    /// In a zone that has `Migrated`: cut what still runs over the load balancer it came from. Default `false`.
    pub replaced_resource: Option<bool>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(DisableVpcEndpointZoneConnectionRequest => DisableVpcEndpointZoneConnection, Acknowledged);

/// The parameters of `UpdateVpcEndpointZoneConnectionResourceAttribute`: chooses the load balancer behind one zone, or moves
/// the zone to another one.
///
/// For accounts that are allow-listed (`privatelink_whitelist/svc_res_mgt_uat`), and not for `nlb`. The load balancer in
/// use must be out of automatic allocation. The service is `Pending` until it is `Active` again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateVpcEndpointZoneConnectionResourceAttributeRequest {
    /// The service.
    pub service_id: String,
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
    /// The zone.
    pub zone_id: String,
    /// `Auto` or `Manual`, while the connection is `Disconnected`. `Manual` needs the load balancer's id and type.
    pub resource_allocate_mode: Option<String>,
    /// `Graceful` or `Force`, while the connection is `Connected`. Needs the load balancer's id and type.
    pub resource_replace_mode: Option<String>,
    /// The load balancer to use.
    pub resource_id: Option<String>,
    /// Its type, `slb` or `alb`.
    pub resource_type: Option<String>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(
    UpdateVpcEndpointZoneConnectionResourceAttributeRequest => UpdateVpcEndpointZoneConnectionResourceAttribute,
    Acknowledged
);
