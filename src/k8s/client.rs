//! The one client of the API server.

use std::time::Duration;

use kube::{Client, Config};

use super::error::chain;

/// Time to connect. A longer one lets a lost node eat a whole call's deadline.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither a kubeconfig nor a service account.
    #[error(
        "failed to find the Kubernetes API server: {0}; set KUBECONFIG to a kubeconfig file, or run in a pod with a service account"
    )]
    FindCluster(String),
    /// The configuration cannot be used.
    #[error("failed to make a Kubernetes client: {0}")]
    MakeClient(String),
}

/// Makes a client from `KUBECONFIG`, `~/.kube/config` or the service account of the pod, in this order. Connects to nobody yet.
pub async fn connect() -> Result<Client, ConnectError> {
    let mut config = Config::infer().await.map_err(|error| ConnectError::FindCluster(chain(&error)))?;
    // See `repeat`: fifteen doublings would hide an outage for minutes.
    config.default_retry = false;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    // A watch is silent for minutes; every other call has a deadline of its own.
    config.read_timeout = None;
    Client::try_from(config).map_err(|error| ConnectError::MakeClient(chain(&error)))
}
