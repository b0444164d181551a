//! Starts a real etcd and kube-apiserver on this machine, for demonstrations, tests and benchmarks.
//!
//! A control plane lives in a temporary folder of its own, listens on free loopback ports only, and has a fresh certificate
//! authority: nothing of it is known to, or trusted by, anything else. It is ready about three seconds after
//! [`Builder::start`], and it is gone, processes and folder, when its owner is: after drop, panic, a signal, even SIGKILL.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use local_control_plane::ControlPlane;
//!
//! let control_plane = ControlPlane::builder().start().await?;
//! let operator = control_plane.kubeconfig_for_user("operator", &[])?;
//! let status = control_plane.kubectl(["get", "namespaces"]).env("KUBECONFIG", operator).status()?;
//! assert!(!status.success(), "a user without a role may not list namespaces");
//! # Ok(())
//! # }
//! ```
//!
//! # What it is not
//!
//! There is no controller-manager, scheduler or node. Namespaces that are deleted stay `Terminating`, objects are not collected
//! when their owner goes, `ClusterRoles` are not aggregated, and no `default` `ServiceAccount` appears in a new namespace.

mod apiserver;
mod audit;
mod binaries;
mod certificates;
mod client;
mod control_plane;
mod error;
mod etcd;
mod guard;
mod kubeconfig;
mod port;
mod version;

pub use crate::audit::{AuditEvent, read_audit_log};
pub use crate::binaries::{Binaries, BinariesError};
pub use crate::certificates::CertificateError;
pub use crate::client::RequestError;
pub use crate::control_plane::{Builder, ControlPlane, Part};
pub use crate::error::Error;
pub use crate::guard::{Guard, GuardError};
pub use crate::kubeconfig::KubeconfigError;
pub use crate::version::{UnknownVersion, Version};
