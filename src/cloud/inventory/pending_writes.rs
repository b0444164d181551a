//! What this process wrote to one resource, for as long as it stands in for what the provider's lists show.
//!
//! A write stands in until a read that *began* after it shows it, or until one that began `consistency_window` after it
//! shows anything: ages are measured at the reads, so that an old snapshot never wins just because time passed.

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_core::ApiOperation;
use jiff::Timestamp;

use super::field_failures::FieldFailures;
use super::observed::{Proof, Refusal};
use super::resource::{Aftermath, Phase, Resource};

/// The memory of one resource.
#[derive(Clone, Debug, Hash)]
pub(super) struct PendingWrites<R: Resource> {
    created: Option<Created<R>>,
    deleted: Option<Timestamp>,
    fields: BTreeMap<R::Field, Remembered<R::Value>>,
    /// The newest pending write that left the resource in a state which only Get can show ended.
    settling: Option<Timestamp>,
    /// The newest own Update, which leaves the resource Pending. Get can show that ended, and so can a list that shows the Update itself.
    updated: Option<Timestamp>,
    get: Option<Got<R::Status>>,
    /// See [`Refusal`]: at most one an operation.
    pub(super) refusals: BTreeMap<ApiOperation, Refusal>,
    /// Fields whose writes do not help.
    pub(super) field_failures: FieldFailures<R>,
}

/// A resource of our own making, until it is older than the lists may lag: till then its absence from a list means
/// nothing.
#[derive(Clone, Debug, Hash)]
struct Created<R: Resource> {
    at: Timestamp,
    /// As Create answered, then as the newest list that has it showed it.
    resource: R::View,
    /// When that answer came, or when that list began.
    as_of: Timestamp,
    listed: Listed,
}

/// What lists have said of a new resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Listed {
    /// None has shown it yet.
    NotYet,
    /// The newest one shows it.
    Now,
    /// One has shown it, and the newest one, which began then, does not. It may lag behind that one, or somebody else
    /// deleted the resource: only Get knows.
    NoLonger(Timestamp),
}

#[derive(Clone, Debug, Hash)]
struct Remembered<V> {
    at: Timestamp,
    value: V,
    until: Until,
}

/// What ends a remembered value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Until {
    /// A read begun later that shows it.
    Shown,
    /// Only a read begun `consistency_window` later: an earlier write of the same field was still unseen, so a list that
    /// shows this value may show the state before both.
    Lag,
}

/// What Get said of the resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Got<S> {
    /// When it was asked.
    as_of: Timestamp,
    /// `None`: it does not exist.
    status: Option<S>,
}

impl<R: Resource> Default for PendingWrites<R> {
    fn default() -> Self {
        Self {
            created: None,
            deleted: None,
            fields: BTreeMap::new(),
            settling: None,
            updated: None,
            get: None,
            refusals: BTreeMap::new(),
            field_failures: FieldFailures::default(),
        }
    }
}

impl<R: Resource> PendingWrites<R> {
    /// Takes in an accepted write. A newer write of a field replaces the older one.
    pub(super) fn remember(&mut self, write: &R::Write, at: Timestamp) {
        for (field, value) in R::values(write) {
            self.remember_value(field, value, at);
        }
        let aftermath = R::aftermath(write);
        if aftermath != Aftermath::None {
            // It passes through another state, so what Get said before the write says nothing about after it.
            self.get = None;
        }
        match aftermath {
            Aftermath::None => {}
            Aftermath::Deleted => self.deleted = Some(at),
            Aftermath::Updating => self.updated = Some(at),
            Aftermath::Settling => self.settling = Some(at),
        }
    }

    /// Takes in a creation: for all but the details the resource itself is remembered.
    pub(super) fn remember_created(&mut self, resource: R::View, details: Vec<(R::Field, R::Value)>, at: Timestamp) {
        for (field, value) in details {
            self.remember_value(field, value, at);
        }
        self.get = None;
        self.created = Some(Created::new(resource, at));
    }

