use privatelink_operator::identity::Life;

use super::desired::Desired;
use super::observe::Observed;
use super::resolve::Resolved;
use super::resource::Write;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Plan {
    /// Nothing is left to do.
    #[default]
    Converged,
    /// The inventory has to show something first, and requeues the object then.
    Wait,
    Act(Step),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Finalizer and create record. The plan ends there: the object is another one after it.
    Record,
    Create(i64),
    Write {
        target: String,
        write: Write,
    },
    ReleaseFinalizer,
}

pub(super) fn plan(resolved: &Resolved, desired: &Desired, observed: Observed) -> Plan {
    let has_finalizer = resolved.object.has_finalizer();
    match (resolved.life, observed) {
        (Life::Live, _) if !has_finalizer => Plan::Act(Step::Record),
        (_, Observed::Unknown) => Plan::Wait,
        (Life::Live, Observed::Absent) => Plan::Act(Step::Create(desired.size)),
        (Life::Deleting { .. }, Observed::Absent) if has_finalizer => Plan::Act(Step::ReleaseFinalizer),
        (Life::Deleting { .. }, Observed::Absent) => Plan::Converged,
        (_, Observed::Present(bucket)) if bucket.is_deleting => Plan::Wait,
        (Life::Live, Observed::Present(bucket)) if bucket.size == desired.size => Plan::Converged,
        (Life::Live, Observed::Present(bucket)) => write(bucket.id, Write::Resize(desired.size)),
        (Life::Deleting { .. }, Observed::Present(bucket)) => write(bucket.id, Write::Delete),
    }
}

fn write(target: String, write: Write) -> Plan {
    Plan::Act(Step::Write { target, write })
}
