//! The questions of a plan, in order. The first that has an answer makes the plan.

use cloud_core::ErrorKind;
use jiff::Timestamp;
use privatelink::{BusinessStatus, Operation, ServiceStatus};

use super::check::Check;
use super::freshness::{after, before, fate, is_owned};
use super::inputs::Inputs;
use super::{Next, Step, Wait, change, create, resources, service_state};
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::cloud::services::{Proof, Service, Write};
use crate::names::ADOPT_TAG;
use crate::vpc_endpoint_service::observe::Look;

type Ask = fn(&Inputs<'_>) -> Option<Next>;

pub(super) const CHECKS: [Check<Ask>; 20] = [
    // Before the first list nothing is known, so nothing may be concluded.
    Check { reason: "not-listed-yet", ask: not_yet_listed },
    // The service exists without our tags: it may be written to as little as it may be replaced.
    Check { reason: "ownership-lost", ask: ownership_lost },
    // An earlier object of this name left a service, which consumers may use: no second one beside it.
    Check { reason: "former-service", ask: former_service },
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
    // An attachment that is to go must wait for the endpoints that use it.
    Check { reason: "attachment-in-use", ask: attachment_in_use },
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

/// A former service that is on its way out is only waited for; of one that stays, a lagging list may be the last trace.
fn former_service(inputs: &Inputs<'_>) -> Option<Next> {
    let ServiceView::Former(service) = &inputs.observed.service else { return None };
    if is_handed_over(inputs, service) {
        return Some(take_over(inputs, service));
    }
    let service_id = service.id.clone();
    let sure = after(inputs.observed.own.first_seen, inputs.limits.consistency_window);
    let is_leaving = service.status == ServiceStatus::Deleting;
    let settled = !is_leaving && inputs.observed.is_listed_since(sure);
    let look = match (settled, is_leaving) {
        (true, _) => None,
        (false, true) => Some(inputs.observed.next_list_from(inputs.limits.blocked_poll_interval)),
        (false, false) => Some(Look::List { not_before: sure }),
    };
    Some(Next { look, ..Next::wait(Wait::FormerServiceGone { service_id, settled }) })
}

/// Somebody with rights in the cloud put the tag on it that gives it to this object, which can use it.
fn is_handed_over(inputs: &Inputs<'_>, service: &Service) -> bool {
    let kind = &inputs.desired.service_resource_type;
    service.status != ServiceStatus::Deleting
        && service.tags.get(ADOPT_TAG) == Some(&inputs.resolved.owner.object)
        && service.resource_type.as_ref().is_none_or(|found| found == kind)
}

/// Our tags make it this object's. Before that nobody may be about to create one for the object, this process as little as another.
fn take_over(inputs: &Inputs<'_>, service: &Service) -> Next {
    if let Some(first) = create::settle_others(inputs) {
        return first;
    }
    let last_create = inputs.observed.own.last_open_effect(inputs.limits);
    let settled = last_create.map_or(Timestamp::MIN, |last| after(last, inputs.limits.consistency_window));
    if !inputs.observed.is_listed_since(settled) {
        return Next::list_from(settled);
    }
    inputs
        .observed
        .awaits_proof(service, Timestamp::MIN, inputs.limits, inputs.now)
        .unwrap_or_else(|| Next::steps(vec![Step::write(&service.id, Write::Tag(inputs.resolved.owner.tags()))]))
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
    matches!(inputs.observed.service, ServiceView::Absent { .. }).then(|| create::create(inputs))
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
    if change::steps(inputs, &service.id).is_empty() {
        return None;
    }
    inputs.observed.awaits_proof(service, Timestamp::MIN, inputs.limits, inputs.now)
}

/// A permit may come minutes after the read that made the object ask for it. What a list shows is never that old.
fn parts_outdated(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let is_outdated = inputs.details()?.read_at < before(inputs.now, inputs.limits.resync_period);
    let is_written = is_outdated && change::steps(inputs, &service_id).iter().any(Step::changes_parts);
    is_written.then(|| Next::look(Look::Details { service_id }))
}

fn differences(inputs: &Inputs<'_>) -> Option<Next> {
    let steps = change::steps(inputs, &inputs.service()?.id);
    (!steps.is_empty()).then(|| Next::steps(steps))
}

fn attachment_in_use(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    let (key, attachment) = resources::in_use(&inputs.comparison)?;
    let related_endpoint_count = attachment.related_endpoint_count;
    let is_due = inputs.details()?.as_of <= before(inputs.now, inputs.limits.blocked_poll_interval);
    let look = is_due.then_some(Look::Details { service_id });
    Some(Next { look, ..Next::wait(Wait::AttachmentUnused { key: key.clone(), related_endpoint_count }) })
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
