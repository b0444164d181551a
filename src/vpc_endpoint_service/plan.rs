//! Think: what is to be done, as a value. Pure; an empty plan *is* convergence.
//!
//! The plan is made by an ordered list of small checks, see [`checks`]: the first that has something to say says what comes next.

mod change;
mod checks;
mod compare;
mod create;
mod held;
mod resources;
pub(super) mod sight;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{CreateVpcEndpointServiceRequest, Operation, ServiceStatus};

use super::desired::Desired;
use super::observe::{AttachmentKey, AttributeChange, Field, Look, Observed};
use super::resolve::Resolved;
use crate::cloud::errors::Verdict;
use crate::identity::CreateRecord;
use crate::identity::DefinitionUnknown;

/// What is to be done for an object that is to live.
///
/// Every plan that writes to a service names one whose two owner tags a recent list showed, or puts them on one that was handed over to the
/// object; every Create comes under a record that the
/// object carries, or that the step before it writes.
pub fn plan(resolved: &Resolved, desired: &Desired, observed: &Observed, limits: &Limits, now: Timestamp) -> Plan {
    let world = world::World::new(resolved, desired, observed, limits, now);
    let asked = checks::CHECKS.iter().find_map(|check| Some((check.reason, (check.ask)(&world)?)));
    let (because, next) = asked.unzip();
    Plan { because, ..world.into_plan(next.unwrap_or_default()) }
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

    /// Wait for a sweep begun at this moment or later.
    pub(super) fn sweep(not_before: Timestamp) -> Self {
        Self { look: Some(Look::Sweep { not_before }), ..Self::wait(Wait::Sweep) }
    }
}

/// The answer of `plan` and of `teardown`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Where cloud and spec differ. Feeds the steps and the status; nobody else compares.
    pub differences: Vec<Difference>,
    /// In the order in which they are to be carried out.
    pub steps: Vec<Step>,
    /// What must happen before the rest can be planned.
    pub wait: Option<Wait>,
    /// What must be looked at before the plan is sound. Goes back into `observe` once a pass.
    pub look: Option<Look>,
    /// What is wanted and not being worked on now.
    pub held_back: Vec<HeldBack>,
    /// Managed parts that nobody has looked at. They forbid a *new* `Ready=True`.
    pub unknown: BTreeSet<Part>,
    /// Why this comes next: the reason of the check that made the plan. `None`: no check had anything to say.
    pub because: Option<&'static str>,
    pub mode: Mode,
}

/// How far the plan may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Act,
    DryRun,
    Show,
}

/// A managed part of a service that must be read by a call of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Resources,
    Principals,
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
pub struct HeldBack {
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
}

/// One thing to do. A step leaves no choice to whoever carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// One merge patch with uid and resourceVersion: our finalizer and the create record.
    Record(CreateRecord),
    /// `CreateVpcEndpointService` under the record's token. Only after the object was read again from the API server.
    Create {
        record: CreateRecord,
        request: Box<CreateVpcEndpointServiceRequest>,
    },
    UpdateAttributes {
        service_id: String,
        change: AttributeChange,
    },
    ChangeResourceGroup {
        service_id: String,
        resource_group_id: String,
    },
    Tag {
        service_id: String,
        tags: BTreeMap<String, String>,
    },
    Untag {
        service_id: String,
        keys: BTreeSet<String>,
    },
    AttachResource {
        service_id: String,
        resource_type: String,
        key: AttachmentKey,
    },
    DetachResource {
        service_id: String,
        resource_type: String,
        key: AttachmentKey,
    },
    SetAutoAllocated {
        service_id: String,
        key: AttachmentKey,
        enabled: bool,
    },
    AddPrincipal {
        service_id: String,
        account: String,
    },
    RemovePrincipal {
        service_id: String,
        account: String,
    },
    DeleteService {
        service_id: String,
    },
    /// One merge patch with uid and resourceVersion that takes our finalizer off. Always the last step.
    ReleaseFinalizer,
}

