//! The questions of a plan, in order. The first that has an answer makes the plan.

use cloud_core::ErrorKind;
use jiff::Timestamp;
use privatelink::{BusinessStatus, Operation};

use super::check::Check;
use super::freshness::{after, before, fate, is_owned};
use super::inputs::Inputs;
use super::{Next, Step, Wait, adoption, change, create, replace, service_state};
use crate::cloud::services::Proof;
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::vpc_endpoint_service::observe::Look;

type Ask = fn(&Inputs<'_>) -> Option<Next>;

pub(super) const CHECKS: [Check<Ask>; 23] = [
    // Before the first list nothing is known, so nothing may be concluded.
    Check { reason: "not-listed-yet", ask: not_yet_listed },
    // The service exists without our tags: it may be written to as little as it may be replaced.
    Check { reason: "ownership-lost", ask: ownership_lost },
    // An object that is to adopt a service creates none, and takes over only what was given to it.
    Check { reason: "adoption", ask: adoption::adoption },
    // An earlier object of this name left a service, which consumers may use: no second one beside it.
    Check { reason: "former-service", ask: adoption::former_service },
    // A service that was created once is not created again in silence: consumers hold its name.
    Check { reason: "service-gone", ask: service_gone },
    // Nothing was ever created for this incarnation, or nobody saw what became of it.
    Check { reason: "service-missing", ask: service_missing },
    // A list that showed the new service was followed by one that does not: only Get knows.
    Check { reason: "missing-from-list", ask: missed },
    // The provider refuses every change of a locked service.
    Check { reason: "service-locked", ask: business_lock },
    // Nothing can be changed on a service that is going.
    Check { reason: "service-deleting", ask: |inputs| service_state::deleting(inputs.service()?) },
    // After an attach or detach of ours a lagging list still says Active: only Get knows.
    Check { reason: "status-unconfirmed", ask: |inputs| service_state::settling(inputs.service()?) },
    // The provider takes changes of an Active service only.
    Check { reason: "service-not-active", ask: |inputs| service_state::not_active(inputs.service()?) },
    // What is managed and was never seen can be neither changed nor called ready.
    Check { reason: "details-unknown", ask: parts_unknown },
    // The provider knows of an endpoint that our last look did not show: look before asking again.
    Check { reason: "detach-refused", ask: detach_refused },
    // No write to a service whose tags no recent list showed.
    Check { reason: "ownership-unproven", ask: ownership_proof },
    // Others may have changed attachments and principals since they were read, and no list would tell.
    Check { reason: "details-outdated", ask: parts_outdated },
    // The cloud is not as the spec wants it.
    Check { reason: "differs-from-spec", ask: differences },
    // Who asks to be connected, and who is, is not known, or not any more.
    Check { reason: "connections-unknown", ask: connections_unknown },
    // A load balancer is not there, or cannot be used; the rest of the spec is in force.
    Check { reason: "load-balancer-unusable", ask: load_balancers },
    // An attachment that is to go must wait for the endpoints that use it.
    Check { reason: "attachment-in-use", ask: replace::attachment_in_use },
    // Consumers of a region that is not open yet cannot connect.
    Check { reason: "regions-opening", ask: regions_opening },
    // Our writes were accepted, but no list shows them yet.
    Check { reason: "writes-not-visible", ask: not_yet_visible },
    // An earlier process may have written for an older spec, and no list may show it yet.
    Check { reason: "earlier-writes-possible", ask: earlier_writes },
    // More than one service carries the object's UID: only a person can say which may go.
    Check { reason: "duplicate-service", ask: duplicate },
];

fn not_yet_listed(inputs: &Inputs<'_>) -> Option<Next> {
    (inputs.observed.service == ServiceView::NotYetListed).then(|| Next::list_from(inputs.observed.own.process_start))
}

fn ownership_lost(inputs: &Inputs<'_>) -> Option<Next> {
    let owner = &inputs.resolved.owner;
    let service = match &inputs.observed.service {
        ServiceView::Foreign(service) => Some(&**service),
        _ => inputs.service().filter(|service| !is_owned(service, owner)),
    };
    Some(Next::wait(Wait::OwnershipRestored { service_id: service?.id.clone() }))
}

fn service_gone(inputs: &Inputs<'_>) -> Option<Next> {
    let ServiceView::Absent { named } = &inputs.observed.service else { return None };
    let service_id = inputs.created()?.to_owned();
    let sure = after(inputs.known_since(&service_id), inputs.limits.consistency_window);
    if !inputs.observed.is_listed_since(sure) {
        return Some(Next::list_from(sure));
    }
    Some(match fate(named, &service_id) {
        Some(NamedId::Gone(_)) => create::in_place_of(inputs, service_id),
        Some(_) => Next {
            look: Some(inputs.observed.next_list_from(inputs.limits.blocked_poll_interval)),
            ..Next::wait(Wait::List)
        },
        None => Next { look: Some(Look::Judge { service_id }), ..Next::wait(Wait::List) },
    })
}

fn service_missing(inputs: &Inputs<'_>) -> Option<Next> {
    let is_absent = matches!(inputs.observed.service, ServiceView::Absent { .. });
    // A service without all of its load balancers would be handed to consumers half-made.
    is_absent.then(|| load_balancers(inputs).unwrap_or_else(|| create::create(inputs)))
}

pub(super) fn load_balancers(inputs: &Inputs<'_>) -> Option<Next> {
    let unusable = &inputs.unusable;
    (!unusable.is_empty()).then(|| Next::wait(Wait::LoadBalancers(unusable.clone())))
}

/// Once for each list without it: what Get says is good until the next one.
fn missed(inputs: &Inputs<'_>) -> Option<Next> {
    let service = inputs.service().filter(|service| service.proof == Proof::Missed)?;
    Some(Next::look(Look::Service { service_id: service.id.clone() }))
}

fn business_lock(inputs: &Inputs<'_>) -> Option<Next> {
    let status = inputs.service()?.business_status.as_deref()?;
    let is_locked = BusinessStatus::from_wire(Some(status)).is_locked();
    is_locked.then(|| Next::wait(Wait::BusinessStatus(status.to_owned())))
}

/// Status may schedule: an object that was ready in this generation can wait for the inventory's own refresh of the details, unless a person
/// asked for a look. Any other is looked at now; what was seen before its last edit does not count as known.
fn parts_unknown(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let can_wait = inputs.was_ready() && !inputs.observed.refresh.is_open;
    (!can_wait && !inputs.unknown().is_empty()).then(|| Next::look(Look::Details { service_id }))
}

fn detach_refused(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let as_of = inputs.details()?.as_of;
    let is_outdated = inputs.observed.own.refusals.iter().any(|refusal| {
        refusal.operation == Operation::DetachResourceFromVpcEndpointService.into()
            && refusal.kind == ErrorKind::DependencyFirst
            && refusal.at >= as_of
    });
    (is_outdated && !inputs.comparison.unwanted.is_empty()).then(|| Next::look(Look::Details { service_id }))
}

fn ownership_proof(inputs: &Inputs<'_>) -> Option<Next> {
    let service = inputs.service()?;
    if any_steps(inputs, &service.id).is_empty() {
        return None;
    }
    inputs.observed.awaits_proof(service, Timestamp::MIN, inputs.limits, inputs.now)
}

/// What may be sent now or next: what ends a difference, and what moves connections off what is to go.
fn any_steps(inputs: &Inputs<'_>, service_id: &str) -> Vec<Step> {
    change::steps(inputs, service_id).into_iter().chain(replace::steps(inputs, service_id)).collect()
}

/// A permit may come minutes after the read that made the object ask for it. What a list shows is never that old.
fn parts_outdated(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let is_outdated = inputs.details()?.read_at < before(inputs.now, inputs.limits.resync_period);
    let is_written =
        is_outdated && inputs.is_acting() && any_steps(inputs, &service_id).iter().any(Step::changes_parts);
    is_written.then(|| Next::look(Look::Details { service_id }))
}

fn differences(inputs: &Inputs<'_>) -> Option<Next> {
    let steps = change::steps(inputs, &inputs.service()?.id);
    (!steps.is_empty()).then(|| Next::steps(steps))
}

/// The inventory lists them each period while the spec manages them, and at once where it has not yet.
fn connections_unknown(inputs: &Inputs<'_>) -> Option<Next> {
    let not_before = before(inputs.now, inputs.limits.resync_period.saturating_mul(2));
    inputs
        .are_connections_unknown()
        .then(|| Next { look: Some(Look::Connections { not_before }), ..Next::wait(Wait::List) })
}

fn regions_opening(inputs: &Inputs<'_>) -> Option<Next> {
    let opening = &inputs.comparison.opening;
    let look = || inputs.observed.next_list_from(inputs.limits.blocked_poll_interval);
    (!opening.is_empty()).then(|| Next { look: Some(look()), ..Next::wait(Wait::RegionsOpen(opening.clone())) })
}

fn not_yet_visible(inputs: &Inputs<'_>) -> Option<Next> {
    let unseen = &inputs.comparison.unseen;
    (!unseen.is_empty()).then(|| Next::wait(Wait::Visible(unseen.clone())))
}

/// What an earlier process wrote for this very spec is only written again. After an edit nobody knows what it wrote for the older one, until
/// everything was looked at that lagged when this process began.
fn earlier_writes(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let own = &inputs.observed.own;
    let is_author = inputs.resolved.record.as_ref().is_some_and(|record| own.is_author(record));
    if is_author || inputs.was_ready() || inputs.resolved.key.generation <= 1 {
        return None;
    }
    let sure = after(own.process_start, inputs.limits.consistency_window);
    if !inputs.observed.is_listed_since(sure) {
        return Some(Next::list_from(sure));
    }
    let is_outdated = inputs.is_any_part_managed() && inputs.details().is_some_and(|details| details.as_of < sure);
    is_outdated.then(|| Next::look(Look::Details { service_id }))
}

fn duplicate(inputs: &Inputs<'_>) -> Option<Next> {
    let ServiceView::Many(services) = &inputs.observed.service else { return None };
    let others: Vec<_> = services.iter().skip(1).map(|service| service.id.clone()).collect();
    (!others.is_empty()).then(|| Next::wait(Wait::DuplicateResolved { others }))
}
