//! What this room and the runtime have to know of a kind. Everything else about it is its own folder's.

use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, ObjectMeta};
use kube::core::object::HasStatus;
use kube::{CustomResourceExt, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A kind that the operator reconciles: a namespaced custom resource with a status.
pub trait Kind:
    Resource<DynamicType = (), Scope = NamespaceResourceScope>
    + HasStatus<Status: KindStatus>
    + CustomResourceExt
    + DeserializeOwned
    + Clone
    + Debug
    + Send
    + Sync
    + 'static
{
    /// Stands for an object that cannot be read, until it has left the store. Nobody looks at the spec of one.
    fn unreadable(metadata: ObjectMeta) -> Self;
}

/// The status of a kind. Its conditions follow the types of [`crate::crd::ConditionType`]; others may add theirs.
pub trait KindStatus: Serialize + DeserializeOwned + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// Generation of the spec that the status describes.
    fn observed_generation(&self) -> Option<i64>;

    fn conditions(&self) -> &[Condition];

    /// How many connections of consumers are in which state, where the kind has any: for the metric.
    fn connections_by_state(&self) -> Vec<(&'static str, u32)> {
        Vec::new()
    }
}

/// The status type of a kind.
pub type StatusOf<K> = <K as HasStatus>::Status;
