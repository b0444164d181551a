//! The one Lease (coordination.k8s.io/v1) that candidates for the lead write to.

use std::fmt::Debug;
use std::time::Duration;

use futures::future::BoxFuture;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::PostParams;
use kube::{Api, Client};

use super::KubernetesError;
use super::repeat::call;
use crate::names::OBJECT_FIELD_MANAGER;

/// Reads and writes one Lease. Every call ends in time.
pub trait Leases: Send + Sync + Debug {
    /// `None`: there is none.
    fn read(&self) -> BoxFuture<'_, Result<Option<Lease>, KubernetesError>>;

    /// [`KubernetesError::Conflict`]: there is one. [`KubernetesError::Gone`]: there is no such namespace.
    fn create(&self, lease: Lease) -> BoxFuture<'_, Result<Lease, KubernetesError>>;

    /// Replaces the lease, if it is still at the resource version that this one has; otherwise [`KubernetesError::Conflict`].
    fn replace(&self, lease: Lease) -> BoxFuture<'_, Result<Lease, KubernetesError>>;
}

/// The Lease of a name in a namespace.
#[derive(Clone)]
pub struct NamedLease {
    leases: Api<Lease>,
    name: String,
    deadline: Duration,
}

impl NamedLease {
    pub fn new(client: Client, namespace: &str, name: String, deadline: Duration) -> Self {
        Self { leases: Api::namespaced(client, namespace), name, deadline }
    }
}

impl Leases for NamedLease {
    fn read(&self) -> BoxFuture<'_, Result<Option<Lease>, KubernetesError>> {
        Box::pin(async move {
            match call(self.deadline, || self.leases.get(&self.name)).await {
                Ok(lease) => Ok(Some(lease)),
                Err(KubernetesError::Gone) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn create(&self, lease: Lease) -> BoxFuture<'_, Result<Lease, KubernetesError>> {
        Box::pin(async move {
            let parameters = parameters();
            call(self.deadline, || self.leases.create(&parameters, &lease)).await
        })
    }

    fn replace(&self, lease: Lease) -> BoxFuture<'_, Result<Lease, KubernetesError>> {
        Box::pin(async move {
            let parameters = parameters();
            call(self.deadline, || self.leases.replace(&self.name, &parameters, &lease)).await
        })
    }
}

fn parameters() -> PostParams {
    PostParams { field_manager: Some(OBJECT_FIELD_MANAGER.to_owned()), ..PostParams::default() }
}

impl Debug for NamedLease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NamedLease").field("name", &self.name).finish_non_exhaustive()
    }
}
