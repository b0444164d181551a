//! The proxy itself: how it begins and ends, and what it does when the upstream fails.

use std::os::unix::fs::PermissionsExt as _;

use fault_plans::proxy::{Proxy, ProxyError, Upstream as Behind};

use crate::caller::{CALL, Caller};
use crate::script::Script;
use crate::support::{cloud, kubernetes, until};
use crate::upstream::{Then, Upstream};

#[tokio::test]
async fn an_upstream_that_fails_cuts_the_caller_off_and_the_journal_says_why() {
    let (upstream, _) = Upstream::start(Then::Close).await;
    let proxy = cloud(&upstream.url, Script::passing().0).await;
    assert_eq!(Caller::send(&proxy.url(), CALL).await.read_to_end().await, "");
    let call = proxy.calls().remove(0);
    assert!(call.failure.as_deref().unwrap_or_default().starts_with("failed to send the request: "), "{call:?}");
    assert_eq!((call.answered, call.delivered, call.caller_gone), (None, None, None));
    assert_eq!(upstream.received().len(), 1);
}

#[tokio::test]
async fn an_answer_that_the_upstream_breaks_off_is_cut() {
    let answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nno chunk".into();
    let (upstream, _) = Upstream::start(Then::Answer(answer)).await;
    let proxy = cloud(&upstream.url, Script::passing().0).await;
    assert_eq!(Caller::send(&proxy.url(), CALL).await.read_to_end().await, "");
    let failure = proxy.calls().remove(0).failure;
    assert!(failure.as_deref().unwrap_or_default().starts_with("failed to read the answer: "), "{failure:?}");
}

#[tokio::test]
async fn everything_ends_with_the_proxy() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::gated().0).await;
    let url = proxy.url();
    let mut caller = Caller::send(&url, CALL).await;
    until("the call is there", || proxy.calls().len() == 1).await;
    drop(proxy);
    assert_eq!(caller.read_to_end().await, "");
    let address = url.strip_prefix("http://").unwrap().to_owned();
    // The listener goes when its task is next looked at.
    until("nobody listens", || std::net::TcpStream::connect(&address).is_err()).await;
}

#[tokio::test]
async fn a_kubeconfig_points_to_the_proxy_and_proves_nothing() {
    let upstream = Upstream::answering().await;
    let proxy = kubernetes(&upstream.url, Script::passing().0).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kubeconfig");
    proxy.write_kubeconfig(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let kubeconfig = kube::config::Kubeconfig::read_from(&path).unwrap();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &kube::config::KubeConfigOptions::default()).await;
    let config = config.unwrap();
    assert_eq!(config.cluster_url.to_string(), proxy.url() + "/");
    assert!(config.auth_info.token.is_none() && config.auth_info.client_certificate_data.is_none());
}

#[tokio::test]
async fn an_upstream_that_cannot_be_is_refused() {
    for url in ["https://a", "http://a/b", "a", ""] {
        let refused = Behind::cloud(url).unwrap_err();
        assert_eq!(refused.to_string(), format!("failed to understand {url:?} as http://host:port"));
    }
    let missing = Behind::kubernetes(std::path::Path::new("/nowhere")).await.unwrap_err();
    assert!(matches!(missing, ProxyError::ReadKubeconfig { .. }), "{missing:?}");
    let proxy = Proxy::start(Behind::cloud("http://127.0.0.1:1").unwrap(), std::sync::Arc::new(Script::passing().0));
    let unwritable = proxy.await.unwrap().write_kubeconfig(std::path::Path::new("/nowhere/a")).unwrap_err();
    assert!(matches!(unwritable, ProxyError::WriteKubeconfig { .. }), "{unwritable:?}");
}
