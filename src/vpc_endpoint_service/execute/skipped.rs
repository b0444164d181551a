//! What goes on after a step that could not be carried out. Pure.

use cloud_core::ErrorKind;

use super::ExecuteError;
use crate::cloud::errors::{denies_existence, has_wide_refusal, is_about_connection, is_about_value, keeps_connection};
use crate::cloud::scheduler::NoPermit;
use crate::identity::Life;
use crate::vpc_endpoint_service::plan::Step;

/// A step that was left undone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skipped<'a> {
    pub(super) step: &'a Step,
    pub(super) reason: SkipReason,
}

/// Why a step was left undone, as far as it matters to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SkipReason {
    /// For what it asks: others may ask better.
    Refused,
    /// For something that meets every call of its operation: a missing right, a quota, a code that nobody knows.
    Denied,
    /// The service, the account or the provider is busy, or in trouble.
    Busy,
    /// Others are before it. The permit is near, and asking for another one would give up the permit.
    Queued,
    /// The circuit breaker of its operation is tripped, perhaps for minutes.
    Tripped,
}

impl SkipReason {
    pub(super) fn of_no_permit(no_permit: &NoPermit) -> Self {
        match no_permit {
            NoPermit::Queued { .. } => Self::Queued,
            NoPermit::Tripped { .. } | NoPermit::Withheld { .. } => Self::Tripped,
        }
    }

    /// `None`: nothing may follow. That is so for what got no answer, for credentials, for a service that is gone, for Kubernetes, for what
    /// changes no field of a service, and for a deletion, whose steps are one after the other.
    pub(super) fn of_error(error: &ExecuteError, step: &Step, life: Life) -> Option<Self> {
        if life != Life::Live || step.writes().is_empty() {
            return None;
        }
        let error = match error {
            ExecuteError::Cloud(error) if is_own(step, error) => return Some(Self::Refused),
            ExecuteError::Withheld { error, .. } if is_own(step, error) => return Some(Self::Refused),
            ExecuteError::Cloud(error) => error,
            // It is known for what it asks: nothing was sent.
            ExecuteError::Withheld { error, .. } => return Some(Self::of_refusal(error.kind())),
            ExecuteError::Kubernetes(_) => return None,
        };
        let is_answered = error.http_status().is_some() && error.kind() != ErrorKind::Credential;
        let goes_on = is_answered && !denies_existence(error);
        let why = match error.kind() {
            kind if is_about_value(error) => Self::of_refusal(kind),
            ErrorKind::Quota | ErrorKind::DependencyFirst => Self::Denied,
            _ => Self::Busy,
        };
        goes_on.then_some(why)
    }

    /// What a refusal means for other steps of the same operation.
    fn of_refusal(kind: ErrorKind) -> Self {
        if has_wide_refusal(kind) { Self::Denied } else { Self::Refused }
    }
}

/// Whether the refusal of the step is about the one connection that it names, or about moving connections, without which all else goes on.
pub(super) fn is_own(step: &Step, error: &cloud_core::Error) -> bool {
    step.is_about_connection() && is_about_connection(error) || step.is_move() && keeps_connection(error)
}

impl Skipped<'_> {
    /// The step may not be tried in this reconcile any more.
    pub(super) fn blocks(&self, step: &Step) -> bool {
        let is_same_operation = step.operation() == self.step.operation();
        step.depends_on(self.step)
            || match self.reason {
                SkipReason::Refused => false,
                SkipReason::Denied | SkipReason::Tripped => is_same_operation,
                SkipReason::Busy => is_same_operation || step.is_awaited() && !step.revokes(),
                SkipReason::Queued => is_same_operation || !step.revokes(),
            }
    }
}

#[cfg(test)]
mod tests;