    fn remember_value(&mut self, field: R::Field, value: R::Value, at: Timestamp) {
        let until = self.fields.get(&field).map_or(Until::Shown, |older| older.until_replaced_by(&value));
        self.field_failures.accepted(&field, &value);
        self.fields.insert(field, Remembered { at, value, until });
    }

    /// Takes in what Get said when it was asked at `as_of`; `None`: the resource does not exist.
    pub(super) fn got(&mut self, as_of: Timestamp, status: Option<R::Status>) {
        if self.get.as_ref().is_some_and(|newer| newer.as_of > as_of) {
            return;
        }
        if status.as_ref().is_some_and(|status| R::phase(status) == Phase::Active) {
            self.settling = self.settling.filter(|written| *written > as_of);
            self.updated = self.updated.filter(|written| *written > as_of);
        }
        if status.is_none() && self.is_missed() {
            self.created = None;
        }
        self.get = Some(Got { as_of, status });
    }

    /// Another write may have been carried out since. That the resource is gone stays true.
    pub(super) fn doubt_get(&mut self) {
        self.get = self.get.take().filter(|got| got.status.is_none());
    }

    /// Compares with a list that began at `as_of`, and forgets what it shows and what is too old to stand in.
    pub(super) fn settle(&mut self, as_of: Timestamp, listed: Option<&R::View>, lag: Duration) {
        self.settle_creation(as_of, listed, lag);
        self.get = self.get.take().filter(|got| !is_older(got.as_of, lag, as_of));
        match listed {
            Some(resource) => self.settle_listed(as_of, resource, lag),
            None if self.created.is_some() => {}
            None => self.settle_gone(as_of),
        }
    }

    fn settle_listed(&mut self, as_of: Timestamp, listed: &R::View, lag: Duration) {
        let is_leaving = R::phase(R::status(listed)) == Phase::Deleting;
        self.deleted = self.deleted.filter(|at| *at > as_of || !(is_leaving || is_older(*at, lag, as_of)));
        // A field that the provider did not say never disagrees: it will not say it later either.
        let agrees = |field: &R::Field, value: &R::Value| R::shown(listed, field).is_none_or(|shown| shown == *value);
        self.settle_fields(is_listed::<R>, |field| R::shown(listed, field), agrees, as_of, lag);
        let is_updated = self.fields.keys().any(R::is_updated_in_place);
        self.updated = self.updated.filter(|at| *at > as_of || is_updated);
    }

    /// The list does not show the resource, and that means something: there is nothing left to stand in for.
    fn settle_gone(&mut self, as_of: Timestamp) {
        self.deleted = self.deleted.filter(|at| *at > as_of);
        self.fields.retain(|_, remembered| remembered.at > as_of);
        self.field_failures.clear();
        self.settling = self.settling.filter(|at| *at > as_of);
        self.updated = self.updated.filter(|at| *at > as_of);
        self.get = self.get.take().filter(|got| got.as_of > as_of);
    }

    fn settle_creation(&mut self, as_of: Timestamp, listed: Option<&R::View>, lag: Duration) {
        let Some(created) = self.created.as_mut().filter(|created| created.at <= as_of) else { return };
        created.take_in(as_of, listed);
        // A resource that a list has shown and that was deleted since is gone when a list no longer shows it; one that
        // Get denies too.
        let denied = self.get.as_ref().is_some_and(|got| got.status.is_none());
        let deleted =
            self.deleted.is_some_and(|at| at <= as_of) || R::phase(R::status(&created.resource)) == Phase::Deleting;
        let went = deleted && (created.listed != Listed::NotYet || denied) && listed.is_none();
        if went || is_older(created.at, lag, as_of) {
            self.created = None;
        }
    }

    /// Compares with a read of details.
    pub(super) fn settle_details(&mut self, details: &R::Details, lag: Duration) {
        let (as_of, shown) = (R::details_as_of(details), |field: &R::Field| R::shown_details(details, field));
        let agrees = |field: &R::Field, value: &R::Value| R::details_agree(details, field, value);
        self.settle_fields(R::is_detail, shown, agrees, as_of, lag);
    }

