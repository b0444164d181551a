//! Everything that the inventory knows, without I/O and without a clock: sweeps and own writes go in, `Observed` comes
//! out, and every change says which objects it concerns.

mod classify;
pub(super) mod details;
mod observed;
pub(super) mod sweeps;

use std::collections::BTreeMap;

use cloud_core::{Error, Fate};
use jiff::Timestamp;
use privatelink::{Operation, ServiceStatus};

use super::breakers::Breakers;
use super::details::Timetable;
use super::known::{Finding, Known};
use super::own::OwnWrites;
use super::schedule::Rhythm;
use super::view::View;
use super::wishes::Wishes;
use super::words::Words;
use super::{Figures, RecordMark};
use crate::cloud::services::observed::{CreateAttempt, Refusal};
use crate::cloud::services::{Connection, Created, DeepView, Service, Write};
use crate::identity::ObjectId;
use crate::names::UID_TAG;
use crate::timing::Timing;

/// What does not change during the life of an inventory.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) cluster: String,
    /// The account that owns the services: the one principal of a new service.
    pub(super) account: String,
    pub(super) timing: Timing,
    pub(super) process: String,
    pub(super) process_start: Timestamp,
}

/// The state of one account and region.
#[derive(Clone, Debug)]
pub(super) struct State {
    about: About,
    /// The newest good sweep of the services.
    swept: Option<Swept>,
    /// The error of the newest sweep, once a second try failed as well.
    sweep_error: Option<Error>,
    /// The same for the connections.
    connections_error: Option<Error>,
    /// The error of the newest refresh of details, by service, where it failed.
    details_errors: BTreeMap<String, Error>,
    own: BTreeMap<String, OwnWrites>,
    view: View,
    /// The newest read of attachments and principals, or what our own Create made, by service.
    deep: BTreeMap<String, DeepView>,
    connections: Option<SweptConnections>,
    /// By UID.
    objects: BTreeMap<String, Known>,
    services_rhythm: Rhythm,
    services_wishes: Wishes,
    connections_rhythm: Rhythm,
    connections_wishes: Wishes,
    details: Timetable,
    breakers: Breakers,
    words: Words,
    figures: Figures,
}

/// A sweep of the services: those with our cluster tag, by id.
#[derive(Clone, Debug, Hash)]
struct Swept {
    as_of: Timestamp,
    services: BTreeMap<String, Service>,
}

/// A sweep of the connections, by service.
#[derive(Clone, Debug, Hash)]
struct SweptConnections {
    as_of: Timestamp,
    by_service: BTreeMap<String, Vec<Connection>>,
}

impl State {
    pub(super) fn new(about: About) -> Self {
        Self {
            swept: None,
            sweep_error: None,
            connections_error: None,
            details_errors: BTreeMap::new(),
            own: BTreeMap::new(),
            view: View::new(about.cluster.clone()),
            deep: BTreeMap::new(),
            connections: None,
            objects: BTreeMap::new(),
            services_rhythm: Rhythm::new(&about.timing),
            services_wishes: Wishes::default(),
            connections_rhythm: Rhythm::new(&about.timing),
            connections_wishes: Wishes::default(),
            details: Timetable::new(about.timing.details_refresh_period, about.process_start),
            breakers: Breakers::default(),
            words: Words::default(),
            figures: Figures::default(),
            about,
        }
    }

    /// Takes in a write that the provider accepted.
    pub(super) fn remember(&mut self, service_id: &str, write: &Write, now: Timestamp) {
        let own = self.own.entry(service_id.to_owned()).or_default();
        own.refusals.remove(&write.operation());
        own.remember(write, now);
        self.refresh(service_id);
        self.services_rhythm.hurry();
    }

    /// Takes in what a Create made.
    pub(super) fn remember_created(&mut self, id: &ObjectId, created: Created, now: Timestamp) {
        let service_id = created.service.id.clone();
        let principals = Some([self.about.account.clone()].into());
        let deep = DeepView { as_of: now, read_at: now, attachments: created.attachments.clone(), principals };
        self.deep.insert(service_id.clone(), deep);
        if let Some(known) = self.objects.get_mut(&id.uid) {
            known.proven_id = Some(service_id.clone());
        }
        let own = self.own.entry(service_id.clone()).or_default();
        own.refusals.remove(&Operation::CreateVpcEndpointService);
        own.remember_created(created, now);
        self.refresh(&service_id);
        self.services_rhythm.hurry();
    }

    pub(super) fn remember_attempt(&mut self, id: &ObjectId, attempt: CreateAttempt) {
        if let Some(known) = self.objects.get_mut(&id.uid) {
            known.attempted(attempt);
        }
    }

    pub(super) fn remember_record(&mut self, id: &ObjectId, record: RecordMark, now: Timestamp) {
        if let Some(known) = self.objects.get_mut(&id.uid) {
            known.wrote(record, now);
        }
    }

    /// Takes in how a write ended that was not accepted. Only what is known to be a refusal is remembered as one.
    pub(super) fn remember_refusal(&mut self, service_id: &str, error: &Error, now: Timestamp) {
        let operation = Operation::of(error.operation()).filter(|_| error.fate() == Fate::Refused);
        let Some(operation) = operation else { return };
        let refusal = Refusal { operation, kind: error.kind(), code: error.code().map(str::to_owned), at: now };
        self.own.entry(service_id.to_owned()).or_default().refusals.insert(operation, refusal);
    }

