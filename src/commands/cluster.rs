//! The cluster as a command reaches it, and its id.

use std::fmt;
use std::time::Duration;

use kube::Client;

use crate::args::Proxies;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::client::{ConnectError, connect};
use crate::kubernetes::cluster::cluster_uid;
use crate::settings::{SettingsError, checked_cluster_id};

/// Why there is no cluster to ask.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error("{0}")]
    Connect(ConnectError),
    #[error("{0}")]
    ClusterId(SettingsError),
    #[error(
        "failed to use --offline without --cluster-id: give the one that the operator runs with, or the UID of the namespace kube-system"
    )]
    ClusterIdMissing,
    #[error(
        "failed to read the namespace kube-system, whose UID is the cluster id: {0}; give the operator's with --cluster-id"
    )]
    ReadClusterId(KubernetesError),
}

/// A cluster and its id in the owner tags.
#[derive(Clone)]
pub(super) struct Cluster {
    /// `None`: nobody is to be asked.
    pub(super) client: Option<Client>,
    pub(super) id: String,
    /// Of one call.
    pub(super) deadline: Duration,
}

impl Cluster {
    /// The cluster that the kubeconfig is for now.
    pub(super) async fn find(cluster_id: Option<String>, deadline: Duration) -> Result<Self, ClusterError> {
        Self::over(client().await?, cluster_id, deadline).await
    }

    /// The cluster that this client reaches.
    pub(super) async fn over(
        client: Client,
        cluster_id: Option<String>,
        deadline: Duration,
    ) -> Result<Self, ClusterError> {
        let id = match given(cluster_id)? {
            Some(id) => id,
            None => cluster_uid(&client, deadline).await.map_err(ClusterError::ReadClusterId)?,
        };
        Ok(Self { client: Some(client), id, deadline })
    }

    /// None that would be asked.
    pub(super) fn offline(cluster_id: Option<String>, deadline: Duration) -> Result<Self, ClusterError> {
        Ok(Self { client: None, id: given(cluster_id)?.ok_or(ClusterError::ClusterIdMissing)?, deadline })
    }

    /// The namespace of what names none.
    pub(super) fn default_namespace(&self) -> &str {
        self.client.as_ref().map_or("default", Client::default_namespace)
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client: _, id, deadline } = self;
        f.debug_struct("Cluster").field("id", id).field("deadline", deadline).finish_non_exhaustive()
    }
}

/// A client of the API server. Sends nothing yet.
pub(super) async fn client() -> Result<Client, ClusterError> {
    connect(&Proxies::from_process()).await.map_err(ClusterError::Connect)
}

fn given(cluster_id: Option<String>) -> Result<Option<String>, ClusterError> {
    let typed = cluster_id.filter(|id| !id.is_empty());
    typed.map(checked_cluster_id).transpose().map_err(ClusterError::ClusterId)
}
