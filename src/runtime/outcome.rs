//! What a reconcile tells the runtime: when the next one comes, and whether it got anywhere.

use std::time::Duration;

use super::backoff::Cause;

/// What remains of a reconcile for the runtime once everything is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconcileOutcome {
    pub requeue: Requeue,
    pub progress: Progress,
}

/// When the next reconcile comes if nothing requeues the object before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// A change of the object or of what is known of the cloud requeues it.
    OnChange,
    /// At the latest after this.
    After(Duration),
    /// After the object's own growing back-off, and at least this.
    BackOff { at_least: Duration },
}

/// Whether the reconcile got anywhere, for the object's back-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Something was done, or nothing is left to do: the back-off begins again.
    Advanced,
    /// It waits for something: that a wait comes between two failures makes them no less than two in a row.
    Waiting,
    Failed(Cause),
}

impl Progress {
    /// Why the reconcile failed.
    pub(super) fn cause(self) -> Cause {
        match self {
            Self::Failed(cause) => cause,
            Self::Advanced | Self::Waiting => Cause::Other,
        }
    }
}
