//! Think: what is to be done, as a value. Pure; an empty plan *is* convergence.
//!
//! The plan is made by an ordered list of small checks, see [`checks`]: the first that has something to say says what comes next.

mod adoption;
mod change;
pub(super) mod check;
mod checks;
mod compare;
mod create;
mod drift;
mod foreseen;
pub(super) mod freshness;
mod inputs;
mod lines;
mod replace;
mod resources;
pub(super) mod service_state;
mod summary;
pub(super) mod unapplied;
mod usage;
mod wait;

pub use self::adoption::{AdoptionRefusal, Misfit, misfits};
pub use self::drift::{clip, path};
pub use self::foreseen::{NOT_CREATED, foreseen};
pub use self::summary::Summary;
pub use self::usage::{AttachmentUse, Leaving};
pub use self::wait::Wait;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{CreateVpcEndpointServiceRequest, Operation};

use super::desired::Desired;
use super::observe::{Field, Look, Observed};
use super::resolve::Resolved;
use crate::cloud::errors::Verdict;
use crate::cloud::services::Write;
use crate::crd::{ManagementPolicy, VpcEndpointServiceSpec};
use crate::identity::CreateRecord;
use crate::names::UID_TAG;

/// What is to be done for an object that is to live.
///
/// Every plan that writes to a service names one whose two owner tags a recent list showed, or puts them on one that was handed over to the
/// object; every Create comes under a record that the
/// object carries, or that the step before it writes.
pub fn plan(resolved: &Resolved, desired: &Desired, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
    let inputs = inputs::Inputs::new(resolved, desired, observed, limits, now);
    let (because, next) = check::first(&checks::CHECKS, |ask| ask(&inputs)).unzip();
    Plan { because, ..inputs.into_plan(next.unwrap_or_default()) }
}

/// What one check asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Next {
    pub(super) steps: Vec<Step>,
    pub(super) wait: Option<Wait>,
    pub(super) look: Option<Look>,
}

impl Next {
    pub(super) fn steps(steps: Vec<Step>) -> Self {
        Self { steps, ..Self::default() }
    }

    pub(super) fn wait(wait: Wait) -> Self {
        Self { wait: Some(wait), ..Self::default() }
    }

    pub(super) fn look(look: Look) -> Self {
        Self { look: Some(look), ..Self::default() }
    }

    /// Wait for a list begun at this moment or later.
    pub(super) fn list_from(not_before: Timestamp) -> Self {
        Self { look: Some(Look::List { not_before }), ..Self::wait(Wait::List) }
    }
}

/// The answer of `plan` and of `teardown`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Where cloud and spec differ. Feeds the steps and the status; nobody else compares.
    pub differences: Vec<Difference>,
    /// Differences that are only told: somebody changed the cloud, and the spec leaves that to people.
    pub reported: Vec<Difference>,
    /// In the order in which they are to be carried out.
    pub steps: Vec<Step>,
    /// What must happen before the rest can be planned.
    pub wait: Option<Wait>,
    /// What must be looked at before the plan is sound. Goes back into `observe` once a reconcile.
    pub look: Option<Look>,
    /// What is wanted and not being worked on now.
    pub unapplied: Vec<Unapplied>,
    /// Managed parts that nobody has looked at. They forbid a *new* `Ready=True`.
    pub unknown: BTreeSet<Part>,
    /// Why this comes next: the word of the check that made the plan. `None`: no check had anything to say.
    pub because: Option<&'static str>,
    pub mode: Mode,
}

/// How far the plan may go: it decides what execution gets to work with. Of two modes the greater one goes less far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    #[default]
    Act,
    DryRun,
    Show,
}

impl Mode {
    /// How far the spec lets the operator go for an object that is to live. What is suspended is looked at, and no more.
    fn of(spec: &VpcEndpointServiceSpec) -> Self {
        match spec.management_policy {
            _ if spec.suspend => Self::Show,
            ManagementPolicy::Observe => Self::Show,
            ManagementPolicy::Plan => Self::DryRun,
            ManagementPolicy::Manage => Self::Act,
        }
    }

    /// As the log names it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::DryRun => "dry-run",
            Self::Show => "show",
        }
    }
}

/// A managed part of a service, or what it is compared with, that must be read by a call of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Resources,
    Principals,
    Connections,
    /// Of load balancers.
    Zones,
}

/// One field whose value in the cloud is not the wanted one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: Field,
    /// As text; empty: to be absent.
    pub wanted: String,
    /// As text; empty: absent.
    pub found: String,
}

