//! The security groups of an endpoint, the consumer's side.

use cloud_core::lenient::text;
use serde::{Deserialize, Serialize};

use super::{Acknowledged, SecurityGroupStatus};
use crate::request::{list, request};

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

list!(
    ListVpcEndpointSecurityGroupsRequest => ListVpcEndpointSecurityGroups, ListVpcEndpointSecurityGroupsResponse {
        /// The security groups.
        security_groups: EndpointSecurityGroup
    },
    50,
    |item| item.security_group_id.clone()
);

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
    /// The state; a text that is new is kept as it is.
    pub fn status(&self) -> SecurityGroupStatus {
        SecurityGroupStatus::from_wire(self.security_group_status.as_deref())
    }
}
