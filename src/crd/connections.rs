//! What becomes of consumers' connection requests.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::values::{ConnectionDecision, TrafficControlMode, WhenNoLongerAllowed};

/// How connection requests are answered: the first rule that matches decides, else the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionsSpec {
    /// Answer to a request that no rule matches: `Hold` (the default) leaves it to a person, `Accept`, `Reject`.
    #[serde(default)]
    pub default: ConnectionDecision,

    /// What becomes of a live connection that no rule accepts any more: `Keep` (the default) or `Disconnect`.
    #[serde(default)]
    pub when_no_longer_allowed: WhenNoLongerAllowed,

    /// Rules in order, 1 to 100; the first that matches a request decides. Unset means that the default decides all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub rules: Option<Vec<ConnectionRule>>,
}

/// One rule for connection requests. It names at least one of `accountId`, `endpointId`, `vpcId`, and matches a request
/// when all that it names are equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("has(self.accountId) || has(self.endpointId) || has(self.vpcId)")
        .message("a rule names at least one of accountId, endpointId, vpcId; for the rest use connections.default"),
    validation = Rule::new("self.action == 'Accept' || (!has(self.bandwidthMbps) && !has(self.trafficControlMode))")
        .message("bandwidthMbps and trafficControlMode go with action Accept only"),
    validation = Rule::new("!has(self.bandwidthMbps) || !has(self.trafficControlMode) || self.trafficControlMode == 'BandwidthLimit'")
        .message("bandwidthMbps has no meaning with trafficControlMode Scalability")
)]
pub struct ConnectionRule {
    /// Alibaba Cloud account of the consumer, in digits. Unset matches every account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 19), regex(pattern = r"^[0-9]+$"))]
    pub account_id: Option<String>,

    /// Id of the consumer's endpoint, `ep-…`. Unset matches every endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^ep-[a-z0-9]+$"))]
    pub endpoint_id: Option<String>,

    /// Id of the consumer's VPC, `vpc-…`. Unset matches every VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^vpc-[a-z0-9]+$"))]
    pub vpc_id: Option<String>,

    /// Answer to the request: `Accept`, `Reject` or `Hold`.
    pub action: ConnectionDecision,

    /// Bandwidth of an accepted connection in Mbit/s, at least 100, at most 10240 for `slb`, 25000 for `alb` and `gwlb`,
    /// 50000 for `nlb`. Only with `Accept`, and not with `Scalability`. Unset leaves it as the cloud has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 50_000))]
    pub bandwidth_mbps: Option<u32>,

    /// Traffic control of an accepted connection: `Scalability` or `BandwidthLimit` (`slb` only the latter, `gwlb` only
    /// the former). Only with `Accept`. Unset leaves it as the cloud has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_control_mode: Option<TrafficControlMode>,
}