/// A field that is not in force, and what keeps it from being brought into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unapplied {
    pub field: Field,
    /// As text; empty: to be absent.
    pub wanted: String,
    /// As text; empty: absent, or not compared.
    pub found: String,
    pub hindrance: Hindrance,
    /// When it is tried again; `None`: never.
    pub retry_at: Option<Timestamp>,
}

/// Why a field is not brought into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The provider refuses the value.
    Refused(Verdict),
    /// The provider accepted the value more than once, and its lists show another.
    Unconfirmed,
    /// The provider has no call that would end the difference.
    NoWayBack,
    /// The zone would keep no load balancer that is automatically allocated, which the provider refuses.
    LastAllocated,
    /// The provider's list does not say what the cloud holds, so that nothing can be compared.
    NotShown,
}

/// One thing to do. A step leaves no choice to whoever carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// One merge patch with uid and resourceVersion: our finalizer and the create record.
    Record(CreateRecord),
    /// `CreateVpcEndpointService` under the record's token. Only after the object was read again from the API server.
    Create { record: CreateRecord, request: Box<CreateVpcEndpointServiceRequest> },
    /// One write to the service with that id.
    Write { target: String, write: Write },
    /// One merge patch with uid and resourceVersion that takes our finalizer off. Always the last step.
    ReleaseFinalizer,
}

/// What a plan is held to, whatever the object: the waiting times that it counts with, and how far it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whoever only looks has no plan that goes further than this, whatever the spec says.
    pub furthest: Mode,
    /// An object may go whose service keeps the owner tags. Not where services without an object are deleted: there it waits.
    pub leaves_tags: bool,
    pub consistency_window: Duration,
    pub create_window: Duration,
    pub create_lookup_max_age: Duration,
    pub cloud_call_deadline: Duration,
    pub resync_period: Duration,
    pub resync_interval_max: Duration,
    pub blocked_poll_interval: Duration,
    pub migration_drain_time: Duration,
    pub migration_deadline: Duration,
}

impl Plan {
    /// Nothing to do, to wait for or to look at: cloud and spec are one, but for what is only told.
    pub fn is_empty(&self) -> bool {
        let Self { differences, reported: _, steps, wait, look, unapplied, unknown: _, because: _, mode: _ } = self;
        differences.is_empty() && steps.is_empty() && wait.is_none() && look.is_none() && unapplied.is_empty()
    }

    /// Cloud and spec are one, whatever consumers ask for and whatever becomes of it.
    pub fn is_in_force(&self) -> bool {
        let Self { differences, reported: _, steps, wait, look, unapplied, unknown: _, because: _, mode: _ } = self;
        differences.is_empty()
            && steps.iter().all(Step::answers_request)
            && wait.is_none()
            && look.is_none()
            && unapplied.iter().all(|unapplied| unapplied.is_request(differences))
    }
}

impl Unapplied {
    /// It is a consumer's request that could not be accepted: nothing of the spec is missing in the cloud, see [`Step::answers_request`].
    pub fn is_request(&self, differences: &[Difference]) -> bool {
        let is_different = || differences.iter().any(|difference| difference.field == self.field);
        matches!(self.field, Field::Connection(_)) && !is_different()
    }
}

impl Plan {
    /// What would be called in the cloud, each operation once, in the order of its first step.
    pub fn operations(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for operation in self.steps.iter().filter_map(Step::operation) {
            if !names.contains(&operation.name()) {
                names.push(operation.name());
            }
        }
        names
    }
}

impl Step {
    pub(super) fn write(target: &str, write: Write) -> Self {
        Self::Write { target: target.to_owned(), write }
    }

    /// The cloud operation, where there is one.
    pub fn operation(&self) -> Option<Operation> {
        match self {
            Self::Record(_) | Self::ReleaseFinalizer => None,
            Self::Create { .. } => Some(Operation::CreateVpcEndpointService),
            Self::Write { write, .. } => Some(write.operation()),
        }
    }

    /// The service that the step writes to; none for a Create and for what happens in Kubernetes only.
    pub fn service_id(&self) -> Option<&str> {
        match self {
            Self::Record(_) | Self::Create { .. } | Self::ReleaseFinalizer => None,
            Self::Write { target, .. } => Some(target),
        }
    }

    /// What the call must not overlap on with another one: the endpoint or the service.
    pub fn locked_id(&self) -> Option<&str> {
        let endpoint_id = self.payload().filter(|write| write.is_move()).and_then(Write::endpoint_id);
        endpoint_id.or_else(|| self.service_id())
    }