/// What is being waited for. Waiting is a result, never an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A sweep begun at this moment or later (see the plan's `look`).
    Sweep,
    /// Lists lag behind own writes of these fields.
    Visible(BTreeSet<Field>),
    /// The service is Creating, Pending or in a state unknown to us.
    ServiceActive(ServiceStatus),
    /// The service is being deleted, by us or by somebody else.
    ServiceDeleted,
    /// The service is locked by the provider (`FinancialLocked`, `SecurityLocked`).
    BusinessStatus(String),
    /// Endpoints still use an attachment that is to go.
    AttachmentUnused { key: AttachmentKey, related_endpoint_count: i64 },
    /// Deletion is blocked: consumers are connected.
    ConsumersGone { endpoints: Vec<Consumer> },
    /// Connections are on their way out.
    ConnectionsSettled,
    /// A former service stands in the way; `settled`: only a person can help now.
    FormerServiceGone { service_id: String, settled: bool },
    /// The service that status names carries no tags of ours.
    OwnershipRestored { service_id: String },
    /// The service was deleted outside.
    Recreation { service_id: String },
    /// More than one service carries the object's UID: these are the ones that are not worked on.
    DuplicateResolved { others: Vec<String> },
    /// The API server must say what becomes of the kind.
    DefinitionKnown(DefinitionUnknown),
    /// A field of the spec forbids the deletion.
    FieldHolds { field: &'static str },
}

/// A consumer that blocks a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    pub endpoint_id: String,
    pub account_id: Option<String>,
}

/// The waiting times that a plan counts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub assumed_list_lag: Duration,
    pub create_window: Duration,
    pub look_up_age: Duration,
    pub call_deadline: Duration,
    pub sweep_period: Duration,
    pub blocked_poll: Duration,
}

impl Plan {
    /// Nothing to do, to wait for or to look at: cloud and spec are one.
    pub fn is_empty(&self) -> bool {
        let Self { differences, steps, wait, look, held_back, unknown: _, because: _, mode: _ } = self;
        differences.is_empty() && steps.is_empty() && wait.is_none() && look.is_none() && held_back.is_empty()
    }
}

impl Step {
    /// The cloud operation, where there is one.
    pub fn operation(&self) -> Option<Operation> {
        match self {
            Self::Record(_) | Self::ReleaseFinalizer => None,
            Self::Create { .. } => Some(Operation::CreateVpcEndpointService),
            Self::UpdateAttributes { .. } => Some(Operation::UpdateVpcEndpointServiceAttribute),
            Self::ChangeResourceGroup { .. } => Some(Operation::ChangeResourceGroup),
            Self::Tag { .. } => Some(Operation::TagResources),
            Self::Untag { .. } => Some(Operation::UntagResources),
            Self::AttachResource { .. } => Some(Operation::AttachResourceToVpcEndpointService),
            Self::DetachResource { .. } => Some(Operation::DetachResourceFromVpcEndpointService),
            Self::SetAutoAllocated { .. } => Some(Operation::UpdateVpcEndpointServiceResourceAttribute),
            Self::AddPrincipal { .. } => Some(Operation::AddUserToVpcEndpointService),
            Self::RemovePrincipal { .. } => Some(Operation::RemoveUserFromVpcEndpointService),
            Self::DeleteService { .. } => Some(Operation::DeleteVpcEndpointService),
        }
    }

    /// The service that the step writes to; none for a Create and for what happens in Kubernetes only.
    pub fn service_id(&self) -> Option<&str> {
        match self {
            Self::Record(_) | Self::Create { .. } | Self::ReleaseFinalizer => None,
            Self::UpdateAttributes { service_id, .. }
            | Self::ChangeResourceGroup { service_id, .. }
            | Self::Tag { service_id, .. }
            | Self::Untag { service_id, .. }
            | Self::AttachResource { service_id, .. }
            | Self::DetachResource { service_id, .. }
            | Self::SetAutoAllocated { service_id, .. }
            | Self::AddPrincipal { service_id, .. }
            | Self::RemovePrincipal { service_id, .. }
            | Self::DeleteService { service_id } => Some(service_id),
        }
    }

    /// It changes what no sweep shows: attachments or principals.
    fn changes_parts(&self) -> bool {
        matches!(
            self,
            Self::AttachResource { .. }
                | Self::DetachResource { .. }
                | Self::SetAutoAllocated { .. }
                | Self::AddPrincipal { .. }
                | Self::RemovePrincipal { .. }
        )
    }

