//! The side behind a proxy.

use std::fmt;
use std::path::Path;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::config::{KubeConfigOptions, Kubeconfig};
use url::Url;

use super::arrival::Side;
use super::error::ProxyError;

/// Whom a proxy forwards to. It keeps connections open, and is cheap to clone: one for all proxies of a runtime is enough.
#[derive(Clone)]
pub struct Upstream(pub(super) Target);

#[derive(Clone)]
pub(super) enum Target {
    Kubernetes(kube::Client),
    Cloud {
        client: HttpClient<HttpConnector, Full<Bytes>>,
        /// `host:port`.
        authority: String,
    },
}

impl Upstream {
    /// The API server of a kubeconfig, as its current user.
    ///
    /// Whoever reaches a proxy in front of it has the rights of that user.
    pub async fn kubernetes(kubeconfig: &Path) -> Result<Self, ProxyError> {
        let unreadable = |source| ProxyError::ReadKubeconfig { path: kubeconfig.to_owned(), source: Box::new(source) };
        let file = Kubeconfig::read_from(kubeconfig).map_err(unreadable)?;
        let options = KubeConfigOptions::default();
        let mut config = kube::Config::from_custom_kubeconfig(file, &options).await.map_err(unreadable)?;
        // What is sent twice here would look like the operator's doing.
        config.default_retry = false;
        // Only the caller knows how long it wants to wait.
        config.read_timeout = None;
        let client = kube::Client::try_from(config)
            .map_err(|source| ProxyError::MakeClient { path: kubeconfig.to_owned(), source: Box::new(source) })?;
        Ok(Self(Target::Kubernetes(client)))
    }

    /// The provider's API at `http://host:port`.
    pub fn cloud(base_url: &str) -> Result<Self, ProxyError> {
        let unusable = || ProxyError::ParseUrl { url: base_url.to_owned() };
        let url = Url::parse(base_url).map_err(|_| unusable())?;
        if url.scheme() != "http" || url.path() != "/" || !url.has_host() {
            return Err(unusable());
        }
        let mut connector = HttpConnector::new();
        // Calls are small and complete: waiting for more to send helps nobody.
        connector.set_nodelay(true);
        let client = HttpClient::builder(TokioExecutor::new()).build(connector);
        Ok(Self(Target::Cloud { client, authority: url.authority().to_owned() }))
    }

    /// Which side it is.
    pub fn side(&self) -> Side {
        match self.0 {
            Target::Kubernetes(_) => Side::Kubernetes,
            Target::Cloud { .. } => Side::Cloud,
        }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Upstream").field(&self.side()).finish()
    }
}
