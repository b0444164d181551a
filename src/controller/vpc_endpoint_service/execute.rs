//! Act: carries out a plan, up to the first step that must be awaited. Leaves no choice open, is safe to repeat and safe when stale.

use crate::cloud::lanes::NoTurn;
use crate::cloud::service::Service;

use super::plan::Step;

/// How far a plan was carried out.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub done: Vec<Done>,
    /// Why the rest of the steps was left for a later pass; `None`: all were carried out, or `error` says why not.
    pub stopped: Option<Stop>,
    pub error: Option<ExecuteError>,
}

/// A step that was carried out.
#[derive(Clone, Debug)]
pub struct Done {
    pub step: Step,
    /// The provider's id of the call, for the log.
    pub request_id: Option<String>,
    /// The service that a Create made.
    pub created: Option<Box<Service>>,
}

/// Why execution ended before the last step.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The step that was just done must be awaited.
    Awaited,
    /// The lanes gave no turn.
    NoTurn(NoTurn),
    /// The object is no longer what the plan was made for: look again.
    Stale,
}

/// A step that failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExecuteError {
    #[error("{0}")]
    Cloud(privatelink::Error),
    #[error("failed to write the object: {0}")]
    Kubernetes(crate::k8s::KubernetesError),
}
