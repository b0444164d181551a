//! What stands between an operator and the two sides that it talks to.

use std::path::PathBuf;
use std::sync::Arc;

use fault_plans::proxy::{Interceptor, Proxy, Side, Upstream};
use local_stack::CloudAccess;
use tempfile::TempDir;

use crate::support::rig::Rig;

pub(crate) struct Proxies {
    pub(crate) kubernetes: Proxy,
    pub(crate) cloud: Proxy,
    folder: TempDir,
}

impl Proxies {
    /// Each side with the interceptor of its own.
    pub(crate) async fn start(rig: &Rig, interceptor: impl Fn(Side) -> Arc<dyn Interceptor>) -> Self {
        let kubernetes = Upstream::kubernetes(rig.operator_kubeconfig()).await.unwrap();
        let cloud = Upstream::cloud(rig.simulator.endpoint()).unwrap();
        let proxies = Self {
            kubernetes: Proxy::start(kubernetes, interceptor(Side::Kubernetes)).await.unwrap(),
            cloud: Proxy::start(cloud, interceptor(Side::Cloud)).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        proxies.kubernetes.write_kubeconfig(&proxies.kubeconfig()).unwrap();
        proxies
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    pub(crate) fn cloud(&self, rig: &Rig) -> CloudAccess {
        CloudAccess { endpoint: self.cloud.url(), ..rig.simulator.access() }
    }
}