    /// Takes in that the provider refused the values of a write.
    pub(super) fn remember_setback(
        &mut self,
        id: &ObjectId,
        service_id: &str,
        write: &Write,
        error: &Error,
        now: Timestamp,
    ) {
        if self.objects.contains_key(&id.uid) {
            let own = self.own.entry(service_id.to_owned()).or_default();
            own.setbacks.refused(&write.values(), error, now);
        }
    }

    /// Takes in what Get said when it was asked at `as_of`; `None`: it knows no such service.
    pub(super) fn got(&mut self, service_id: &str, as_of: Timestamp, status: Option<ServiceStatus>) {
        if status.is_none() {
            // The lists will follow: look soon.
            self.services_rhythm.hurry();
        }
        let own = self.own.entry(service_id.to_owned()).or_default();
        let was_new = own.is_new();
        own.got(as_of, status);
        if was_new && !own.is_new() {
            self.found_gone(service_id, as_of);
        }
        self.refresh(service_id);
    }

    /// Neither the newest list nor Get knows the service any more.
    fn found_gone(&mut self, service_id: &str, as_of: Timestamp) {
        for known in self.objects.values_mut().filter(|known| known.expected_id() == Some(service_id)) {
            known.judge(service_id, as_of, Finding::Gone);
        }
    }

    /// Takes in a read of attachments and principals. A read that was overtaken by another is dropped.
    pub(super) fn read_deep(&mut self, service_id: &str, view: DeepView) {
        if self.deep.get(service_id).is_some_and(|newer| newer.as_of > view.as_of) {
            return;
        }
        if let Some(own) = self.own.get_mut(service_id) {
            own.settle_deep(&view, self.about.timing.consistency_window);
        }
        self.deep.insert(service_id.to_owned(), view);
        self.details_errors.remove(service_id);
    }

    /// Takes in what was found of an id. A service that turns out to be of our cluster joins the snapshot until the
    /// next sweep.
    pub(super) fn judged(&mut self, id: &ObjectId, service_id: &str, as_of: Timestamp, findings: Judgement) {
        let finding = match findings {
            Judgement { listed: Some(service), .. } if self.is_owned_by(&service, id) => {
                if let Some(swept) = &mut self.swept {
                    swept.services.insert(service_id.to_owned(), service);
                }
                self.refresh(service_id);
                return;
            }
            Judgement { listed: Some(service), .. } => Finding::Foreign(Box::new(service)),
            Judgement { listed: None, exists: true } => Finding::Hidden,
            Judgement { listed: None, exists: false } => Finding::Gone,
        };
        if let Some(known) = self.objects.get_mut(&id.uid) {
            known.judge(service_id, as_of, finding);
        }
    }

    fn is_owned_by(&self, service: &Service, id: &ObjectId) -> bool {
        super::view::is_of_cluster(service, &self.about.cluster) && service.tags.get(UID_TAG) == Some(&id.uid)
    }

    /// Drops everything that is remembered of an object that no longer exists. Own writes that lists may not show yet
    /// stay until they do: a successor of the same name must not see them undone.
    pub(super) fn forget(&mut self, id: &ObjectId) {
        self.services_wishes.remove(id);
        self.connections_wishes.remove(id);
        self.details.remove(&id.uid);
        let Some(known) = self.objects.remove(&id.uid) else { return };
        let shown = self.view.of_uid(&id.uid).map(|service| service.id.clone());
        for service_id in shown.chain(known.proven_id).collect::<Vec<_>>() {
            self.deep.remove(&service_id);
            self.details_errors.remove(&service_id);
            if let Some(own) = self.own.get_mut(&service_id) {
                own.forget_object();
            }
            self.refresh(&service_id);
        }
        if !self.objects.values().any(|known| known.watches_connections) {
            self.connections = None;
            self.connections_error = None;
        }
    }

    /// Lays the own writes over the newest sweep for one service.
    fn refresh(&mut self, service_id: &str) -> super::view::Change {
        let listed = self.swept.as_ref().and_then(|swept| Some((swept.services.get(service_id)?, swept.as_of)));
        let known = match self.own.get(service_id) {
            Some(own) => own.lay_over(listed, self.about.timing.consistency_window),
            None => listed.map(|(service, _)| service.clone()),
        };
        self.view.put(service_id, known)
    }

    /// Whether a read may be sent now; if the provider closed its operation, what it said.
    pub(super) fn enter_breaker(&mut self, operation: Operation, now: Timestamp) -> Result<(), Error> {
        self.breakers.enter(operation, now)
    }

    /// Takes in a single read that was answered, whatever the answer; says whether the provider allows its operation again.
    pub(super) fn note_answer(&mut self, operation: Operation, began: Timestamp) -> bool {
        self.breakers.reset(operation, began)
    }

    /// Takes in the failure of a single read.
    pub(super) fn note_failure(&mut self, error: &Error, now: Timestamp) {
        self.breakers.note(error, now);
    }

    /// The numbers for the metrics.
    pub(super) fn figures(&self) -> Figures {
        Figures {
            snapshot_as_of: self.swept.as_ref().map(|swept| swept.as_of),
            objects: self.objects.len(),
            services: self.view.len(),
            unknown_words: self.words.count(),
            ..self.figures
        }
    }
}

/// What two reads found of an id.
#[derive(Debug)]
pub(super) struct Judgement {
    /// The list by id shows it.
    pub(super) listed: Option<Service>,
    /// Get knows it.
    pub(super) exists: bool,
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
