//! A proxy between the two ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fault_plans::proxy::{Proxy, Upstream};

use crate::caller::PATIENCE;
use crate::script::Script;

/// In front of the cloud.
pub(crate) async fn cloud(upstream_url: &str, script: impl Into<Arc<Script>>) -> Proxy {
    Proxy::start(Upstream::cloud(upstream_url).unwrap(), script.into()).await.unwrap()
}

/// In front of an API server that speaks plain HTTP.
pub(crate) async fn kubernetes(upstream_url: &str, script: impl Into<Arc<Script>>) -> Proxy {
    let file = tempfile::NamedTempFile::new().unwrap();
    let cluster = format!("clusters: [{{name: a, cluster: {{server: {upstream_url}}}}}]");
    let context =
        "contexts: [{name: a, context: {cluster: a, user: a}}]\ncurrent-context: a\nusers: [{name: a, user: {}}]";
    std::fs::write(file.path(), format!("apiVersion: v1\nkind: Config\n{cluster}\n{context}\n")).unwrap();
    Proxy::start(Upstream::kubernetes(file.path()).await.unwrap(), script.into()).await.unwrap()
}

/// Waits until this holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "not yet: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
