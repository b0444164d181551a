//! Services in the cloud that carry our cluster tag and the UID of an object that exists no more: counted and reported, never written to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

use crate::cloud::inventory::Owned;
use crate::crd::EventReason;
use crate::kubernetes::event::PodEvents;
use crate::kubernetes::{Announcement, Severity};
use crate::settings::Scope;
use crate::supervise::{self, Task};
use crate::timing::Timing;
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
}

/// Looks once a resync period, until the handle is dropped.
pub(super) fn watch(setup: Setup) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(supervise::forever(Task::Orphans, move || look(setup.clone()))))
}

async fn look(setup: Setup) {
    let Setup { context, scope, events, count } = setup;
    let timing = context.runtime.timing;
    let mut orphans = Orphans::new(&timing);
    loop {
        sleep(timing.resync_period).await;
        let live = &context.runtime.live;
        let found = context.accounts.owned(|service| is_seen(&scope, service) && live.is_gone(&service.uid));
        let new = orphans.take_in(found, context.runtime.clock.now());
        count.store(orphans.confirmed(), Ordering::Relaxed);
        for Owned { id, uid, object } in &new {
            warn!(service_id = id, owner = object, owner_uid = uid, "the object of an endpoint service exists no more");
        }
        if let Some(events) = events.as_ref().filter(|_| !new.is_empty()) {
            let note = note(&new);
            let reason = EventReason::OrphanedServices.as_str();
            events.publish(Announcement { severity: Severity::Warning, reason, note: &note }).await;
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

fn note(new: &[Owned]) -> String {
    let named: Vec<_> = new.iter().take(NAMED).map(|orphan| format!("{} of {}", orphan.id, orphan.object)).collect();
    let more = if new.len() > NAMED { " and others" } else { "" };
    format!("Endpoint services whose object exists no more: {}{more}.", named.join(", "))
}

/// What was found without its object, and since when. A list may lag behind a deletion, so that only what is found again and again counts.
#[derive(Debug)]
struct Orphans {
    needed: Duration,
    since: BTreeMap<Owned, (Timestamp, bool)>,
}

impl Orphans {
    fn new(timing: &Timing) -> Self {
        Self { needed: timing.consistency_window + timing.create_window, since: BTreeMap::new() }
    }

    /// Takes in what is found now; answers those that count from now on.
    fn take_in(&mut self, found: Vec<Owned>, now: Timestamp) -> Vec<Owned> {
        let before = std::mem::take(&mut self.since);
        let mut new = Vec::new();
        for orphan in found {
            let (since, was_confirmed) = before.get(&orphan).copied().unwrap_or((now, false));
            let is_confirmed = was_confirmed || now.duration_since(since).unsigned_abs() >= self.needed;
            if is_confirmed && !was_confirmed {
                new.push(orphan.clone());
            }
            self.since.insert(orphan, (since, is_confirmed));
        }
        new
    }

    fn confirmed(&self) -> usize {
        self.since.values().filter(|(_, is_confirmed)| *is_confirmed).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn orphan(id: &str) -> Owned {
        Owned { id: id.to_owned(), uid: format!("uid-{id}"), object: "team.orders".to_owned() }
    }

    #[test]
    fn what_is_found_for_longer_than_the_lists_lag_counts_and_is_told_once() {
        let mut orphans = Orphans::new(&Timing::default());
        assert_eq!(orphans.take_in(vec![orphan("a"), orphan("b")], at(0)), []);
        assert_eq!((orphans.take_in(vec![orphan("a")], at(89)), orphans.confirmed()), (vec![], 0));
        assert_eq!((orphans.take_in(vec![orphan("a")], at(90)), orphans.confirmed()), (vec![orphan("a")], 1));
        let both = vec![orphan("a"), orphan("b")];
        assert_eq!((orphans.take_in(both, at(150)), orphans.confirmed()), (vec![], 1));
        assert_eq!((orphans.take_in(vec![orphan("b")], at(240)), orphans.confirmed()), (vec![orphan("b")], 1));
        assert_eq!((orphans.take_in(vec![], at(300)), orphans.confirmed()), (vec![], 0));
    }

    #[test]
    fn an_operator_of_one_namespace_speaks_of_that_alone() {
        let scope = Scope::Namespace("team".to_owned());
        assert!(is_seen(&scope, &orphan("a")) && is_seen(&Scope::Cluster, &orphan("a")));
        for object in ["", "team", "team2.orders", "other.team"] {
            assert!(!is_seen(&scope, &Owned { object: object.to_owned(), ..orphan("a") }), "{object}");
        }
    }

    #[test]
    fn an_event_names_the_first_ten() {
        let many: Vec<_> = (0..11).map(|number| orphan(&number.to_string())).collect();
        assert!(note(&many).ends_with("9 of team.orders and others."), "{}", note(&many));
        assert_eq!(note(&[orphan("a")]), "Endpoint services whose object exists no more: a of team.orders.");
    }
}
