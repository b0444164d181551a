//! Everything that the inventory knows, without I/O and without a clock: lists and pending writes go in, `Observed` comes
//! out, and every change says which objects it concerns.

mod classify;
pub(super) mod details;
pub(super) mod lists;
mod observed;

use std::collections::BTreeMap;

use cloud_core::{ApiOperation, Error, Fate};
use jiff::Timestamp;

use super::breakers::Breakers;
use super::details::Timetable;
use super::object_state::{Finding, ObjectState};
use super::observed::{CreateAttempt, Refusal};
use super::pending_writes::PendingWrites;
use super::refresh_requests::RefreshRequests;
use super::resource::Resource;
use super::schedule::ResyncSchedule;
use super::unknown_states::UnknownStates;
use super::view::View;
use super::{Figures, RecordMark};
use crate::backoff::Backoff;
use crate::identity::ObjectId;
use crate::names::UID_TAG;
use crate::timing::Timing;

/// What does not change during the life of an inventory.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) cluster: String,
    /// The account that owns the resources.
    pub(super) account: String,
    pub(super) timing: Timing,
    pub(super) process: String,
    pub(super) process_start: Timestamp,
}

/// The state of one account and region.
#[derive(Clone, Debug)]
pub(super) struct State<R: Resource> {
    pub(super) about: About,
    /// The newest good list.
    snapshot: Option<Snapshot<R::View>>,
    /// The error of the newest list, once a second try failed as well.
    list_error: Option<Error>,
    /// The same for the dependents.
    dependents_error: Option<Error>,
    /// The error of the newest refresh of details, by resource, where it failed.
    details_errors: BTreeMap<String, Error>,
    pending: BTreeMap<String, PendingWrites<R>>,
    pub(super) view: View<R>,
    /// The newest read of details, or what our own Create made, by resource.
    read: BTreeMap<String, R::Details>,
    dependents: Option<DependentsSnapshot<R::Dependent>>,
    /// Objects that manage their dependents.
    dependents_managers: usize,
    /// The newest list of the dependents shows one, of an object that watches them, in a state that passes.
    are_dependents_moving: bool,
    /// By UID.
    objects: BTreeMap<String, ObjectState<R>>,
    schedule: ResyncSchedule,
    refresh_requests: RefreshRequests,
    dependents_schedule: ResyncSchedule,
    dependents_requests: RefreshRequests,
    details: Timetable,
    breakers: Breakers,
    unknown_states: UnknownStates,
    figures: Figures,
}

/// A list: those with our cluster tag, by id.
#[derive(Clone, Debug, Hash)]
struct Snapshot<V> {
    as_of: Timestamp,
    resources: BTreeMap<String, V>,
}

/// A list of the dependents, by resource.
#[derive(Clone, Debug, Hash)]
struct DependentsSnapshot<D> {
    as_of: Timestamp,
    by_resource: BTreeMap<String, Vec<D>>,
}

impl<R: Resource> State<R> {
    pub(super) fn new(about: About) -> Self {
        Self {
            snapshot: None,
            list_error: None,
            dependents_error: None,
            details_errors: BTreeMap::new(),
            pending: BTreeMap::new(),
            view: View::new(about.cluster.clone()),
            read: BTreeMap::new(),
            dependents: None,
            dependents_managers: 0,
            are_dependents_moving: false,
            objects: BTreeMap::new(),
            schedule: ResyncSchedule::new(&about.timing),
            refresh_requests: RefreshRequests::default(),
            dependents_schedule: ResyncSchedule::new(&about.timing),
            dependents_requests: RefreshRequests::default(),
            details: Timetable::new(about.timing.details_refresh_period, about.process_start),
            breakers: Breakers::default(),
            unknown_states: UnknownStates::default(),
            figures: Figures::default(),
            about,
        }
    }

    /// Takes in a write that the provider accepted.
    pub(super) fn remember(&mut self, resource_id: &str, write: &R::Write, now: Timestamp) {
        let pending = self.pending.entry(resource_id.to_owned()).or_default();
        pending.refusals.remove(&R::operation(write));
        pending.remember(write, now);
        self.refresh(resource_id);
        self.schedule.reset_interval();
        if R::values(write).iter().any(|(field, _)| R::is_of_dependents(field)) {
            self.dependents_schedule.reset_interval();
        }
    }

