//! The load balancers behind a service.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::values::WhenReplaced;

/// One load balancer behind the service. Exactly one of `resourceId` and `serviceRef` is required.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.resourceId) != has(self.serviceRef)")
    .message("exactly one of resourceId and serviceRef is required"))]
pub struct ResourceSpec {
    /// Id of the load balancer. It begins with `lb-` when `serviceResourceType` is `slb`, else with `alb-`, `nlb-` or
    /// `gwlb-`. Each id may be listed once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^(lb|alb|nlb|gwlb)-[a-z0-9]+$"))]
    pub resource_id: Option<String>,

    /// A Service of type LoadBalancer in the namespace of this object, served by the cloud controller manager of Alibaba Cloud; the load balancer
    /// that its label `service.k8s.alibaba/loadbalancer-id` names is used, and followed when the label changes. Each Service may be listed once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_ref: Option<ServiceRef>,

    /// Zones of the load balancer in which consumers can reach the service, 1 to 16. Unset means every zone of the load balancer, read from its own
    /// API and followed when it changes, for which the credentials need a right of its product; a list that is set counts and needs none. Not used
    /// for `slb`, whose zone comes with the load balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1, max = 16),
        inner(length(min = 3, max = 40), regex(pattern = r"^[a-z]{2}(-[a-z0-9]+)+$"))
    )]
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub zone_ids: Option<Vec<String>>,

    /// Whether the cloud gives new connections to this load balancer by itself. Unset means true. In each zone at least one load balancer must
    /// keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_allocated_enabled: Option<bool>,

    /// How live connections leave a load balancer that is taken out of a zone of this entry, which takes its place: `Drain` (the default) waits
    /// until their owners have disconnected or deleted the endpoints, `Migrate` moves them to the load balancer of this entry, one at a time, without
    /// cutting them off. `slb` and `alb` only, and only in accounts with the provider's privilege quota `privatelink_whitelist/svc_res_mgt_uat`;
    /// where the provider refuses to move a connection, it is waited for as under `Drain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_replaced: Option<WhenReplaced>,
}

/// A Service in the namespace of the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRef {
    /// Name of the Service.
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
}
