//! The control plane that all tests share, and clients for it.

use std::path::{Path, PathBuf};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, Config,
    api::{Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
    runtime::{conditions, wait::await_condition},
};
use local_control_plane::{ControlPlane, Version};
use privatelink_operator::crd::generate;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::{Duration, timeout};

/// A definition is served well under a second after it is applied; this is for a machine that is busy with other tests.
const ESTABLISHED_WITHIN: Duration = Duration::from_secs(30);

/// Field manager of what the tests apply.
pub(crate) const TEST_MANAGER: &str = "integration-test";

/// The control plane with our definition served, and a client that may do everything.
///
/// A client belongs to the runtime of its test, so each test makes its own.
pub(crate) async fn prepared() -> (&'static ControlPlane, Client) {
    let control_plane = ControlPlane::shared().await.unwrap();
    let admin = client(&control_plane.kubeconfig_path()).await;
    define(&admin, &generate::vpc_endpoint_service()).await;
    (control_plane, admin)
}

/// A control plane that no other test sees, of the same version as the shared one; it is there until the process ends.
pub(crate) async fn another() -> &'static ControlPlane {
    let version = Version::chosen().unwrap();
    let started = ControlPlane::builder().version(version).audit_log_in_folder().start().await;
    Box::leak(Box::new(started.unwrap()))
}

/// The kubeconfig of the operator's own user, which has exactly the rights of `config/rbac`.
pub(crate) async fn operator_kubeconfig(control_plane: &'static ControlPlane) -> PathBuf {
    static KUBECONFIG: OnceCell<PathBuf> = OnceCell::const_new();
    KUBECONFIG.get_or_init(|| async { local_stack::install(control_plane).unwrap() }).await.clone()
}

/// A client with the rights of that kubeconfig's user.
pub(crate) async fn client(kubeconfig: &Path) -> Client {
    let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

/// Puts this definition in force, whatever was before, and waits until the kind is served.
pub(crate) async fn define(admin: &Client, definition: &Value) {
    let name = definition["metadata"]["name"].as_str().unwrap();
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    let parameters = PatchParams::apply(TEST_MANAGER).force();
    definitions.patch(name, &parameters, &Patch::Apply(definition)).await.unwrap();
    let established = await_condition(definitions, name, conditions::is_crd_established());
    timeout(ESTABLISHED_WITHIN, established).await.unwrap().unwrap();
}