    /// Takes in what a Create made.
    pub(super) fn remember_created(&mut self, id: &ObjectId, created: R::Created, now: Timestamp) {
        let values = R::created_values(&created);
        let (view, details) = R::into_view(created, &self.about.account, now);
        let resource_id = R::id(&view).to_owned();
        self.read.insert(resource_id.clone(), details);
        if let Some(object) = self.objects.get_mut(&id.uid) {
            object.proven_id = Some(resource_id.clone());
        }
        let pending = self.pending.entry(resource_id.clone()).or_default();
        pending.refusals.remove(&R::CREATE);
        pending.remember_created(view, values, now);
        self.refresh(&resource_id);
        self.schedule.reset_interval();
    }

    pub(super) fn remember_attempt(&mut self, id: &ObjectId, attempt: CreateAttempt) {
        if let Some(object) = self.objects.get_mut(&id.uid) {
            object.attempted(attempt);
        }
    }

    pub(super) fn remember_record(&mut self, id: &ObjectId, record: RecordMark, now: Timestamp) {
        if let Some(object) = self.objects.get_mut(&id.uid) {
            object.wrote(record, now);
        }
    }

    /// Takes in how a write ended that was not accepted. Only what is known to be a refusal is remembered as one.
    pub(super) fn remember_refusal(&mut self, resource_id: &str, error: &Error, now: Timestamp) {
        match error.fate() {
            Fate::NotSent => return,
            Fate::Ambiguous => return self.doubt(resource_id),
            Fate::Refused => {}
        }
        let operation = error.operation();
        let refusal = Refusal { operation, kind: error.kind(), code: error.code().map(str::to_owned), at: now };
        self.pending.entry(resource_id.to_owned()).or_default().refusals.insert(operation, refusal);
    }

    /// A write may have been carried out: what was read before it is not to be acted on after it.
    fn doubt(&mut self, resource_id: &str) {
        if let Some(details) = self.read.get_mut(resource_id) {
            R::outdate_details(details);
        }
        if let Some(pending) = self.pending.get_mut(resource_id) {
            pending.doubt_get();
            self.refresh(resource_id);
        }
    }

    /// Takes in that the provider refused the values of a write.
    pub(super) fn remember_field_failure(
        &mut self,
        id: &ObjectId,
        resource_id: &str,
        write: &R::Write,
        error: &Error,
        now: Timestamp,
    ) {
        if self.objects.contains_key(&id.uid) {
            let pending = self.pending.entry(resource_id.to_owned()).or_default();
            let again = Backoff::new(self.about.timing.backoff_initial, self.about.timing.backoff_max);
            pending.field_failures.refused(&R::values(write), error, again, now);
        }
    }

    /// Takes in what Get said when it was asked at `as_of`; `None`: it knows no such resource.
    pub(super) fn got(&mut self, resource_id: &str, as_of: Timestamp, status: Option<R::Status>) {
        if status.is_none() {
            // The lists will follow: look soon.
            self.schedule.reset_interval();
        }
        let pending = self.pending.entry(resource_id.to_owned()).or_default();
        let was_new = pending.is_new();
        pending.got(as_of, status);
        if was_new && !pending.is_new() {
            self.found_gone(resource_id, as_of);
        }
        self.refresh(resource_id);
    }

    /// Neither the newest list nor Get knows the resource any more.
    fn found_gone(&mut self, resource_id: &str, as_of: Timestamp) {
        for object in self.objects.values_mut().filter(|object| object.expected_id() == Some(resource_id)) {
            object.judge(resource_id, as_of, Finding::Gone);
        }
    }

    /// Takes in a read of details. A read that was overtaken by another is dropped.
    pub(super) fn read_details(&mut self, resource_id: &str, details: R::Details) {
        if self.read.get(resource_id).is_some_and(|newer| R::details_as_of(newer) > R::details_as_of(&details)) {
            return;
        }
        if let Some(pending) = self.pending.get_mut(resource_id) {
            pending.settle_details(&details, self.about.timing.consistency_window);
        }
        self.read.insert(resource_id.to_owned(), details);
        self.details_errors.remove(resource_id);
    }

