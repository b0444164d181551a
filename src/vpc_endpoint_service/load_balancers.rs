//! What the entries of `spec.resources` lead to: which load balancer, in which zones, and what keeps it from being attached. Pure.
//!
//! Zones that the spec lists count, whatever the load balancer says; where it lists none, those of the load balancer count, as they were last seen when
//! nothing was wrong with it. What is wrong with a load balancer keeps it from being attached, and takes nothing away.

mod entry;
mod obstacle;

pub use self::entry::{Entry, entries};
pub use self::obstacle::{Obstacle, Source, Unusable, Why, unusable};

use loadbalancers::{LoadBalancerId, ZoneStatus};

use super::resolve::Resolved;
use crate::cloud::load_balancers::{Mark, Purpose, Seen, Want, Wanted};
use crate::cloud::services::AttachmentKey;
use crate::cloud::services::observed::{DetailsView, Observed, ServiceView};
use crate::identity::Life;

/// The load balancers that are to be read for the object: all whose zones it leaves out, and of the others those that are about to be attached.
pub fn wanted(resolved: &Resolved, observed: &Observed) -> Wanted {
    if resolved.life != Life::Live {
        return Wanted::default();
    }
    let mark = Mark { generation: resolved.key.generation, requested_at: resolved.refresh.requested_at.clone() };
    let unseen = Seen::default();
    let wants = entries(resolved, &unseen).into_iter().filter_map(|entry| {
        // The API server takes nothing else as an id, and of a Service nothing else is taken for one.
        let id = LoadBalancerId::parse(entry.id()?).ok()?;
        let purpose = entry.purpose();
        let is_wanted = purpose == Purpose::Zones || is_to_be_attached(resolved, observed, &entry);
        is_wanted.then(|| (id, want(resolved, observed, &entry)))
    });
    let mut wanted = Wanted { mark, ..Wanted::default() };
    for (id, want) in wants {
        // Of two entries that lead to one load balancer, the one that needs an answer counts.
        let is_more = want.purpose == Purpose::Zones || !wanted.each.contains_key(&id);
        if is_more {
            wanted.each.insert(id, want);
        }
    }
    wanted
}

/// A load balancer whose zones are left out has others than those in which it was attached when the status was written: an edit that has no generation
/// of its own, and no drift.
pub fn has_other_zones(resolved: &Resolved, seen: &Seen) -> bool {
    entries(resolved, seen).iter().filter(|entry| entry.purpose() == Purpose::Zones).any(|entry| {
        let then = entry.id().and_then(|id| resolved.hint.attached.get(id));
        then.zip(entry.zones()).is_some_and(|(then, now)| then != now)
    })
}

/// The zones in which a load balancer is attached, or to be attached, and does not work as the provider says, with its word.
pub fn troubled_zones(resolved: &Resolved, seen: &Seen) -> Vec<(AttachmentKey, String)> {
    let mut troubled = Vec::new();
    for entry in entries(resolved, seen) {
        let found = entry.found().into_iter().flat_map(|found| &found.zones);
        let is_listed =
            |zone: &str| entry.keys().is_some_and(|keys| keys.iter().any(|key| key.zone_id.as_deref() == Some(zone)));
        for zone in found.filter(|zone| is_listed(&zone.zone_id)) {
            let Some(status) = zone.status.as_ref().filter(|status| **status != ZoneStatus::Active) else { continue };
            let resource_id = entry.id().unwrap_or_default().to_owned();
            let key = AttachmentKey { resource_id, zone_id: Some(zone.zone_id.clone()) };
            troubled.push((key, status.as_str().to_owned()));
        }
    }
    troubled
}

fn want(resolved: &Resolved, observed: &Observed, entry: &Entry<'_>) -> Want {
    let purpose = entry.purpose();
    let referred = entry.referred();
    let expected = referred.filter(|_| purpose == Purpose::Zones).map(|referred| referred.requested_zones.clone());
    Want {
        purpose,
        expected_zones: expected.unwrap_or_default(),
        address: referred.and_then(|referred| referred.address.clone()).map(|address| address.to_string()),
        can_wait: can_wait(resolved, observed, entry),
    }
}

/// Status may schedule: a load balancer that was attached when all was well is looked at again when its time comes. One of a service that is not
/// there is looked at now.
fn can_wait(resolved: &Resolved, observed: &Observed, entry: &Entry<'_>) -> bool {
    let is_attached = entry.id().is_some_and(|id| resolved.hint.attached.contains_key(id));
    let is_there = observed.service == ServiceView::NotYetListed || !observed.service.ours().is_empty();
    resolved.was_ready() && is_attached && is_there
}

/// It is to be attached as soon as that is possible, as far as anybody knows. What is missing from a service that was as it should be was taken away by
/// somebody, and is put back without a look.
fn is_to_be_attached(resolved: &Resolved, observed: &Observed, entry: &Entry<'_>) -> bool {
    if resolved.was_ready() {
        return false;
    }
    let is_missing = |key: &AttachmentKey| match &observed.details {
        DetailsView::Known(details) => !details.attachments.contains_key(key),
        DetailsView::Unknown => false,
    };
    match observed.service {
        ServiceView::NotYetListed => resolved.hint.service_id.is_none(),
        ServiceView::Ours(_) | ServiceView::Many(_) => entry.keys().into_iter().flatten().any(|key| is_missing(&key)),
        ServiceView::Absent { .. } | ServiceView::Foreign(_) | ServiceView::Former(_) | ServiceView::ToAdopt(_) => true,
    }
}

#[cfg(test)]
mod tests;
