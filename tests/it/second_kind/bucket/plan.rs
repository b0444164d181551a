use privatelink_operator::identity::Life;

use super::desired::Desired;
use super::observe::Observed;
use super::resolve::Resolved;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Finalizer and create record. The plan ends there: the object is another one after it.
    Record,
    Create(i64),
    Resize(i64),
    Delete,
    ReleaseFinalizer,
}

pub(super) fn plan(resolved: &Resolved, desired: &Desired, observed: &Observed) -> Option<Step> {
    let has_finalizer = resolved.object.has_finalizer();
    match (resolved.life, observed.size) {
        (Life::Live, _) if !has_finalizer => Some(Step::Record),
        (Life::Live, None) => Some(Step::Create(desired.size)),
        (Life::Live, Some(size)) => (size != desired.size).then_some(Step::Resize(desired.size)),
        (Life::Deleting { .. }, Some(_)) => Some(Step::Delete),
        (Life::Deleting { .. }, None) => has_finalizer.then_some(Step::ReleaseFinalizer),
    }
}
