//! Lists: when they are due, and what they change for whom.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;

use super::{DependentsSnapshot, Snapshot, State};
use crate::cloud::errors::{asked_delay, is_about_region};
use crate::cloud::inventory::pending_writes::PendingWrites;
use crate::cloud::inventory::resource::{Phase, Resource};
use crate::cloud::inventory::schedule::{Demand, Failure, ResyncSchedule};
use crate::cloud::inventory::view::{Change, is_of_cluster};
use crate::identity::ObjectId;
use crate::names::{OBJECT_TAG, UID_TAG};

/// Whom a good list concerns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::cloud::inventory) struct Requeued {
    pub(in crate::cloud::inventory) objects: BTreeSet<ObjectId>,
    /// It is the first good list after one that waiters were told of, or after a time in which the provider throttled it.
    pub(in crate::cloud::inventory) recovered: bool,
}

impl<R: Resource> State<R> {
    /// When the next list of the services is to begin.
    pub(in crate::cloud::inventory) fn list_due(&self, now: Timestamp) -> Option<Timestamp> {
        let objects = !self.objects.is_empty();
        let on_the_way = objects && (self.pending.values().any(PendingWrites::<R>::is_unseen) || self.any_on_the_way());
        let demand = Demand { requested: self.refresh_requests.earliest(), on_the_way, objects };
        self.due(&self.schedule, demand, R::LIST, now)
    }

    /// When the next list of the dependents is to begin: for somebody who asked for it, each period while somebody manages them, and sooner
    /// while one that is watched is changing or a write has yet to be shown.
    pub(in crate::cloud::inventory) fn dependents_due(&self, now: Timestamp) -> Option<Timestamp> {
        let objects = self.dependents_managers > 0;
        let is_unseen = || self.pending.values().any(PendingWrites::<R>::has_unseen_dependents);
        let on_the_way = objects && self.are_dependents_moving || !self.objects.is_empty() && is_unseen();
        let demand = Demand { requested: self.dependents_requests.earliest(), on_the_way, objects };
        self.due(&self.dependents_schedule, demand, R::LIST_DEPENDENTS, now)
    }

    fn due(
        &self,
        schedule: &ResyncSchedule,
        demand: Demand,
        operation: ApiOperation,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let due = schedule.due(now, demand)?;
        Some(self.breakers.tripped_until(operation).map_or(due, |until| due.max(until)))
    }

    /// A resource that one of our objects has or waits for is in a state that passes.
    fn any_on_the_way(&self) -> bool {
        let passes = |resource: &R::View| R::phase(R::status(resource)) != Phase::Active;
        self.objects
            .values()
            .map(|object| &object.owner)
            .any(|owner| self.view.of_uid(&owner.uid).any(passes) || self.view.of_object(&owner.object).any(passes))
    }

    pub(in crate::cloud::inventory) fn begin_list(&mut self, now: Timestamp, jitter: f64) {
        self.schedule.begin(now, jitter);
        // It is due, so it may.
        let _ = self.breakers.enter(R::LIST, now);
        self.figures.lists += 1;
    }

    pub(in crate::cloud::inventory) fn begin_dependents(&mut self, now: Timestamp, jitter: f64) {
        self.dependents_schedule.begin(now, jitter);
        let _ = self.breakers.enter(R::LIST_DEPENDENTS, now);
        self.figures.dependent_lists += 1;
    }

    /// Takes in a list of the services that began at `as_of`. Entries without our cluster tag are dropped, whatever
    /// the filter was.
    pub(in crate::cloud::inventory) fn listed(
        &mut self,
        as_of: Timestamp,
        entries: impl IntoIterator<Item = R::View>,
    ) -> Requeued {
        let ours = entries.into_iter().filter(|resource| is_of_cluster::<R>(resource, &self.about.cluster));
        let resources: BTreeMap<String, R::View> =
            ours.map(|resource| (R::id(&resource).to_owned(), resource)).collect();
        self.settle(as_of, &resources);
        self.snapshot = Some(Snapshot { as_of, resources });
        self.list_error = None;
        let changes = self.refresh_all();
        if !changes.is_empty() {
            self.schedule.restart();
        }
        let is_allowed_again = self.breakers.reset(R::LIST, as_of);
        let recovered = self.schedule.succeed() || is_allowed_again;
        let mut objects = self.concerned(&changes);
        objects.extend(self.refresh_requests.take_served(as_of));
        objects.extend(self.take_waiting());
        self.prove();
        Requeued { objects, recovered }
    }

