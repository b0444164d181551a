//! What all plans stand on: one control plane, and the programs.

use std::fmt;

use std::path::PathBuf;
use std::sync::Arc;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use local_control_plane::{ControlPlane, Part};
use local_stack::{Programs, install};

use crate::error::HarnessError;
use crate::proxy::Upstream;

/// One control plane for all plans, each of which has a namespace of its own.
#[derive(Clone)]
pub struct Fixture {
    control_plane: Arc<ControlPlane>,
    pub(crate) programs: Programs,
    /// The API server with the operator's rights.
    pub(crate) kubernetes: Upstream,
    admin: Client,
}

impl fmt::Debug for Fixture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Fixture").field("control_plane", &self.control_plane).finish_non_exhaustive()
    }
}

impl Fixture {
    /// Starts the control plane, and installs definition and rights. It ends with the value.
    pub async fn prepare() -> Result<Self, HarnessError> {
        let programs = Programs::locate().map_err(HarnessError::Programs)?;
        let control_plane = ControlPlane::builder().start().await.map_err(HarnessError::ControlPlane)?;
        let kubeconfig = install(&control_plane).map_err(HarnessError::Install)?;
        let kubernetes = Upstream::kubernetes(&kubeconfig).await.map_err(HarnessError::Proxy)?;
        let admin = administrator(&control_plane).await?;
        let fixture = Self { control_plane: Arc::new(control_plane), programs, kubernetes, admin };
        // The operator's role has them in its own namespace only. What the proxies write names no namespace, so that is `default`.
        fixture.allow("leases", "--verb=get,create,update", "--resource=leases.coordination.k8s.io")?;
        // Those of config/export-to.
        fixture.allow("export-to", "--verb=get,create,patch,delete", "--resource=configmaps")?;
        Ok(fixture)
    }

    /// The same fixture, with another program as the operator.
    #[must_use]
    pub fn with_operator(&self, operator: PathBuf) -> Self {
        let programs = Programs { operator, ..self.programs.clone() };
        Self { programs, ..self.clone() }
    }

    /// Allows the operator to make objects of its own kind, which its role does not.
    pub fn allow_create(&self) -> Result<(), HarnessError> {
        self.allow("makes-objects", "--verb=create", "--resource=vpcendpointservices.privatelink.alibabacloud.com")
    }

    fn allow(&self, name: &str, verbs: &str, resource: &str) -> Result<(), HarnessError> {
        const USER: &str = "--user=privatelink-operator";
        let failed = |reason| HarnessError::Rights { reason };
        let role = format!("--clusterrole={name}");
        for command in [
            ["create", "clusterrole", name, verbs, resource],
            ["create", "clusterrolebinding", name, role.as_str(), USER],
        ] {
            let output = self.control_plane.kubectl(command).output().map_err(|error| failed(error.to_string()))?;
            if !output.status.success() {
                return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
            }
        }
        Ok(())
    }

    /// Kills a part of the control plane, and starts it again.
    pub(crate) async fn crash(&self, part: Part) -> Result<(), HarnessError> {
        self.control_plane.crash(part).await.map_err(HarnessError::ControlPlane)
    }

    /// A namespace that nobody has used.
    pub(crate) async fn namespace(&self) -> Result<String, HarnessError> {
        self.control_plane.create_namespace("plan").await.map_err(HarnessError::ControlPlane)
    }

    /// Somebody who may do everything, and whom no proxy watches.
    pub(crate) fn admin(&self) -> Client {
        self.admin.clone()
    }
}

async fn administrator(control_plane: &ControlPlane) -> Result<Client, HarnessError> {
    let file = Kubeconfig::read_from(control_plane.kubeconfig_path()).map_err(HarnessError::Kubeconfig)?;
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(file, &options).await.map_err(HarnessError::Kubeconfig)?;
    Client::try_from(config).map_err(HarnessError::kubernetes("make a client"))
}
