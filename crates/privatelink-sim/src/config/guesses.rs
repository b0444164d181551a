//! What no document says: a choice each, with the likelier one as the default.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Switch;

/// Decisions that the published material leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guesses {
    /// How a missing required parameter is answered. Default `product`.
    pub missing_parameter: MissingParameterStyle,
    /// How more than ten resources in one create are answered. Default `quota`.
    pub too_many_resources: TooManyResources,
    /// Whether deleting a service drops its attachments, as two acceptance tests of Terraform's provider need it (default); off:
    /// `EndpointServiceDependenceViolation` while attachments are left.
    pub delete_drops_attachments: Switch,
    /// What refuses the deletion of a service. Default `live_connections`.
    pub deletion_blocked_by: DeletionBlockedBy,
    /// Whether an endpoint's zones must go before it does. Default on: `EndpointDependenceViolation`.
    pub endpoint_zones_go_first: Switch,
    /// Whether `ConnectBandwidth` can be set for resource types other than `slb` and `alb`; off:
    /// `UpdateBandWidthUnSupported`. Default on, as Terraform documents it.
    pub connect_bandwidth_for_all: Switch,
    /// Whether endpoints may have a policy; off (default): `OperationDenied.EndpointPolicyNotSupport`.
    pub endpoint_policies: Switch,
    /// Resource types whose services cannot have zone affinity (`OperationDenied.ZoneAffinityNotSupport`). Default none.
    pub no_zone_affinity: BTreeSet<String>,
    /// Whether removed supported regions stay listed as `Closed`. Default on, as Terraform found it.
    pub closed_regions_stay: Switch,
    /// Whether `DryRunOperation` is answered with 400 or another status. Default 400.
    pub dry_run_status: u16,
    /// Whether a service that does not bear a change answers `EndpointServiceLocked` while `Pending`; off (default):
    /// `EndpointServiceOperationDenied` in every state but `Active`.
    pub pending_is_locked: Switch,
    /// Whether a create answers `Active`, as the sample answer of the reference does, though the service is `Creating`. Default
    /// off.
    pub created_is_active: Switch,
    /// Writes that a service bears while it is `Pending`. Default `AddUserToVpcEndpointService`,
    /// `RemoveUserFromVpcEndpointService`, `DetachResourceFromVpcEndpointService` and `DeleteVpcEndpointService`: Terraform
    /// does not repeat them when they are denied, although it makes them side by side with calls that lead to `Pending`.
    /// Empty: every write needs `Active`, as the reference says.
    pub work_while_pending: BTreeSet<String>,
}

/// Writes that Terraform's provider does not repeat on `EndpointServiceOperationDenied`.
const NOT_REPEATED: &[&str] = &[
    "AddUserToVpcEndpointService",
    "DeleteVpcEndpointService",
    "DetachResourceFromVpcEndpointService",
    "RemoveUserFromVpcEndpointService",
];

impl Default for Guesses {
    fn default() -> Self {
        Self {
            missing_parameter: MissingParameterStyle::Product,
            too_many_resources: TooManyResources::Quota,
            delete_drops_attachments: Switch::On,
            deletion_blocked_by: DeletionBlockedBy::LiveConnections,
            endpoint_zones_go_first: Switch::On,
            connect_bandwidth_for_all: Switch::On,
            endpoint_policies: Switch::Off,
            no_zone_affinity: BTreeSet::new(),
            closed_regions_stay: Switch::On,
            dry_run_status: 400,
            pending_is_locked: Switch::Off,
            created_is_active: Switch::Off,
            work_while_pending: NOT_REPEATED.iter().copied().map(str::to_owned).collect(),
        }
    }
}

/// Who notices that a required parameter is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingParameterStyle {
    /// The product: `MissingParam.RegionId`.
    Product,
    /// The gateway: `MissingRegionId`.
    Gateway,
}

/// How an over-long list of resources is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TooManyResources {
    /// `QuotaMisMatched`.
    Quota,
    /// `IllegalParamFormat.Resource`.
    Format,
}

/// What stands in the way of deleting a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionBlockedBy {
    /// Connections that are not `Disconnected`: `EndpointServiceConnectionDependence`.
    LiveConnections,
    /// Any endpoint at all: `DeleteFailedDueToEndpointExist` for disconnected ones.
    AnyEndpoint,
}
