//! What no document says: a choice each, with the likelier one as the default.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Migration, Switch};

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
    /// What becomes of `ConnectBandwidth` for resource types other than `slb` and `alb`. Default `ignored`.
    pub other_connect_bandwidth: OtherConnectBandwidth,
    /// Whether ids and ARNs of the whitelist are one list. Default `one`.
    pub user_lists: UserLists,
    /// Which of two separate lists holds the owner of a new service. Default `ids`.
    pub owner_among: OwnerAmong,
    /// What `TotalCount` of the whitelist counts. Default `asked`.
    pub user_total: UserTotal,
    /// Whether `TotalCount` of `ListVpcEndpointServices` leaves the tag filter out, and counts more than the answer shows.
    /// Default off.
    pub total_ignores_tags: Switch,
    /// How descriptions of services are kept. Default `as_sent`.
    pub descriptions: StoredText,
    /// How values of tags are kept. Default `as_sent`.
    pub tag_values: StoredText,
    /// What an empty `ServiceDescription` in an update does. Default `clears`.
    pub empty_description: EmptyDescription,
    /// `AutoAllocatedEnabled` of a new attachment. Default on; samples of the reference say off.
    pub auto_allocated: Switch,
    /// Regions in which services of type `gwlb` are not offered (`UnsupportedFeature.GWLB`); `*` is all. Default none.
    pub no_gwlb: BTreeSet<String>,
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
    /// How connections move to another load balancer.
    pub migration: Migration,
}

/// Writes that Terraform's provider does not repeat on `EndpointServiceOperationDenied`.
const NOT_REPEATED: &[&str] = &[
    "AddUserToVpcEndpointService",
    "DeleteVpcEndpointService",
    "DetachResourceFromVpcEndpointService",
    "RemoveUserFromVpcEndpointService",
];

impl Guesses {
    /// Whether services of type `gwlb` are offered in a region.
    pub(crate) fn offers_gwlb(&self, region: &str) -> bool {
        !self.no_gwlb.contains("*") && !self.no_gwlb.contains(region)
    }

    /// Whether `ConnectBandwidth` of a resource type is set when it is given.
    pub(crate) fn sets_connect_bandwidth(&self, resource_type: &str) -> bool {
        matches!(resource_type, "slb" | "alb") || self.other_connect_bandwidth == OtherConnectBandwidth::Accepted
    }
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            missing_parameter: MissingParameterStyle::Product,
            too_many_resources: TooManyResources::Quota,
            delete_drops_attachments: Switch::On,
            deletion_blocked_by: DeletionBlockedBy::LiveConnections,
            endpoint_zones_go_first: Switch::On,
            other_connect_bandwidth: OtherConnectBandwidth::Ignored,
            user_lists: UserLists::One,
            owner_among: OwnerAmong::Ids,
            user_total: UserTotal::Asked,
            total_ignores_tags: Switch::Off,
            descriptions: StoredText::AsSent,
            tag_values: StoredText::AsSent,
            empty_description: EmptyDescription::Clears,
            auto_allocated: Switch::On,
            no_gwlb: BTreeSet::new(),
            endpoint_policies: Switch::Off,
            no_zone_affinity: BTreeSet::new(),
            closed_regions_stay: Switch::On,
            dry_run_status: 400,
            pending_is_locked: Switch::Off,
            created_is_active: Switch::Off,
            work_while_pending: NOT_REPEATED.iter().copied().map(str::to_owned).collect(),
            migration: Migration::default(),
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

/// What becomes of `ConnectBandwidth` for resource types other than `slb` and `alb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherConnectBandwidth {
    /// The call succeeds and changes nothing.
    Ignored,
    /// It is set, as Terraform documents it, and not shown.
    Accepted,
    /// `UpdateBandWidthUnSupported`.
    Refused,
}

/// Whether ids and ARNs of the whitelist are one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserLists {
    /// One list, shown in the spelling asked for.
    One,
    /// Two lists: each shows, adds and removes what was named in its own spelling. Who is on either may connect.
    Separate,
}

/// Which of two separate lists holds the owner of a new service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerAmong {
    /// The ids.
    Ids,
    /// The ARNs.
    Arns,
    /// Both.
    Both,
}

/// What `TotalCount` of the whitelist counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserTotal {
    /// The entries in the spelling asked for.
    Asked,
    /// The entries in both spellings.
    Both,
}

/// How a text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredText {
    /// As it was sent.
    AsSent,
    /// Without blanks at both ends.
    Trimmed,
    /// In lower case.
    Folded,
    /// Not at all: the call succeeds, and the text stays as it was, in a create empty.
    Ignored,
}

impl StoredText {
    /// What is kept of a text; none where it is ignored.
    pub(crate) fn keep(self, text: &str) -> Option<String> {
        match self {
            Self::AsSent => Some(text.to_owned()),
            Self::Trimmed => Some(text.trim().to_owned()),
            Self::Folded => Some(text.to_lowercase()),
            Self::Ignored => None,
        }
    }
}

/// What an empty `ServiceDescription` in an update does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyDescription {
    /// It clears the description.
    Clears,
    /// It counts as not given.
    Ignored,
}
