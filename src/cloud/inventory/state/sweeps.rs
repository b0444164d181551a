//! Sweeps: when they are due, and what they change for whom.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::Error;
use jiff::Timestamp;
use privatelink::{Operation, ServiceStatus};

use super::{State, Swept, SweptConnections};
use crate::cloud::errors::{asked_delay, is_about_region};
use crate::cloud::inventory::own::OwnWrites;
use crate::cloud::inventory::schedule::{Demand, Failure, Rhythm};
use crate::cloud::inventory::view::{Change, is_of_cluster};
use crate::cloud::services::{Connection, Service};
use crate::identity::ObjectId;
use crate::names::{OBJECT_TAG, UID_TAG};

/// Whom a good sweep concerns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::cloud::inventory) struct Awakened {
    pub(in crate::cloud::inventory) objects: BTreeSet<ObjectId>,
    /// It is the first good sweep after one that waiters were told of, or after a time in which the provider throttled it.
    pub(in crate::cloud::inventory) recovered: bool,
}

impl State {
    /// When the next sweep of the services is to begin.
    pub(in crate::cloud::inventory) fn services_due(&self, now: Timestamp) -> Option<Timestamp> {
        let objects = !self.objects.is_empty();
        let on_the_way = objects && (self.own.values().any(OwnWrites::is_unseen) || self.any_on_the_way());
        let demand = Demand { wish: self.services_wishes.earliest(), on_the_way, objects };
        self.due(&self.services_rhythm, demand, Operation::ListVpcEndpointServices, now)
    }

    /// When the next sweep of the connections is to begin: only ever for somebody who wished it.
    pub(in crate::cloud::inventory) fn connections_due(&self, now: Timestamp) -> Option<Timestamp> {
        let demand = Demand { wish: self.connections_wishes.earliest(), ..Demand::default() };
        self.due(&self.connections_rhythm, demand, Operation::ListVpcEndpointConnections, now)
    }

    fn due(&self, rhythm: &Rhythm, demand: Demand, operation: Operation, now: Timestamp) -> Option<Timestamp> {
        let due = rhythm.due(now, demand)?;
        Some(self.breakers.tripped_until(operation).map_or(due, |until| due.max(until)))
    }

    /// A service that one of our objects has or waits for is in a state that passes.
    fn any_on_the_way(&self) -> bool {
        let passes = |service: &Service| service.status != ServiceStatus::Active;
        self.objects
            .values()
            .map(|known| &known.owner)
            .any(|owner| self.view.of_uid(&owner.uid).any(passes) || self.view.of_object(&owner.object).any(passes))
    }

    pub(in crate::cloud::inventory) fn begin_services(&mut self, now: Timestamp, jitter: f64) {
        self.services_rhythm.begin(now, jitter);
        // It is due, so it may.
        let _ = self.breakers.enter(Operation::ListVpcEndpointServices, now);
        self.figures.sweeps += 1;
    }

    pub(in crate::cloud::inventory) fn begin_connections(&mut self, now: Timestamp, jitter: f64) {
        self.connections_rhythm.begin(now, jitter);
        let _ = self.breakers.enter(Operation::ListVpcEndpointConnections, now);
        self.figures.connection_sweeps += 1;
    }

    /// Takes in a sweep of the services that began at `as_of`. Entries without our cluster tag are dropped, whatever
    /// the filter was.
    pub(in crate::cloud::inventory) fn services_swept(
        &mut self,
        as_of: Timestamp,
        entries: impl IntoIterator<Item = Service>,
    ) -> Awakened {
        let ours = entries.into_iter().filter(|service| is_of_cluster(service, &self.about.cluster));
        let services: BTreeMap<String, Service> = ours.map(|service| (service.id.clone(), service)).collect();
        self.settle(as_of, &services);
        self.swept = Some(Swept { as_of, services });
        self.sweep_error = None;
        let changes = self.refresh_all();
        if !changes.is_empty() {
            self.services_rhythm.restart();
        }
        let is_allowed_again = self.breakers.reset(Operation::ListVpcEndpointServices, as_of);
        let recovered = self.services_rhythm.succeed() || is_allowed_again;
        let mut objects = self.concerned(&changes);
        objects.extend(self.services_wishes.take_served(as_of));
        objects.extend(self.take_waiting());
        self.prove();
        Awakened { objects, recovered }
    }

    /// Compares the own writes with what the sweep shows, and drops the memory that is spent.
    fn settle(&mut self, as_of: Timestamp, services: &BTreeMap<String, Service>) {
        let (lag, since) = (self.about.timing.consistency_window, self.refusals_since(as_of));
        self.own.retain(|id, own| {
            own.settle(as_of, services.get(id), lag);
            !own.is_spent(since)
        });
        self.details_errors.retain(|id, _| services.contains_key(id));
        let own = &self.own;
        self.deep.retain(|id, _| services.contains_key(id) || own.get(id).is_some_and(OwnWrites::is_new));
    }

