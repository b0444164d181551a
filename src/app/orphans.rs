//! Services in the cloud that carry our cluster tag and the UID of an object that exists no more: counted and reported, and deleted only where the
//! operator was told to, see [`decision`].

mod attempt;
mod decision;
mod deletion;
mod departed;
mod owner;
mod sightings;
#[cfg(test)]
mod test_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

pub(super) use self::attempt::Tools;
use self::deletion::Deletion;
use self::sightings::{Orphan, Sightings};
use crate::cloud::inventory::Owned;
use crate::crd::EventReason;
use crate::kubernetes::event::PodEvents;
use crate::kubernetes::{Announcement, Severity};
use crate::settings::Scope;
use crate::supervise::{self, Task};
use crate::timing::Key;
use crate::vpc_endpoint_service::context::Context;

/// How many are named in one event; the log names all.
const NAMED: usize = 10;

/// Where the look is made, and whom it is told.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) context: Arc<Context>,
    pub(super) scope: Scope,
    /// On the pod of this process, where its name is known.
    pub(super) events: Option<PodEvents>,
    /// How many there are.
    pub(super) count: Arc<AtomicUsize>,
    /// What deletes them; `None`: they are reported only.
    pub(super) deletes: Option<Tools>,
}

/// Looks once a resync period, until the handle is dropped.
pub(super) fn watch(setup: Setup) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(supervise::forever(Task::Orphans, move || look(setup.clone()))))
}

async fn look(setup: Setup) {
    let timing = setup.context.runtime.timing;
    let mut seen = Sightings::new(&timing);
    let mut deletion = setup.deletes.clone().map(Deletion::new);
    let mut pause = timing.resync_period;
    loop {
        sleep(pause).await;
        let new = seen.take_in(setup.found(), Instant::now());
        setup.count.store(seen.confirmed().count(), Ordering::Relaxed);
        setup.report(&new).await;
        if let Some(deletion) = &mut deletion {
            let (deleted, next) = Box::pin(deletion.advance(&seen)).await;
            setup.report_deleted(&deleted).await;
            pause = next;
        }
    }
}

impl Setup {
    fn found(&self) -> Vec<Orphan> {
        let live = &self.context.runtime.live;
        let found = self.context.accounts.owned(|service| is_seen(&self.scope, service) && live.is_gone(&service.uid));
        found.into_iter().map(|(target, service)| Orphan { target, service }).collect()
    }

    async fn report(&self, new: &[Orphan]) {
        for Orphan { service: Owned { id, uid, object }, target: _ } in new {
            warn!(service_id = id, owner = object, owner_uid = uid, "the object of an endpoint service exists no more");
        }
        if !new.is_empty() {
            let delay = self.deletes.as_ref().map(|tools| tools.context.runtime.timing.orphan_deletion_delay);
            self.publish(EventReason::OrphanedServices, &note(new, delay)).await;
        }
    }

    async fn report_deleted(&self, deleted: &[Orphan]) {
        for Orphan { service: Owned { id, uid, object }, target: _ } in deleted {
            info!(service_id = id, owner = object, owner_uid = uid, "deleted an endpoint service without its object");
            let note = format!("Deleted endpoint service {id}: its object {object} exists no more (--delete-orphans).");
            self.publish(EventReason::OrphanDeleted, &note).await;
        }
    }

    async fn publish(&self, reason: EventReason, note: &str) {
        let severity = if reason.is_warning() { Severity::Warning } else { Severity::Normal };
        if let Some(events) = &self.events {
            events.publish(Announcement { severity, reason: reason.as_str(), note }).await;
        }
    }
}

/// An operator of one namespace does not know the objects of others.
fn is_seen(scope: &Scope, service: &Owned) -> bool {
    match scope {
        Scope::Cluster => true,
        Scope::Namespace(namespace) => service.object.split_once('.').is_some_and(|(of, _)| of == namespace),
    }
}

/// `delay`: after that they are deleted.
fn note(new: &[Orphan], delay: Option<Duration>) -> String {
    let name = |orphan: &Orphan| format!("{} of {}", orphan.service.id, orphan.service.object);
    let named: Vec<_> = new.iter().take(NAMED).map(name).collect();
    let more = if new.len() > NAMED { " and others" } else { "" };
    let found = format!("Endpoint services whose object exists no more: {}{more}.", named.join(", "));
    match delay {
        None => found,
        Some(delay) => format!(
            "{found} Each is deleted once it has been without object and consumers for {} (--delete-orphans); to keep one, remove its privatelink-operator tags.",
            Key::value(delay)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::test_support::orphan;
    use super::*;

    #[test]
    fn an_operator_of_one_namespace_speaks_of_that_alone() {
        let (scope, service) = (Scope::Namespace("team".to_owned()), orphan("a").service);
        assert!(is_seen(&scope, &service) && is_seen(&Scope::Cluster, &service));
        for object in ["", "team", "team2.orders", "other.team"] {
            assert!(!is_seen(&scope, &Owned { object: object.to_owned(), ..service.clone() }), "{object}");
        }
    }

    #[test]
    fn an_event_names_the_first_ten_and_says_what_becomes_of_them() {
        let many: Vec<_> = (0..11).map(|number| orphan(&number.to_string())).collect();
        assert!(note(&many, None).ends_with("9 of team.orders and others."), "{}", note(&many, None));
        let found = "Endpoint services whose object exists no more: a of team.orders.";
        assert_eq!(note(&[orphan("a")], None), found);
        let deleted = " Each is deleted once it has been without object and consumers for 1h (--delete-orphans); to keep one, remove its privatelink-operator tags.";
        assert_eq!(note(&[orphan("a")], Some(Duration::from_hours(1))), format!("{found}{deleted}"));
    }
}