    /// Compares the pending writes with what the list shows, and drops the memory that is spent.
    fn settle(&mut self, as_of: Timestamp, resources: &BTreeMap<String, R::View>) {
        let (lag, since) = (self.about.timing.consistency_window, self.refusals_since(as_of));
        self.pending.retain(|id, pending| {
            pending.settle(as_of, resources.get(id), lag);
            !pending.is_spent(since)
        });
        self.details_errors.retain(|id, _| resources.contains_key(id));
        let pending = &self.pending;
        self.read.retain(|id, _| resources.contains_key(id) || pending.get(id).is_some_and(PendingWrites::<R>::is_new));
    }

    /// Overlays the pending writes on every resource, old and new.
    fn refresh_all(&mut self) -> Vec<Change<R>> {
        let snapshot = self.snapshot.iter().flat_map(|snapshot| snapshot.resources.keys().cloned());
        let mut ids: BTreeSet<String> = snapshot.chain(self.pending.keys().cloned()).collect();
        ids.append(&mut self.view.ids());
        ids.iter().map(|id| self.refresh(id)).filter(|change| !change.is_empty()).collect()
    }

    /// The objects for which a changed resource counts: by its UID tag, by the name on it, by its id.
    fn concerned(&self, changes: &[Change<R>]) -> BTreeSet<ObjectId> {
        let sides = || changes.iter().flat_map(Change::<R>::sides);
        let tagged = |key: &str| sides().filter_map(|resource| R::tags(resource).get(key)).collect::<BTreeSet<_>>();
        let (uids, names) = (tagged(UID_TAG), tagged(OBJECT_TAG));
        let ids: BTreeSet<&str> = sides().map(R::id).collect();
        let concerned = self.objects.values().filter(|object| {
            uids.contains(&object.id.uid)
                || names.contains(&object.owner.object)
                || object.adopt.as_deref().is_some_and(|id| ids.contains(id))
                || object.expected_id().is_some_and(|id| ids.contains(id))
        });
        concerned.map(|object| object.id.clone()).collect()
    }

    /// Those who were told that there is no good list.
    fn take_waiting(&mut self) -> Vec<ObjectId> {
        let waiting = self.objects.values_mut();
        waiting.filter_map(|object| std::mem::take(&mut object.waits_for_good).then(|| object.id.clone())).collect()
    }

    /// Keeps which resource the list proved to be whose.
    fn prove(&mut self) {
        for (uid, object) in &mut self.objects {
            let mut ours = self.view.of_uid(uid);
            if let (Some(resource), None) = (ours.next(), ours.next()) {
                object.proven_id = Some(R::id(resource).to_owned());
            }
        }
    }

    /// Takes in a failed list of the services. Nobody is told of the first failure: it is tried again at once.
    pub(in crate::cloud::inventory) fn list_failed(&mut self, error: &Error, now: Timestamp) -> Failure {
        self.figures.list_failures += 1;
        self.breakers.note(error, now);
        let is_no_region = self.snapshot.is_none() && is_about_region(error);
        let failure = self.schedule.fail(asked_delay(error), is_no_region);
        if failure == Failure::Lasting {
            self.list_error = Some(error.clone());
        }
        failure
    }

    /// Those who have yet to be told that there is no good list. Each of them decides for itself when what was seen last is stale.
    pub(in crate::cloud::inventory) fn take_trusting(&mut self) -> Vec<ObjectId> {
        let trusting = self.objects.values_mut().filter(|object| !object.waits_for_good);
        let told = trusting.map(|object| {
            object.waits_for_good = true;
            object.id.clone()
        });
        told.collect()
    }

