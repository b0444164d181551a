//! Why a run did not come to its end.

use std::time::Duration;

use crate::proxy::ProxyError;

/// What went wrong with the harness or the machine, or what was waited for in vain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// No control plane, or no namespace on it.
    #[error("failed to prepare the control plane")]
    ControlPlane(#[source] local_control_plane::Error),
    /// No definition, no rights.
    #[error("failed to install the operator's definition and rights")]
    Install(#[source] local_stack::InstallError),
    /// The operator is not given more rights than its own.
    #[error("failed to widen the operator's rights: {reason}")]
    Rights {
        /// What `kubectl` says.
        reason: String,
    },
    /// The operator is not built.
    #[error("failed to find the programs")]
    Programs(#[source] local_stack::ProgramsError),
    /// The operator does not come to listen.
    #[error("failed to start the operator")]
    Start(#[source] local_stack::StartError),
    /// The simulator has no sockets.
    #[error("failed to serve the simulated cloud")]
    Serve(#[source] privatelink_sim::ServeError),
    /// A proxy has none.
    #[error("failed to set up a proxy")]
    Proxy(#[source] ProxyError),
    /// There is no room for its files.
    #[error("failed to make a folder")]
    Folder(#[source] std::io::Error),
    /// No client of the API server.
    #[error("failed to reach the API server as an administrator")]
    Kubeconfig(#[source] kube::config::KubeconfigError),
    /// The API server refuses what the plan does.
    #[error("failed to {what}")]
    Kubernetes {
        /// What was tried.
        what: String,
        /// What the client says.
        source: Box<kube::Error>,
    },
    /// The simulated cloud refuses what the plan does.
    #[error("failed to {what}: {reason}")]
    Cloud {
        /// What was tried.
        what: &'static str,
        /// What the cloud says.
        reason: String,
    },
    /// The operator does not stand still.
    #[error("failed to pause the operator")]
    Pause {
        /// Why.
        source: std::io::Error,
    },
    /// The operator's clock cannot be stepped.
    #[error("failed to step the operator's clock: {reason}")]
    Clock {
        /// What the machine says.
        reason: String,
    },
    /// What was waited for did not come.
    #[error("after {within:?} not yet: {what}; now: {now}")]
    TooLate {
        /// What was waited for.
        what: String,
        /// How long.
        within: Duration,
        /// How it is instead.
        now: String,
    },
}

impl HarnessError {
    /// A refusal of the API server.
    pub(crate) fn kubernetes(what: impl Into<String>) -> impl FnOnce(kube::Error) -> Self {
        let what = what.into();
        move |source| Self::Kubernetes { what, source: Box::new(source) }
    }
}
