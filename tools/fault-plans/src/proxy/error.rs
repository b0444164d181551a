//! Why there is no proxy.

use std::path::PathBuf;

/// A proxy could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// No port could be had.
    #[error("failed to listen on a loopback port")]
    Listen(#[source] std::io::Error),
    /// The kubeconfig of the upstream is not there or not readable.
    #[error("failed to read the kubeconfig {path}", path = .path.display())]
    ReadKubeconfig {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<kube::config::KubeconfigError>,
    },
    /// No client can be made from the kubeconfig of the upstream.
    #[error("failed to make a client from the kubeconfig {path}", path = .path.display())]
    MakeClient {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<kube::Error>,
    },
    /// The base URL of the cloud is not `http://host:port`.
    #[error("failed to understand {url:?} as http://host:port")]
    ParseUrl {
        /// As given.
        url: String,
    },
    /// The kubeconfig of the operator could not be written.
    #[error("failed to write the kubeconfig {path}", path = .path.display())]
    WriteKubeconfig {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
