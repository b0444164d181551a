//! The inventory's state without its task, for the model: it is told when a list begins and what it shows.

use std::collections::BTreeMap;

use cloud_core::Error;
use jiff::Timestamp;
use privatelink::ServiceStatus;

use super::RecordMark;
use super::state::{About, Judgement, State};
use crate::cloud::services::observed::{CreateAttempt, Observed};
use crate::cloud::services::{Connection, Created, Details, EndpointServices, Query, Service, Write};
use crate::identity::ObjectId;
use crate::timing::Timing;

/// What one process remembers of one account and region.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Memory(State<EndpointServices>);

impl Memory {
    pub(crate) fn new(
        cluster: &str,
        account: &str,
        timing: &Timing,
        (process, process_start): (&str, Timestamp),
    ) -> Self {
        let (cluster, account, process) = (cluster.to_owned(), account.to_owned(), process.to_owned());
        Self(State::new(About { cluster, account, timing: *timing, process, process_start }))
    }

    pub(crate) fn observed(&mut self, query: &Query<'_>, now: Timestamp) -> Observed {
        self.0.observed(query, now)
    }

    pub(crate) fn services_listed(&mut self, as_of: Timestamp, entries: Vec<Service>) {
        self.0.listed(as_of, entries);
    }

    /// A list of the connections, by service.
    pub(crate) fn connections_listed(&mut self, as_of: Timestamp, by_service: BTreeMap<String, Vec<Connection>>) {
        self.0.dependents_listed(as_of, by_service);
    }

    pub(crate) fn read_details(&mut self, service_id: &str, view: Details) {
        self.0.read_details(service_id, view);
    }

    pub(crate) fn got(&mut self, service_id: &str, as_of: Timestamp, status: Option<ServiceStatus>) {
        self.0.got(service_id, as_of, status);
    }

    pub(crate) fn judged(
        &mut self,
        id: &ObjectId,
        (service_id, as_of): (&str, Timestamp),
        found: (Option<Service>, bool),
    ) {
        let (listed, exists) = found;
        self.0.judged(id, service_id, as_of, Judgement { listed, exists });
    }

    pub(crate) fn remember(&mut self, service_id: &str, write: &Write, now: Timestamp) {
        self.0.remember(service_id, write, now);
    }

    pub(crate) fn remember_created(&mut self, id: &ObjectId, created: Created, now: Timestamp) {
        self.0.remember_created(id, created, now);
    }

    pub(crate) fn remember_attempt(&mut self, id: &ObjectId, attempt: CreateAttempt) {
        self.0.remember_attempt(id, attempt);
    }

    pub(crate) fn remember_record(&mut self, id: &ObjectId, record: RecordMark, now: Timestamp) {
        self.0.remember_record(id, record, now);
    }

    pub(crate) fn remember_refusal(&mut self, service_id: &str, error: &Error, now: Timestamp) {
        self.0.remember_refusal(service_id, error, now);
    }

    pub(crate) fn remember_field_failure(
        &mut self,
        id: &ObjectId,
        (service_id, write): (&str, &Write),
        error: &Error,
        now: Timestamp,
    ) {
        self.0.remember_field_failure(id, service_id, write, error, now);
    }

    pub(crate) fn forget(&mut self, id: &ObjectId) {
        self.0.forget(id);
    }
}
