//! The security groups of an endpoint, the consumer's side.

use serde::{Deserialize, Serialize};

use super::lenient::{count, list, text};
use super::{Acknowledged, SecurityGroupStatus};
use crate::request::{List, Page, request};

/// The parameters of `AttachSecurityGroupToVpcEndpoint`. The endpoint is `Pending` until it is `Active` again.
///
/// All groups of an endpoint must be of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachSecurityGroupToVpcEndpointRequest {
    /// The endpoint, `ep-…`.
    pub endpoint_id: String,
    /// The security group, `sg-…`.
    pub security_group_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(AttachSecurityGroupToVpcEndpointRequest => AttachSecurityGroupToVpcEndpoint, Acknowledged);

/// The parameters of `DetachSecurityGroupFromVpcEndpoint`. The endpoint is `Pending` until it is `Active` again.
///
/// An `Interface` endpoint must keep one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetachSecurityGroupFromVpcEndpointRequest {
    /// The endpoint.
    pub endpoint_id: String,
    /// The security group.
    pub security_group_id: String,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(DetachSecurityGroupFromVpcEndpointRequest => DetachSecurityGroupFromVpcEndpoint, Acknowledged);

/// The parameters of `ListVpcEndpointSecurityGroups`. It has no filters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListVpcEndpointSecurityGroupsRequest {
    /// The endpoint.
    pub endpoint_id: String,
}

request!(ListVpcEndpointSecurityGroupsRequest => ListVpcEndpointSecurityGroups, ListVpcEndpointSecurityGroupsResponse);

impl List for ListVpcEndpointSecurityGroupsRequest {
    type Item = EndpointSecurityGroup;
    const MAX_RESULTS: Option<u32> = Some(50);

    fn page(&self, answer: Self::Answer) -> Page<Self::Item> {
        Page { items: answer.security_groups, next_token: answer.next_token, total_count: answer.total_count }
    }

    fn identity(item: &Self::Item) -> Option<String> {
        item.security_group_id.clone()
    }
}

/// One page of `ListVpcEndpointSecurityGroups`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ListVpcEndpointSecurityGroupsResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// How many entries the page may hold.
    #[serde(deserialize_with = "count")]
    pub max_results: Option<u64>,
    /// Where the next page begins.
    #[serde(deserialize_with = "text")]
    pub next_token: Option<String>,
    /// How many security groups there are on all pages.
    #[serde(deserialize_with = "count")]
    pub total_count: Option<u64>,
    /// The security groups.
    #[serde(deserialize_with = "list")]
    pub security_groups: Vec<EndpointSecurityGroup>,
}

/// A security group that an endpoint is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct EndpointSecurityGroup {
    /// The security group.
    #[serde(deserialize_with = "text")]
    pub security_group_id: Option<String>,
    /// The state as a text; see [`EndpointSecurityGroup::status`].
    #[serde(deserialize_with = "text")]
    pub security_group_status: Option<String>,
}

impl EndpointSecurityGroup {
    /// The state, with a door for texts that are new.
    pub fn status(&self) -> SecurityGroupStatus {
        SecurityGroupStatus::from_wire(self.security_group_status.as_deref())
    }
}
