//! Which cluster this is.

use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client};

use super::KubernetesError;
use super::repeat::call;

/// The namespace that every cluster has from its first to its last day, so that its UID can stand for the cluster.
const CONSTANT_NAMESPACE: &str = "kube-system";

/// The UID of the namespace `kube-system`.
pub async fn cluster_uid(client: &Client, deadline: Duration) -> Result<String, KubernetesError> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = call(deadline, || namespaces.get(CONSTANT_NAMESPACE)).await?;
    namespace.metadata.uid.ok_or_else(|| KubernetesError::Invalid("the namespace kube-system has no UID".to_owned()))
}