    /// It takes something of the service away, or the service itself.
    pub(super) fn takes_away(&self) -> bool {
        matches!(self, Self::Untag { .. } | Self::DetachResource { .. } | Self::DeleteService { .. })
    }

    /// The fields that it writes on an existing service, with the values as text, as the inventory remembers them; empty: to be absent.
    pub fn writes(&self) -> Vec<(Field, String)> {
        match self {
            Self::Record(_) | Self::Create { .. } | Self::DeleteService { .. } | Self::ReleaseFinalizer => Vec::new(),
            Self::UpdateAttributes { change, .. } => change.texts(),
            Self::ChangeResourceGroup { resource_group_id, .. } => {
                vec![(Field::ResourceGroupId, resource_group_id.clone())]
            }
            Self::Tag { tags, .. } => {
                tags.iter().map(|(key, value)| (Field::Tag(key.clone()), value.clone())).collect()
            }
            Self::Untag { keys, .. } => keys.iter().map(|key| (Field::Tag(key.clone()), String::new())).collect(),
            Self::AttachResource { key, .. } => vec![(Field::Resource(key.clone()), "attached".to_owned())],
            Self::DetachResource { key, .. } => vec![(Field::Resource(key.clone()), String::new())],
            Self::SetAutoAllocated { key, enabled: true, .. } => {
                vec![(Field::Resource(key.clone()), "automatically allocated".to_owned())]
            }
            Self::SetAutoAllocated { key, enabled: false, .. } => {
                vec![(Field::Resource(key.clone()), "not automatically allocated".to_owned())]
            }
            Self::AddPrincipal { account, .. } => vec![(Field::Principal(account.clone()), account.clone())],
            Self::RemovePrincipal { account, .. } => vec![(Field::Principal(account.clone()), String::new())],
        }
    }

    /// It takes a right away: from an account, or from everybody who would be accepted without being asked about. Nothing else goes before it.
    pub fn revokes(&self) -> bool {
        match self {
            Self::RemovePrincipal { .. } => true,
            Self::UpdateAttributes { change, .. } => change.auto_accept_enabled == Some(false),
            _ => false,
        }
    }

    /// It may not be carried out while `earlier`, which stands before it in the plan, was not. Whatever is not named here is independent.
    pub fn depends_on(&self, earlier: &Self) -> bool {
        match (earlier, self) {
            // What happens to the object or to the whole service, and what comes after that.
            (Self::Record(_) | Self::Create { .. } | Self::DeleteService { .. } | Self::ReleaseFinalizer, _)
            | (_, Self::Record(_) | Self::Create { .. } | Self::DeleteService { .. } | Self::ReleaseFinalizer)
            // Only what makes room at the quota stands before an attachment.
            | (Self::DetachResource { .. }, Self::AttachResource { .. }) => true,
            // No load balancer is taken out before those that replace it are in.
            (Self::AttachResource { .. } | Self::SetAutoAllocated { enabled: true, .. }, later)
                if later.takes_capacity() =>
            {
                true
            }
            _ => false,
        }
    }

    fn takes_capacity(&self) -> bool {
        matches!(self, Self::DetachResource { .. } | Self::SetAutoAllocated { enabled: false, .. })
    }

    /// Its effect must be seen before another step may follow: the service leaves Active, or has yet to become it.
    pub fn is_awaited(&self) -> bool {
        matches!(
            self,
            Self::Create { .. }
                | Self::UpdateAttributes { .. }
                | Self::AttachResource { .. }
                | Self::DetachResource { .. }
                | Self::SetAutoAllocated { .. }
                | Self::DeleteService { .. }
                | Self::ReleaseFinalizer
        )
    }
}

impl From<&crate::timing::Timing> for Limits {
    fn from(timing: &crate::timing::Timing) -> Self {
        Self {
            assumed_list_lag: timing.assumed_list_lag,
            create_window: timing.create_window,
            look_up_age: timing.look_up_age,
            call_deadline: timing.call_deadline,
            sweep_period: timing.sweep_period,
            blocked_poll: timing.blocked_poll,
        }
    }
}

#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) mod worlds;
