//! What each wait means: the reason and the sentence that the status gives for it, and when to look again. All of it is here, and only here;
//! how the log names a wait stands beside [`Wait`] itself.

mod adoption;
mod deletion;
mod load_balancers;
mod ownership;
mod replaced;

use std::time::Duration;

use privatelink::{BusinessStatus, ServiceStatus};

use super::assessment::ConditionSet;
use super::inputs::Inputs;
use super::messages;
use crate::crd::Reason;
use crate::vpc_endpoint_service::plan::Wait;

/// How long something may be looked up that nobody has to wait for any longer: see `CHECK_PATIENCE` of the load balancers.
const LOOKED_UP: Duration = Duration::from_secs(5);

/// What one wait means to an object.
#[derive(Debug)]
pub(super) struct Waiting {
    /// What is said of the object because the wait stands in the way of everything else.
    pub(super) obstacle: Option<ConditionSet>,
    /// What is said of it while it is at work and nothing stands in the way; `None`: the wait says nothing of its own.
    pub(super) progress: Option<ConditionSet>,
    /// When to look again, if nothing requeues the object before.
    pub(super) requeue: Duration,
}

pub(super) fn waiting(inputs: &Inputs<'_>, wait: &Wait) -> Waiting {
    let soon = inputs.timing.blocked_poll_interval;
    // Only a person can end it: whoever does that changes the object, or a list shows it.
    let late = inputs.timing.resync_period;
    let deleting = inputs.deleting();
    let is_live = deleting.is_none();
    match wait {
        Wait::ServiceActive(status) => Waiting {
            obstacle: None,
            progress: unknown_state(inputs, status),
            requeue: if is_settling(inputs) { inputs.timing.active_poll_interval } else { soon },
        },
        Wait::ServiceDeleted if is_live => Waiting::obstacle(deleted_by_others(inputs), soon),
        Wait::BusinessStatus(status) => {
            Waiting::obstacle(for_a_person(inputs, Reason::AccountRestricted, locked(inputs, status)), late)
        }
        Wait::LoadBalancers(unusable) => match load_balancers::unusable(inputs, unusable) {
            // Whoever watches the Services, or reads the load balancers, requeues the object.
            Some(obstacle) => Waiting::obstacle(obstacle, late),
            None => Waiting::silent(LOOKED_UP),
        },
        Wait::AttachmentUnused(usage) if is_live && !inputs.is_drifting() && !inputs.has_unapplied() => {
            Waiting::obstacle(replaced::in_use(inputs, usage), soon)
        }
        Wait::ConsumersGone { endpoints } => match deleting {
            Some(spec) => Waiting::obstacle(blocked(deletion::consumers(inputs, spec, endpoints)), soon),
            None => Waiting::silent(soon),
        },
        Wait::DisconnectDue { endpoints, at } => match deleting {
            Some(spec) => {
                let left =
                    inputs.left(inputs.now, Duration::try_from(at.duration_since(inputs.now)).unwrap_or_default());
                Waiting::obstacle(
                    blocked(deletion::disconnect_due(spec, endpoints)),
                    left.unwrap_or_default().min(soon),
                )
            }
            None => Waiting::silent(soon),
        },
        Wait::FormerServiceGone { service_id, settled } if is_live => {
            let requeue = if *settled { late } else { soon };
            Waiting::obstacle(ownership::former(inputs, service_id, *settled), requeue)
        }
        Wait::FormerServiceGone { settled, .. } => Waiting::silent(if *settled { late } else { soon }),
        Wait::AdoptionAllowed { service_id, refusal, settled } => {
            let refused = adoption::refused(inputs, service_id, refusal, *settled);
            Waiting::obstacle(refused, if *settled { late } else { soon })
        }
        Wait::OwnershipRestored { service_id } => {
            let message = match deleting {
                Some(_) => deletion::not_owned(service_id),
                None => ownership::not_owned(inputs, service_id),
            };
            Waiting::obstacle(for_a_person(inputs, Reason::OwnershipLost, message), late)
        }
        Wait::Recreation { service_id } if is_live => Waiting::obstacle(ownership::gone(service_id), late),
        Wait::Recreation { .. } => Waiting::silent(late),
        Wait::DuplicateResolved { others } => {
            Waiting::obstacle(for_a_person(inputs, Reason::DuplicateOwner, ownership::many(others, is_live)), late)
        }
        Wait::ServiceToObserve => Waiting::obstacle(
            ConditionSet::stalled(Reason::NothingToObserve, Reason::NothingToObserve.sentence()),
            late,
        ),
        // Asked again with growing delays, see `requeue`.
        Wait::DefinitionKnown(why) => {
            Waiting::obstacle(blocked(deletion::definition_unknown(why)), inputs.timing.backoff_max)
        }
        Wait::FieldHolds { field } => Waiting::obstacle(blocked(deletion::field_holds(inputs, field)), late),
        // Part of the work, or of a deletion.
        Wait::List
        | Wait::Visible(_)
        | Wait::RegionsOpen(_)
        | Wait::ConnectionsSettled
        | Wait::ServiceDeleted
        | Wait::AttachmentUnused(_) => Waiting::silent(soon),
    }
}

impl Waiting {
    fn silent(requeue: Duration) -> Self {
        Self { obstacle: None, progress: None, requeue }
    }

    fn obstacle(obstacle: ConditionSet, requeue: Duration) -> Self {
        Self { obstacle: Some(obstacle), progress: None, requeue }
    }
}

fn deleted_by_others(inputs: &Inputs<'_>) -> ConditionSet {
    let service = messages::service(inputs.service_id());
    ConditionSet::reconciling(Reason::ProviderBusy, format!("{service} is being deleted, and not by this operator."))
}

fn locked(inputs: &Inputs<'_>, status: &str) -> String {
    let service = messages::service(inputs.service_id());
    format!("{service} is {} by the provider; settle it with the provider.", lock(status))
}

fn blocked(message: String) -> ConditionSet {
    ConditionSet::reconciling(Reason::DeletionBlocked, message)
}

/// Only a person can help. A deletion has one reason for all that blocks it.
fn for_a_person(inputs: &Inputs<'_>, reason: Reason, message: String) -> ConditionSet {
    if inputs.deleting().is_some() { blocked(message) } else { ConditionSet::stalled(reason, message) }
}

/// After a change of ours the lists may lag behind the state of the service, and only calls of this object's own show it.
fn is_settling(inputs: &Inputs<'_>) -> bool {
    inputs.seen().is_some_and(|service| service.settling)
}

fn unknown_state(inputs: &Inputs<'_>, status: &ServiceStatus) -> Option<ConditionSet> {
    let ServiceStatus::Unknown(state) = status else { return None };
    let service = messages::service(inputs.service_id());
    let message = if state.is_empty() {
        format!(
            "The provider does not say in which state {} is; the operator waits for Active.",
            messages::lower(&service)
        )
    } else {
        let state = messages::clip(state, 32);
        format!("{service} is in the state \"{state}\", which this operator does not know; it waits for Active.")
    };
    Some(ConditionSet::reconciling(Reason::UnknownAnswer, message))
}

/// A business status that is a lock, as a participle.
fn lock(status: &str) -> String {
    match BusinessStatus::from_wire(Some(status)) {
        BusinessStatus::FinancialLocked => "locked for a payment that is overdue (FinancialLocked)".to_owned(),
        BusinessStatus::SecurityLocked => "locked for security (SecurityLocked)".to_owned(),
        other => format!("locked ({})", messages::clip(other.as_str(), 32)),
    }
}
