//! The one client of the API server.

use std::time::Duration;

use axum::http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::error::chain;
use crate::args::Proxies;

/// Time to connect. A longer one lets a lost node eat a whole call's deadline.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// To read the configuration and to run the program that it may name for credentials.
const CONFIGURE_WITHIN: Duration = Duration::from_secs(30);

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
    #[error(
        "failed to use HTTPS_PROXY for the Kubernetes API server: {0}; give a URL such as http://proxy.example.com:3128"
    )]
    Proxy(String),
}

/// Makes a client from `KUBECONFIG`, `~/.kube/config` or the service account of the pod, in this order. Connects to nobody yet.
pub async fn connect(proxies: &Proxies) -> Result<Client, ConnectError> {
    let mut config = timeout(CONFIGURE_WITHIN, configuration(proxies)).await.unwrap_or_else(|_| {
        Err(ConnectError::FindCluster(format!("its configuration could not be read within {CONFIGURE_WITHIN:?}")))
    })?;
    // See `repeat`: fifteen doublings would hide an outage for minutes.
    config.default_retry = false;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    // A watch is silent for a minute; every other call has a deadline of its own.
    config.read_timeout = None;
    // It may run a program for credentials, and waits for it.
    let runtime = tokio::runtime::Handle::current();
    let made = spawn_blocking(move || {
        let _entered = runtime.enter();
        Client::try_from(config)
    });
    match timeout(CONFIGURE_WITHIN, made).await {
        Ok(Ok(made)) => made.map_err(|error| ConnectError::MakeClient(chain(&error))),
        Ok(Err(error)) => Err(ConnectError::MakeClient(error.to_string())),
        Err(_) => Err(ConnectError::MakeClient(format!("it was not ready within {CONFIGURE_WITHIN:?}"))),
    }
}

/// The API server of the pod's own cluster is never behind a proxy; one that a kubeconfig names may be.
async fn configuration(proxies: &Proxies) -> Result<Config, ConnectError> {
    if let Ok(mut config) = Config::from_kubeconfig(&KubeConfigOptions::default()).await {
        let named = Kubeconfig::read().ok().and_then(|file| named_proxy(&file));
        config.proxy_url = proxy(proxies, &config.cluster_url, named.as_deref())?;
        return Ok(config);
    }
    Config::infer().await.map_err(|error| ConnectError::FindCluster(chain(&error)))
}

/// The proxy of the cluster that the kubeconfig is for now.
fn named_proxy(file: &Kubeconfig) -> Option<String> {
    let current = file.contexts.iter().find(|context| Some(&context.name) == file.current_context.as_ref())?;
    let name = &current.context.as_ref()?.cluster;
    let cluster = file.clusters.iter().find(|cluster| cluster.name == *name)?.cluster.as_ref()?;
    cluster.proxy_url.clone().filter(|url| !url.is_empty())
}

/// The proxy to an API server. One that the kubeconfig names counts always, as for kubectl; that of the environment counts for HTTPS, and
/// not for what `NO_PROXY` names. kube holds `NO_PROXY` against the proxy's own address, so it is not asked.
fn proxy(proxies: &Proxies, server: &Uri, named: Option<&str>) -> Result<Option<Uri>, ConnectError> {
    let from_environment = || {
        let url = proxies.https.as_deref().map(str::trim)?;
        let none_for = proxies.none_for.clone().unwrap_or_default();
        // The matcher takes it for all names, and for no address.
        if none_for.split(',').any(|entry| entry.trim() == "*") {
            return None;
        }
        let is_for_server = Matcher::builder().https(url).no(none_for).build().intercept(server).is_some();
        is_for_server.then_some(url)
    };
    let Some(url) = named.or_else(from_environment) else { return Ok(None) };
    // As every other program does: without a scheme, plain HTTP to the proxy is meant.
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let parsed = url.parse().map_err(|error: axum::http::uri::InvalidUri| ConnectError::Proxy(error.to_string()))?;
    Ok(Some(parsed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "http://proxy.example.com:3128/";

    fn chosen(https: Option<&str>, none_for: Option<&str>, server: &str, named: Option<&str>) -> Option<String> {
        let proxies = Proxies { https: https.map(str::to_owned), none_for: none_for.map(str::to_owned) };
        proxy(&proxies, &server.parse().unwrap(), named).unwrap().map(|url| url.to_string())
    }

    #[test]
    fn the_proxy_of_the_environment_is_for_https_and_not_for_what_no_proxy_names() {
        let server = "https://10.0.0.1:6443";
        assert_eq!(chosen(None, None, server, None), None);
        assert_eq!(chosen(Some(PROXY), None, server, None), Some(PROXY.to_owned()));
        assert_eq!(chosen(Some(PROXY), None, "http://127.0.0.1:8001", None), None);
        for none_for in ["10.0.0.1", "10.0.0.0/8", "*", "example.org, 10.0.0.1,", "localhost,,10.0.0.0/16"] {
            assert_eq!(chosen(Some(PROXY), Some(none_for), server, None), None, "{none_for}");
        }
        for none_for in ["", "10.0.0.2", "192.168.0.0/16", "proxy.example.com", "example.com"] {
            assert_eq!(chosen(Some(PROXY), Some(none_for), server, None), Some(PROXY.to_owned()), "{none_for}");
        }
        assert_eq!(chosen(Some(PROXY), Some(".svc,example.org"), "https://api.example.org", None), None);
    }

    #[test]
    fn a_proxy_without_a_scheme_speaks_http_and_keeps_its_password() {
        let chosen = |url| chosen(Some(url), None, "https://api.example.org", None);
        assert_eq!(chosen("proxy.example.com:3128"), Some(PROXY.to_owned()));
        assert_eq!(chosen("http://me:secret@proxy:3128"), Some("http://me:secret@proxy:3128/".to_owned()));
    }

    #[test]
    fn the_proxy_of_the_kubeconfig_counts_before_the_environment() {
        let named = "http://named:3128/";
        for (https, none_for) in [(None, None), (Some(PROXY), None), (Some(PROXY), Some("*"))] {
            assert_eq!(chosen(https, none_for, "https://api.example.org", Some(named)), Some(named.to_owned()));
        }
        let file = serde_json::from_value(serde_json::json!({
            "current-context": "b",
            "contexts": [
                {"name": "a", "context": {"cluster": "one"}},
                {"name": "b", "context": {"cluster": "two"}},
            ],
            "clusters": [
                {"name": "one", "cluster": {"server": "https://one"}},
                {"name": "two", "cluster": {"server": "https://two", "proxy-url": named}},
            ],
        }));
        assert_eq!(named_proxy(&file.unwrap()).as_deref(), Some(named));
    }

    #[test]
    fn what_is_no_address_is_said_so() {
        let proxies = Proxies { https: Some("http://a b".into()), none_for: None };
        let refused = proxy(&proxies, &"https://api".parse().unwrap(), None);
        // What cannot be parsed is no proxy to the matcher either.
        assert!(matches!(refused, Ok(None) | Err(ConnectError::Proxy(_))));
    }
}
