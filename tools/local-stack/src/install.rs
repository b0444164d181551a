//! What an administrator does once: the CRD, and the operator's user with exactly the rights of `config/rbac`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use local_control_plane::ControlPlane;

use crate::checkout::{NoCheckout, checkout};

/// The user that the operator is in demonstration and tests: a client certificate, because a ServiceAccount needs a pod. It has the
/// ClusterRole of `config/rbac` and nothing else.
pub const OPERATOR_USER: &str = "privatelink-operator";

/// `kubectl` failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    #[error(transparent)]
    Checkout(NoCheckout),
    #[error("failed to run kubectl")]
    Run(#[source] std::io::Error),
    #[error("kubectl {arguments} failed: {output}")]
    Failed { arguments: String, output: String },
    #[error("failed to make the operator's kubeconfig")]
    Kubeconfig(#[source] local_control_plane::Error),
}

/// Installs CRD and rights, waits until the CRD is served, and answers the operator's kubeconfig.
pub fn install(control_plane: &ControlPlane) -> Result<PathBuf, InstallError> {
    let repository = checkout().map_err(InstallError::Checkout)?;
    apply(control_plane, &repository.join("crds"))?;
    kubectl(control_plane, ["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"])?;
    for file in ["cluster-role.yaml", "user-binding.yaml"] {
        apply(control_plane, &repository.join("config/rbac").join(file))?;
    }
    control_plane.kubeconfig_for_user(OPERATOR_USER, &[]).map_err(InstallError::Kubeconfig)
}

/// `kubectl apply -f PATH`, as an administrator.
pub fn apply(control_plane: &ControlPlane, path: &Path) -> Result<String, InstallError> {
    kubectl(control_plane, [OsStr::new("apply"), OsStr::new("-f"), path.as_os_str()])
}

fn kubectl<S: AsRef<OsStr>, const N: usize>(
    control_plane: &ControlPlane,
    arguments: [S; N],
) -> Result<String, InstallError> {
    let mut command = control_plane.kubectl(&arguments);
    let output = command.stdin(Stdio::null()).output().map_err(InstallError::Run)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let arguments = arguments.map(|argument| argument.as_ref().to_string_lossy().into_owned()).join(" ");
    Err(InstallError::Failed { arguments, output: String::from_utf8_lossy(&output.stderr).into_owned() })
}