    /// It is part of moving a connection from one load balancer to another.
    pub fn is_move(&self) -> bool {
        self.payload().is_some_and(Write::is_move)
    }

    /// It answers a consumer's request: the cloud is as the spec wants it before and after.
    pub fn answers_request(&self) -> bool {
        matches!(self.payload(), Some(Write::Accept { .. }))
    }

    /// It is about one consumer's connection.
    pub fn is_about_connection(&self) -> bool {
        matches!(self.payload(), Some(Write::Accept { .. } | Write::Connection { .. } | Write::Disconnect(_)))
    }

    fn payload(&self) -> Option<&Write> {
        match self {
            Self::Record(_) | Self::Create { .. } | Self::ReleaseFinalizer => None,
            Self::Write { write, .. } => Some(write),
        }
    }

    /// It changes what no list shows, attachments or principals, or rests on it.
    fn changes_parts(&self) -> bool {
        self.payload().is_some_and(|write| {
            matches!(
                write,
                Write::Attach { .. }
                    | Write::Detach { .. }
                    | Write::AutoAllocation { .. }
                    | Write::Migrate { .. }
                    | Write::CloseReplaced { .. }
                    | Write::AddPrincipal(_)
                    | Write::RemovePrincipal(_)
            )
        })
    }

    /// It takes something of the service away, or the service itself.
    pub(super) fn takes_away(&self) -> bool {
        matches!(self.payload(), Some(Write::Untag(_) | Write::Detach { .. } | Write::Disconnect(_) | Write::Delete))
    }

    /// It makes a service this object's by its tags.
    pub fn takes_over(&self) -> bool {
        matches!(self.payload(), Some(Write::Tag(tags)) if tags.contains_key(UID_TAG))
    }

    /// The fields that it writes on an existing service, with the values as text; empty: to be absent.
    pub fn writes(&self) -> Vec<(Field, String)> {
        let values = self.payload().map(Write::values).unwrap_or_default();
        values
            .into_iter()
            .map(|(field, value)| {
                let text = value.text_of(&field);
                (field, text)
            })
            .collect()
    }

    /// It takes a right away: from an account, a region, a consumer that is connected, or from everybody who would be accepted without being asked
    /// about. Nothing else goes before it.
    pub fn revokes(&self) -> bool {
        match self.payload() {
            Some(Write::RemovePrincipal(_) | Write::RemoveRegions(_) | Write::Disconnect(_)) => true,
            Some(Write::Attributes(change)) => change.is(&Field::AutoAcceptEnabled, false),
            _ => false,
        }
    }

    /// It may not be carried out while `earlier`, which stands before it in the plan, was not. Whatever is not named here is independent.
    pub fn depends_on(&self, earlier: &Self) -> bool {
        // What happens to the object or to the whole service, and what comes after that.
        let (Some(earlier), Some(later)) = (earlier.part_write(), self.part_write()) else { return true };
        match earlier {
            // Only what makes room at the quota stands before an attachment.
            Write::Detach { .. } => matches!(later, Write::Attach { .. }),
            // No load balancer is taken out before those that replace it are in.
            Write::Attach { .. } | Write::AutoAllocation { enabled: true, .. } => {
                matches!(later, Write::Detach { .. } | Write::AutoAllocation { enabled: false, .. })
            }
            _ => false,
        }
    }

    /// The write of a part of the service. `None`: the step is about the object or the whole service.
    fn part_write(&self) -> Option<&Write> {
        self.payload().filter(|write| **write != Write::Delete)
    }

    /// Its effect must be seen before another step may follow: the service leaves Active, or has yet to become it.
    pub fn is_awaited(&self) -> bool {
        match self {
            Self::Record(_) => false,
            Self::Create { .. } | Self::ReleaseFinalizer => true,
            Self::Write { write, .. } => write.changes_status(),
        }
    }
}

impl From<&crate::timing::Timing> for Limits {
    fn from(timing: &crate::timing::Timing) -> Self {
        Self {
            furthest: Mode::Act,
            leaves_tags: true,
            consistency_window: timing.consistency_window,
            create_window: timing.create_window,
            create_lookup_max_age: timing.create_lookup_max_age,
            cloud_call_deadline: timing.cloud_call_deadline,
            resync_period: timing.resync_period,
            resync_interval_max: timing.resync_interval_max,
            blocked_poll_interval: timing.blocked_poll_interval,
            migration_drain_time: timing.migration_drain_time,
            migration_deadline: timing.migration_deadline,
        }
    }
}

#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;
