//! The questions of a teardown, in order. The first that has an answer makes the plan.

use jiff::Timestamp;

use super::gone::{deleted, let_go, release};
use super::inputs::Inputs;
use crate::cloud::errors::verdict;
use crate::cloud::services::observed::ServiceView;
use crate::cloud::services::{AttachmentKey, Attributes, Connections, Field, Service, Write};
use crate::vpc_endpoint_service::connections::{
    Consumer, MOST_AT_A_TIME, all_consumers, connected_endpoints, is_any_on_the_way, live_consumers,
};
use crate::vpc_endpoint_service::observe::Look;
use crate::vpc_endpoint_service::plan::check::Check;
use crate::vpc_endpoint_service::plan::freshness::{after, is_owned};
use crate::vpc_endpoint_service::plan::unapplied::due;
use crate::vpc_endpoint_service::plan::{Next, Step, Wait, service_state};

type Ask = fn(&Inputs<'_>) -> Option<Next>;

pub(super) const CHECKS: [Check<Ask>; 14] = [
    // Under Retain, what the provider refuses to show is let go with its tags.
    Check { reason: "list-refused", ask: hidden },
    // Ownership and absence are judged from what was seen after the mark.
    Check { reason: "not-listed-since-deletion", ask: not_yet_listed },
    // The service stays: our tags go, then the finalizer.
    Check { reason: "retain", ask: retain },
    // A service without our tags is not deleted, and its object not forgotten.
    Check { reason: "ownership-lost", ask: ownership_lost },
    // Nothing is shown: the finalizer goes once that is proven.
    Check { reason: "service-absent", ask: deleted },
    // The one that status names is dealt with; of a duplicate only a person can say whose it is.
    Check { reason: "duplicate-service", ask: another_service },
    // The provider is at it.
    Check { reason: "service-deleting", ask: |inputs| service_state::deleting(inputs.service()?) },
    // After a detach of ours a lagging list still says Active: only Get knows.
    Check { reason: "status-unconfirmed", ask: |inputs| service_state::settling(inputs.service()?) },
    // The provider takes changes of an Active service only.
    Check { reason: "service-not-active", ask: |inputs| service_state::not_active(inputs.service()?) },
    // No write to a service whose tags no recent list showed.
    Check { reason: "ownership-unproven", ask: ownership_proof },
    // No consumer may come in while the others are counted.
    Check { reason: "auto-accept-enabled", ask: auto_accept },
    // Nobody is cut off before the spec says so, and what is leaving is let out.
    Check { reason: "consumers-connected", ask: consumers },
    // What is attached must be known to be detached.
    Check { reason: "details-unknown", ask: parts_unknown },
    // Nothing is in the way: detach one by one, then delete.
    Check { reason: "ready-to-delete", ask: take_down },
];

/// Only a refusal that a person must lift counts, and that lasts: an outage passes, and tags that stay would stand in the way of a later
/// object.
fn hidden(inputs: &Inputs<'_>) -> Option<Next> {
    let is_hidden = !inputs.observed.is_listed_since(inputs.since)
        && inputs.observed.list_error.as_ref().is_some_and(|error| verdict(error).stalled);
    (inputs.is_retained() && inputs.limits.leaves_tags && is_hidden && inputs.now >= inputs.tried_until()).then(release)
}

fn not_yet_listed(inputs: &Inputs<'_>) -> Option<Next> {
    let is_seen = inputs.observed.service != ServiceView::NotYetListed && inputs.observed.is_listed_since(inputs.since);
    (!is_seen).then(|| Next::list_from(inputs.since))
}

fn retain(inputs: &Inputs<'_>) -> Option<Next> {
    if !inputs.is_retained() {
        return None;
    }
    Some(match (&inputs.observed.service, inputs.services()) {
        (ServiceView::Foreign(_), _) => release(),
        (_, []) => let_go(inputs),
        (_, services) if !services.iter().all(|service| is_owned(service, &inputs.resolved.owner)) => return None,
        _ if inputs.is_untag_refused() && inputs.limits.leaves_tags => release(),
        (_, services) => services.iter().find_map(|service| awaits_proof(inputs, service)).unwrap_or_else(|| {
            let untag = services.iter().map(|service| untag(inputs, service));
            Next::steps(untag.chain([Step::ReleaseFinalizer]).collect())
        }),
    })
}

fn untag(inputs: &Inputs<'_>, service: &Service) -> Step {
    Step::write(&service.id, Write::Untag(inputs.resolved.owner.tags().into_keys().collect()))
}

fn ownership_lost(inputs: &Inputs<'_>) -> Option<Next> {
    let owner = &inputs.resolved.owner;
    let service = match &inputs.observed.service {
        ServiceView::Foreign(service) => Some(&**service),
        _ => inputs.services().iter().find(|service| !is_owned(service, owner)),
    };
    Some(Next::wait(Wait::OwnershipRestored { service_id: service?.id.clone() }))
}

/// Of two services with one UID the one that status names is deleted. Once it is gone, status still names it, and what is shown now is the
/// other: that one waits for a person. A service of a later incarnation than status knows of is no duplicate, only newer than status.
fn another_service(inputs: &Inputs<'_>) -> Option<Next> {
    let named = inputs.resolved.hint.service_id.as_deref()?;
    let is_other = inputs.service()?.id != named && !inputs.resolved.is_next_incarnation();
    let others = || inputs.services().iter().map(|service| service.id.clone()).collect();
    is_other.then(|| Next::wait(Wait::DuplicateResolved { others: others() }))
}

fn ownership_proof(inputs: &Inputs<'_>) -> Option<Next> {
    awaits_proof(inputs, inputs.service()?)
}

fn awaits_proof(inputs: &Inputs<'_>, service: &Service) -> Option<Next> {
    inputs.observed.awaits_proof(service, inputs.since, inputs.limits, inputs.now)
}

fn auto_accept(inputs: &Inputs<'_>) -> Option<Next> {
    let service = inputs.service()?;
    let change = Attributes::default().with(Field::AutoAcceptEnabled, false);
    let is_on = service.attributes.is(&Field::AutoAcceptEnabled, true);
    is_on.then(|| Next::steps(vec![Step::write(&service.id, Write::Attributes(change))]))
}

fn consumers(inputs: &Inputs<'_>) -> Option<Next> {
    inputs.service()?;
    let Some(connections) = inputs.connections() else {
        return Some(look_at_connections(Wait::List, inputs.since));
    };
    let again = after(connections.as_of, inputs.limits.blocked_poll_interval);
    let endpoints = live_consumers(connections);
    if !endpoints.is_empty() {
        return Some(connected(inputs, connections, endpoints, again));
    }
    if is_any_on_the_way(connections) {
        return Some(look_at_connections(Wait::ConnectionsSettled, again));
    }
    refused(inputs, connections)
}

fn connected(inputs: &Inputs<'_>, connections: &Connections, endpoints: Vec<Consumer>, again: Timestamp) -> Next {
    match inputs.disconnect_at() {
        None => look_at_connections(Wait::ConsumersGone { endpoints }, again),
        Some(at) if inputs.now < at => look_at_connections(Wait::DisconnectDue { endpoints, at }, again),
        Some(_) => {
            disconnect(inputs, connections).unwrap_or_else(|| look_at_connections(Wait::ConnectionsSettled, again))
        }
    }
}

/// After a refusal the connections are looked at once more before anybody is cut off: the provider knew something that the last look did not show.
/// `None`: nobody can be cut off now.
fn disconnect(inputs: &Inputs<'_>, connections: &Connections) -> Option<Next> {
    if let Some(refused_at) = inputs.disconnect_refused().filter(|at| connections.as_of < *at) {
        return Some(look_at_connections(Wait::List, refused_at));
    }
    let service_id = &inputs.service()?.id;
    let endpoints = connected_endpoints(connections).into_iter().take(MOST_AT_A_TIME);
    let steps = endpoints.map(|endpoint_id| Step::write(service_id, Write::Disconnect(endpoint_id))).collect();
    let steps = due(steps, &inputs.observed.own.field_failures, inputs.now);
    (!steps.is_empty()).then(|| Next::steps(steps))
}

/// The provider knows better than the last look. After a refused detach the connections are looked at once more, at once; after a refused
/// delete all endpoints are in the way, connected or not, until a later look.
fn refused(inputs: &Inputs<'_>, connections: &Connections) -> Option<Next> {
    let delete_again = inputs.delete_refused().map(|at| after(at, inputs.limits.blocked_poll_interval));
    if let Some(moment) = delete_again.filter(|moment| connections.as_of < *moment) {
        return Some(look_at_connections(Wait::ConsumersGone { endpoints: all_consumers(connections) }, moment));
    }
    let detach_again = inputs.detach_refused().filter(|at| connections.as_of < *at);
    detach_again.map(|moment| look_at_connections(Wait::List, moment))
}

fn look_at_connections(wait: Wait, not_before: Timestamp) -> Next {
    Next { look: Some(Look::Connections { not_before }), ..Next::wait(wait) }
}

fn parts_unknown(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.service()?.id.clone();
    inputs.details().is_none().then(|| Next::look(Look::Details { service_id }))
}

/// A detach that was refused although no consumer is left is passed over, because the provider may drop attachments itself. Refused too, both
/// are tried again in turn: it may have been the last endpoint that was in the way.
fn take_down(inputs: &Inputs<'_>) -> Option<Next> {
    let service = inputs.service()?;
    let skip_detach = inputs.detach_refused() > inputs.delete_refused();
    let attached = inputs.details()?.attachments.keys().filter(|_| !skip_detach);
    let detach = attached.map(|key| detach(inputs, service, key));
    Some(Next::steps(detach.chain([Step::write(&service.id, Write::Delete)]).collect()))
}

fn detach(inputs: &Inputs<'_>, service: &Service, key: &AttachmentKey) -> Step {
    let resource_type = inputs.resolved.spec.service_resource_type.as_str().to_owned();
    Step::write(&service.id, Write::Detach { resource_type, key: key.clone() })
}
