//! What can go wrong, a variant a step.

use std::path::PathBuf;
use std::time::Duration;

use crate::binaries::BinariesError;
use crate::certificates::CertificateError;
use crate::client::RequestError;
use crate::guard::GuardError;
use crate::kubeconfig::KubeconfigError;
use crate::version::{UnknownVersion, Version};

/// A control plane did not start, or did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment names a version that there is none of.
    #[error("failed to choose the version of Kubernetes from {variable}", variable = Version::VARIABLE)]
    ChooseVersion(#[source] UnknownVersion),
    /// `kube-apiserver`, `etcd` or `kubectl` is not there and could not be built.
    #[error("failed to find the programs of the control plane")]
    FindBinaries(#[source] BinariesError),
    /// No loopback port could be had.
    #[error("failed to reserve a loopback port")]
    ReservePort(#[source] std::io::Error),
    /// A key or certificate could not be made.
    #[error("failed to make the certificates")]
    MakeCertificates(#[source] CertificateError),
    /// The folder of the control plane could not be made or filled.
    #[error("failed to prepare the folder {path}", path = .path.display())]
    PrepareFolder {
        /// The folder, or the one in which it was to be.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A program could not be started.
    #[error("failed to start the control plane")]
    StartProgram(#[source] GuardError),
    /// A program ended before the API server was ready; `logs` says why.
    #[error("failed to start the control plane: a program ended after {after:?}\n{logs}")]
    Ended {
        /// Since it was started.
        after: Duration,
        /// The last lines of each program.
        logs: String,
    },
    /// The API server was not ready in time; `logs` may say why.
    #[error("failed to start the control plane: not ready after {after:?}\n{logs}")]
    NotReady {
        /// The time that it was given.
        after: Duration,
        /// The last lines of each program.
        logs: String,
    },
    /// A program could not be killed.
    #[error("failed to kill {program}")]
    Crash {
        /// Which one.
        program: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A kubeconfig could not be written.
    #[error("failed to make a kubeconfig")]
    WriteKubeconfig(#[source] KubeconfigError),
    /// A user with several groups was asked for.
    #[error("failed to make a certificate for {user:?}: it can carry one group, not {groups}")]
    TooManyGroups {
        /// The user.
        user: String,
        /// How many groups were asked for.
        groups: usize,
    },
    /// The API server did not do what we asked as admin.
    #[error("failed to {what}")]
    Request {
        /// What was to be done.
        what: String,
        /// Why it was not.
        source: RequestError,
    },
}