    /// Compares with a list of the dependents that began at `as_of`. Of one that it no longer shows there is nothing left to stand in for, and
    /// nothing that could be tried again.
    pub(super) fn settle_dependents(&mut self, as_of: Timestamp, dependents: &[R::Dependent], lag: Duration) {
        let shown = |field: &R::Field| R::shown_dependents(dependents, field);
        let agrees = |field: &R::Field, value: &R::Value| R::dependents_agree(dependents, field, value);
        self.settle_fields(R::is_of_dependents, shown, agrees, as_of, lag);
        self.field_failures.retain(|field| !R::is_of_dependents(field) || shown(field).is_some());
    }

    /// Forgets those of these fields that the read shows, or that are too old to stand in, and takes in what it shows of the others.
    fn settle_fields(
        &mut self,
        is_read: fn(&R::Field) -> bool,
        shown: impl Fn(&R::Field) -> Option<R::Value>,
        agrees: impl Fn(&R::Field, &R::Value) -> bool,
        as_of: Timestamp,
        lag: Duration,
    ) {
        let (fields, field_failures) = (&mut self.fields, &mut self.field_failures);
        fields.retain(|field, remembered| {
            if !is_read(field) {
                return true;
            }
            let is_shown = agrees(field, &remembered.value);
            let is_ended = remembered.is_ended_by(as_of, is_shown, lag);
            match (is_ended, is_shown) {
                (true, true) => field_failures.confirmed(field),
                (true, false) => field_failures.unconfirmed(field, &remembered.value, shown(field), lag, as_of),
                (false, _) => {}
            }
            !is_ended
        });
        field_failures.compare(shown, |field| !is_read(field) || fields.contains_key(field));
    }

    /// The resource as it is known: the entry of the list that began at `as_of`, or the answer of our own Create, with our pending writes
    /// overlaid.
    pub(super) fn overlay(&self, listed: Option<(&R::View, Timestamp)>, lag: Duration) -> Option<R::View> {
        let own = self.created.as_ref().map(|created| (&created.resource, created.as_of));
        let (base, as_of) = listed.or(own)?;
        let mut view = base.clone();
        if listed.is_none() && self.is_missed() {
            R::set_proof(&mut view, Proof::Missed);
        }
        if let Some(status) = self.newer_status(R::status(&view), as_of, lag) {
            R::set_status(&mut view, status);
        }
        for (field, remembered) in self.fields.iter().filter(|(field, _)| is_listed::<R>(field)) {
            R::overlay(&mut view, field, &remembered.value);
            R::set_unseen(&mut view, field.clone());
        }
        if self.deleted.is_some() {
            R::set_status(&mut view, R::deleting());
        }
        R::set_settling(&mut view, self.settling.or(self.updated).is_some());
        Some(view)
    }

    /// What Get knows better than a list that began at `as_of`: anything, if it was asked later; and that the resource
    /// has become Active, for as long as a list may lag behind that. A deletion is never undone, so a list that shows
    /// one is believed.
    fn newer_status(&self, listed: &R::Status, as_of: Timestamp, lag: Duration) -> Option<R::Status> {
        let got = self.get.as_ref()?;
        let status = got.status.clone()?;
        let passing = R::phase(listed) == Phase::Passing;
        let outlives = R::phase(&status) == Phase::Active && passing && !is_older(got.as_of, lag, as_of);
        (got.as_of > as_of || outlives).then_some(status)
    }

    /// The details as they are known: the newest read with our pending writes overlaid. It gets no newer by that: what somebody else changed,
    /// an earlier process of ours among them, is known as of the read.
    pub(super) fn overlay_details(&self, read: &R::Details) -> R::Details {
        let mut details = read.clone();
        for (field, remembered) in self.fields.iter().filter(|(field, _)| R::is_detail(field)) {
            R::overlay_details(&mut details, field, &remembered.value);
        }
        details
    }

