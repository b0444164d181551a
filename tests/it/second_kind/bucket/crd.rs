//! What a user writes, and what is reported.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, ObjectMeta};
use kube::{CustomResource, KubeSchema};
use privatelink_operator::kubernetes::{Kind, KindStatus};
use serde::{Deserialize, Serialize};

#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "second.example.com",
    version = "v1",
    kind = "Bucket",
    plural = "buckets",
    namespaced,
    status = "BucketStatus",
    derive = "PartialEq"
)]
pub(crate) struct BucketSpec {
    pub(crate) size: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BucketStatus {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) observed_generation: Option<i64>,

    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<i64>,

    /// Never written by the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,

    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub(crate) conditions: Vec<Condition>,
}

impl Kind for Bucket {
    fn unreadable(metadata: ObjectMeta) -> Self {
        Self { metadata, spec: BucketSpec { size: 0 }, status: None }
    }
}

impl KindStatus for BucketStatus {
    fn observed_generation(&self) -> Option<i64> {
        self.observed_generation
    }

    fn conditions(&self) -> &[Condition] {
        &self.conditions
    }
}

/// The condition `Ready`, of the newest generation.
pub(crate) fn ready(object: &Bucket) -> Option<&Condition> {
    let status = object.status.as_ref().filter(|status| status.observed_generation == object.metadata.generation)?;
    status.conditions.iter().find(|condition| condition.type_ == "Ready")
}