    /// Takes in what was found of an id. A resource that turns out to be of our cluster joins the snapshot until the
    /// next list.
    pub(super) fn judged(&mut self, id: &ObjectId, resource_id: &str, as_of: Timestamp, findings: Judgement<R::View>) {
        let finding = match findings {
            Judgement { listed: Some(resource), .. } if self.is_owned_by(&resource, id) => {
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.resources.insert(resource_id.to_owned(), resource);
                }
                self.refresh(resource_id);
                return;
            }
            Judgement { listed: Some(resource), .. } => Finding::Foreign(Box::new(resource)),
            Judgement { listed: None, exists: true } => Finding::Hidden,
            Judgement { listed: None, exists: false } => Finding::Gone,
        };
        if let Some(object) = self.objects.get_mut(&id.uid) {
            object.judge(resource_id, as_of, finding);
        }
    }

    fn is_owned_by(&self, resource: &R::View, id: &ObjectId) -> bool {
        super::view::is_of_cluster::<R>(resource, &self.about.cluster)
            && R::tags(resource).get(UID_TAG) == Some(&id.uid)
    }

    /// Drops everything that is remembered of an object that no longer exists. Pending writes that lists may not show yet
    /// stay until they do: a successor of the same name must not see them undone.
    pub(super) fn forget(&mut self, id: &ObjectId) {
        self.refresh_requests.remove(id);
        self.dependents_requests.remove(id);
        self.details.remove(&id.uid);
        let Some(object) = self.objects.remove(&id.uid) else { return };
        self.dependents_managers -= usize::from(R::manages_dependents(object.managed));
        let shown = self.view.of_uid(&id.uid).map(|resource| R::id(resource).to_owned());
        for resource_id in shown.chain(object.proven_id).collect::<Vec<_>>() {
            self.read.remove(&resource_id);
            self.details_errors.remove(&resource_id);
            if let Some(pending) = self.pending.get_mut(&resource_id) {
                pending.forget_object();
            }
            self.refresh(&resource_id);
        }
        self.drop_unwatched_dependents();
    }

    /// What nobody watches takes no room.
    fn drop_unwatched_dependents(&mut self) {
        if !self.objects.values().any(|object| object.watches_dependents) {
            self.dependents = None;
            self.dependents_error = None;
            self.are_dependents_moving = false;
        }
    }

    /// Overlays the pending writes on what the newest list shows of one resource.
    fn refresh(&mut self, resource_id: &str) -> super::view::Change<R> {
        let listed =
            self.snapshot.as_ref().and_then(|snapshot| Some((snapshot.resources.get(resource_id)?, snapshot.as_of)));
        let view = match self.pending.get(resource_id) {
            Some(pending) => pending.overlay(listed, self.about.timing.consistency_window),
            None => listed.map(|(resource, _)| resource.clone()),
        };
        self.view.put(resource_id, view)
    }

    /// Whether a read may be sent now; if the provider closed its operation, what it said.
    pub(super) fn enter_breaker(&mut self, operation: ApiOperation, now: Timestamp) -> Result<(), Error> {
        self.breakers.enter(operation, now)
    }

    /// Takes in a single read that was answered, whatever the answer; says whether the provider allows its operation again.
    pub(super) fn note_answer(&mut self, operation: ApiOperation, began: Timestamp) -> bool {
        self.breakers.reset(operation, began)
    }

    /// Takes in the failure of a single read.
    pub(super) fn note_failure(&mut self, error: &Error, now: Timestamp) {
        self.breakers.note(error, now);
    }

    /// The numbers for the metrics.
    pub(super) fn figures(&self) -> Figures {
        Figures {
            snapshot_as_of: self.snapshot.as_ref().map(|snapshot| snapshot.as_of),
            objects: self.objects.len(),
            resources: self.view.len(),
            unknown_states: self.unknown_states.count(),
            ..self.figures
        }
    }
}

/// What two reads found of an id.
#[derive(Debug)]
pub(super) struct Judgement<V> {
    /// The list by id shows it.
    pub(super) listed: Option<V>,
    /// Get knows it.
    pub(super) exists: bool,
}

#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