    /// The dependents as they are known: as the newest list shows them, with our pending writes overlaid.
    pub(super) fn overlay_dependents(&self, dependents: &mut [R::Dependent]) {
        for (field, remembered) in self.fields.iter().filter(|(field, _)| R::is_of_dependents(field)) {
            R::overlay_dependents(dependents, field, &remembered.value);
        }
    }

    /// A list of the dependents has something to show yet.
    pub(super) fn has_unseen_dependents(&self) -> bool {
        self.fields.keys().any(R::is_of_dependents)
    }

    /// A list has something to show yet: a new resource, a deletion, a field.
    pub(super) fn is_unseen(&self) -> bool {
        self.deleted.is_some()
            || self.created.as_ref().is_some_and(|created| created.listed == Listed::NotYet)
            || self.fields.keys().any(is_listed::<R>)
            || self.get.as_ref().is_some_and(|got| got.status.is_none())
    }

    /// The newest list no longer shows a new resource, and Get has not been asked since.
    fn is_missed(&self) -> bool {
        let Some(Listed::NoLonger(since)) = self.created.as_ref().map(|created| created.listed) else { return false };
        self.get.as_ref().is_none_or(|got| got.as_of <= since || got.status.is_none())
    }

    /// Our own Create made it, recently enough for lists not to show it yet.
    pub(super) fn is_new(&self) -> bool {
        self.created.is_some()
    }

    /// The object is gone: only what future lists must still be read with is kept.
    pub(super) fn forget_object(&mut self) {
        self.fields.retain(|field, _| is_listed::<R>(field));
        self.settling = None;
        self.updated = None;
        self.get = None;
        self.refusals.clear();
        self.field_failures.clear();
    }

    /// Drops refusals from before `since`; answers whether nothing is left to remember.
    pub(super) fn is_spent(&mut self, since: Timestamp) -> bool {
        self.refusals.retain(|_, refusal| refusal.at >= since);
        let Self { created, deleted, fields, settling, updated, get, refusals, field_failures } = self;
        created.is_none()
            && deleted.is_none()
            && fields.is_empty()
            && settling.is_none()
            && updated.is_none()
            && get.is_none()
            && refusals.is_empty()
            && field_failures.is_empty()
    }
}

impl<R: Resource> Created<R> {
    fn new(mut resource: R::View, at: Timestamp) -> Self {
        R::set_proof(&mut resource, Proof::OwnCreate);
        Self { at, resource, as_of: at, listed: Listed::NotYet }
    }

    /// Takes in what the list that began at `as_of` shows of it.
    fn take_in(&mut self, as_of: Timestamp, listed: Option<&R::View>) {
        match listed {
            Some(resource) => *self = Self { at: self.at, resource: resource.clone(), as_of, listed: Listed::Now },
            None if self.listed == Listed::NotYet => {}
            None => self.listed = Listed::NoLonger(as_of),
        }
    }
}

impl<V: PartialEq> Remembered<V> {
    /// What will end the value that replaces this one, which no read has shown.
    fn until_replaced_by(&self, value: &V) -> Until {
        if self.value == *value { self.until } else { Until::Lag }
    }

    /// A read that began at `as_of` puts an end to it: by showing it, or by being so late that whatever it shows is
    /// true.
    fn is_ended_by(&self, as_of: Timestamp, shown: bool, lag: Duration) -> bool {
        self.at <= as_of && (shown && self.until == Until::Shown || is_older(self.at, lag, as_of))
    }
}

/// A list of the resources shows it.
fn is_listed<R: Resource>(field: &R::Field) -> bool {
    !R::is_detail(field) && !R::is_of_dependents(field)
}

/// `then` lies `age` or more after `at`.
fn is_older(at: Timestamp, age: Duration, then: Timestamp) -> bool {
    at.checked_add(age).is_ok_and(|end| end <= then)
}