    /// Lays own writes over every service, old and new.
    fn refresh_all(&mut self) -> Vec<Change> {
        let swept = self.swept.iter().flat_map(|swept| swept.services.keys().cloned());
        let mut ids: BTreeSet<String> = swept.chain(self.own.keys().cloned()).collect();
        ids.append(&mut self.view.ids());
        ids.iter().map(|id| self.refresh(id)).filter(|change| !change.is_empty()).collect()
    }

    /// The objects for which a changed service counts: by its UID tag, by the name on it, by its id.
    fn concerned(&self, changes: &[Change]) -> BTreeSet<ObjectId> {
        let sides = || changes.iter().flat_map(Change::sides);
        let tagged = |key: &str| sides().filter_map(|service| service.tags.get(key)).collect::<BTreeSet<_>>();
        let (uids, names) = (tagged(UID_TAG), tagged(OBJECT_TAG));
        let ids: BTreeSet<&str> = sides().map(|service| service.id.as_str()).collect();
        let concerned = self.objects.values().filter(|known| {
            uids.contains(&known.id.uid)
                || names.contains(&known.owner.object)
                || known.expected_id().is_some_and(|id| ids.contains(id))
        });
        concerned.map(|known| known.id.clone()).collect()
    }

    /// Those who were told that there is no good sweep.
    fn take_waiting(&mut self) -> Vec<ObjectId> {
        let waiting = self.objects.values_mut();
        waiting.filter_map(|known| std::mem::take(&mut known.waits_for_good).then(|| known.id.clone())).collect()
    }

    /// Keeps which service the sweep proved to be whose.
    fn prove(&mut self) {
        for (uid, known) in &mut self.objects {
            let mut ours = self.view.of_uid(uid);
            if let (Some(service), None) = (ours.next(), ours.next()) {
                known.proven_id = Some(service.id.clone());
            }
        }
    }

    /// Takes in a failed sweep of the services. Nobody is told of the first failure: it is tried again at once.
    pub(in crate::cloud::inventory) fn services_failed(&mut self, error: &Error, now: Timestamp) -> Failure {
        self.figures.sweep_failures += 1;
        self.breakers.note(error, now);
        let is_no_region = self.swept.is_none() && is_about_region(error);
        let failure = self.services_rhythm.fail(asked_delay(error), is_no_region);
        if failure == Failure::Lasting {
            self.sweep_error = Some(error.clone());
        }
        failure
    }

    /// Those who have yet to be told that there is no good sweep. Each of them decides for itself how long it vouches for what was seen last.
    pub(in crate::cloud::inventory) fn take_trusting(&mut self) -> Vec<ObjectId> {
        let trusting = self.objects.values_mut().filter(|known| !known.waits_for_good);
        let told = trusting.map(|known| {
            known.waits_for_good = true;
            known.id.clone()
        });
        told.collect()
    }

    /// Takes in a failed sweep of the connections. Whoever wished it goes on waiting; once a second try failed as well, they are named, so
    /// that they can say so.
    pub(in crate::cloud::inventory) fn connections_failed(
        &mut self,
        error: &Error,
        now: Timestamp,
    ) -> (Failure, Vec<ObjectId>) {
        self.figures.sweep_failures += 1;
        self.breakers.note(error, now);
        let failure = self.connections_rhythm.fail(asked_delay(error), false);
        if failure == Failure::Retried {
            return (failure, Vec::new());
        }
        let is_news = self.connections_error.replace(error.clone()).is_none();
        (failure, if is_news { self.connections_wishes.all() } else { Vec::new() })
    }

    /// Takes in a sweep of the connections that began at `as_of`. All are kept: which services are ours may be known
    /// only later.
    pub(in crate::cloud::inventory) fn connections_swept(
        &mut self,
        as_of: Timestamp,
        by_service: BTreeMap<String, Vec<Connection>>,
    ) -> Awakened {
        let before = self.connections.take().map(|swept| swept.by_service).unwrap_or_default();
        let changed = |id: &str| before.get(id) != by_service.get(id);
        let watching = self.objects.values().filter(|known| known.watches_connections);
        let concerned = watching.filter(|known| known.expected_id().is_some_and(changed));
        let mut objects: BTreeSet<ObjectId> = concerned.map(|known| known.id.clone()).collect();
        objects.extend(self.connections_wishes.take_served(as_of));
        self.connections = Some(SweptConnections { as_of, by_service });
        self.connections_error = None;
        self.connections_rhythm.succeed();
        let recovered = self.breakers.reset(Operation::ListVpcEndpointConnections, as_of);
        Awakened { objects, recovered }
    }
}

/// Words that nobody knows.
impl State {
    /// Those of the newest lists that were not met before.
    pub(in crate::cloud::inventory) fn new_words(&mut self) -> Vec<(&'static str, String)> {
        let services = self.swept.iter().flat_map(|swept| swept.services.values());
        let mut new = self.words.of_services(services);
        let connections = self.connections.iter().flat_map(|swept| swept.by_service.values().flatten());
        new.extend(self.words.of_connections(connections));
        new
    }
}