    /// Takes in a failed list of the connections. Whoever asked for it goes on waiting; once a second try failed as well, they are named, so
    /// that they can say so.
    pub(in crate::cloud::inventory) fn dependents_failed(
        &mut self,
        error: &Error,
        now: Timestamp,
    ) -> (Failure, Vec<ObjectId>) {
        self.figures.list_failures += 1;
        self.breakers.note(error, now);
        let failure = self.dependents_schedule.fail(asked_delay(error), false);
        if failure == Failure::Retried {
            return (failure, Vec::new());
        }
        let is_news = self.dependents_error.replace(error.clone()).is_none();
        let asking = self.dependents_requests.all().into_iter();
        (failure, if is_news { asking.chain(self.managing_dependents()).collect() } else { Vec::new() })
    }

    /// Takes in a list of the connections that began at `as_of`. All are kept: which services are ours may be known
    /// only later.
    pub(in crate::cloud::inventory) fn dependents_listed(
        &mut self,
        as_of: Timestamp,
        mut by_resource: BTreeMap<String, Vec<R::Dependent>>,
    ) -> Requeued {
        let before = self.watched_dependents();
        for (id, list) in &mut by_resource {
            let earlier = self.dependents.as_ref().and_then(|snapshot| snapshot.by_resource.get(id));
            R::follow_dependents(earlier.map_or(&[], Vec::as_slice), list, as_of);
        }
        self.settle_dependents(as_of, &by_resource);
        self.dependents = Some(DependentsSnapshot { as_of, by_resource });
        let after = self.watched_dependents();
        let changed = after.iter().filter(|(uid, (_, list))| before.get(*uid).map(|(_, list)| list) != Some(list));
        let mut objects: BTreeSet<ObjectId> = changed.map(|(_, (id, _))| id.clone()).collect();
        if !objects.is_empty() {
            self.dependents_schedule.restart();
        }
        self.are_dependents_moving = after.values().any(|(_, list)| list.iter().any(R::is_dependent_moving));
        objects.extend(self.dependents_requests.take_served(as_of));
        if self.dependents_error.take().is_some() {
            objects.extend(self.managing_dependents());
        }
        self.dependents_schedule.succeed();
        let recovered = self.breakers.reset(R::LIST_DEPENDENTS, as_of);
        Requeued { objects, recovered }
    }

    /// Compares the pending writes with what the list shows.
    fn settle_dependents(&mut self, as_of: Timestamp, by_resource: &BTreeMap<String, Vec<R::Dependent>>) {
        let lag = self.about.timing.consistency_window;
        for (id, pending) in &mut self.pending {
            pending.settle_dependents(as_of, by_resource.get(id).map_or(&[], Vec::as_slice), lag);
        }
    }

    /// The dependents of every object that watches them, by the object's UID. Before the first list nobody has any.
    fn watched_dependents(&self) -> BTreeMap<String, (ObjectId, Vec<R::Dependent>)> {
        let watching = self.objects.values().filter(|object| object.watches_dependents);
        let watched = watching.filter_map(|object| {
            let list = self.dependents_of(object.expected_id()?).map(|(_, list)| list).unwrap_or_default();
            Some((object.id.uid.clone(), (object.id.clone(), list)))
        });
        watched.collect()
    }

    fn managing_dependents(&self) -> impl Iterator<Item = ObjectId> {
        self.objects.values().filter(|object| R::manages_dependents(object.managed)).map(|object| object.id.clone())
    }
}

/// States that nobody knows.
impl<R: Resource> State<R> {
    /// Those of the newest lists that were not met before.
    pub(in crate::cloud::inventory) fn new_unknown_states(&mut self) -> Vec<(&'static str, String)> {
        let entries = self.snapshot.iter().flat_map(|snapshot| snapshot.resources.values());
        let mut new = self.unknown_states.take_in(entries.flat_map(R::unknown_states));
        let dependents = self.dependents.iter().flat_map(|snapshot| snapshot.by_resource.values().flatten());
        new.extend(self.unknown_states.take_in(dependents.flat_map(R::unknown_states_of_dependent)));
        new
    }
}
