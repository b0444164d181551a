//! What the operator reports about a `VpcEndpointService`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::condition::ConditionType;
use super::values::{AttachmentState, ConnectionDecision};

/// What the operator last saw. A field that is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcEndpointServiceStatus {
    /// Generation of the spec that the rest of the status describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub observed_generation: Option<i64>,

    /// Id of the endpoint service, `epsrv-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub service_id: Option<String>,

    /// Name of the endpoint service, which consumers give to make an endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub service_name: Option<String>,

    /// Domain name of the endpoint service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub service_domain: Option<String>,

    /// State of the service as the provider gives it: `Creating`, `Pending`, `Active` or `Deleting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub service_status: Option<String>,

    /// Business state of the service as the provider gives it: `Normal`, or why it is locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub service_business_status: Option<String>,

    /// When the provider made the service, in the provider's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub create_time: Option<String>,

    /// IP version of the service in the cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16))]
    pub address_ip_version: Option<String>,

    /// Region that the service lives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub region: Option<String>,

    /// Alibaba Cloud account that the service lives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 19))]
    pub account_id: Option<String>,

    /// Zones in which consumers can reach the service, from its attachments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), inner(length(max = 40)))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub zone_ids: Vec<String>,

    /// 0 for the first service that was made for this object, then 1, and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub incarnation: Option<u32>,

    /// Attachments: one entry a load balancer and zone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub resources: Vec<ResourceStatus>,

    /// Connections of consumers, at most 50; `connectionCounts` counts all of them. Written while the spec has
    /// `connections` and while the object is being deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub connections: Vec<ConnectionStatus>,

    /// Number of connections by what became of them, never capped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_counts: Option<ConnectionCounts>,

    /// Differences between spec and cloud that are not repaired, or not yet; at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub drift: Vec<Drift>,

    /// What the operator would do, one line a step, at most 64; only under `managementPolicy` `Plan` and `Observe`. Under `Plan` each
    /// line ends with what the provider's dry run said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 256)))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub plan: Vec<String>,

    /// The provider's last refusal. It goes when a later call succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,

    /// When everything had been looked at afresh after the newest change of the annotation
    /// `privatelink.alibabacloud.com/reconcile-requested-at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_refresh_time: Option<Time>,

    /// ConfigMaps that this object was exported to and that are not known to be gone: the one that `exportTo` names, and one that it named before until that
    /// is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(max = 253)))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub exported_config_maps: Vec<String>,

    /// Conditions: `Ready` always; `Reconciling`, `Stalled`, `Drifted` and `ConnectionsPending` only while they are true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

impl VpcEndpointServiceStatus {
    /// The condition of that type, where there is one.
    pub fn condition(&self, kind: ConditionType) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.type_ == kind.as_str())
    }
}

/// One load balancer in one zone behind the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceStatus {
    /// Id of the load balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub resource_id: Option<String>,

    /// Zone of the attachment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub zone_id: Option<String>,

    /// `Attaching`, `Attached` or `Detaching`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AttachmentState>,

    /// Number of endpoints that use the attachment; it can go only when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub related_endpoint_count: Option<i64>,

    /// Number of endpoints whose connections were moved to another load balancer and still have traffic here; it can go only when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub related_deprecated_endpoint_count: Option<i64>,

    /// Name of the Service that the load balancer came from; unset when the spec names the load balancer itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub from: Option<String>,
}

/// One consumer's connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// Id of the consumer's endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub endpoint_id: Option<String>,

    /// Account of the consumer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 19))]
    pub account_id: Option<String>,

    /// VPC of the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub vpc_id: Option<String>,

    /// State of the connection as the provider gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub status: Option<String>,

    /// What the rules of the spec say about it: `Accept`, `Reject` or `Hold`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ConnectionDecision>,

    /// Bandwidth of the connection in Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth_mbps: Option<i32>,
}

/// Number of connections by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCounts {
    /// Connections that are up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub connected: Option<u32>,

    /// Requests that wait for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub held: Option<u32>,

    /// Requests that a rule refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub rejected: Option<u32>,

    /// Connections on their way from one state to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub in_transition: Option<u32>,
}

/// One difference between spec and cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Path of the field in the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub field: Option<String>,

    /// What the spec asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub wanted: Option<String>,

    /// What the cloud has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub found: Option<String>,
}

/// The provider's last refusal. Written again only when code, message or a condition changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastError {
    /// The provider's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub code: Option<String>,

    /// The provider's message; never that of a signature error, which echoes the signed request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1024))]
    pub message: Option<String>,

    /// Request id to give to the provider's support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub request_id: Option<String>,

    /// When the call was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}
