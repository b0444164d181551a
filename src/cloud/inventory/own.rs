//! What this process wrote to one service, for as long as it stands in for what the provider's lists show.
//!
//! A write stands in until a read that *began* after it shows it, or until one that began `consistency_window` after it
//! shows anything: ages are measured at the reads, so that an old snapshot never wins just because time passed.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{Operation, ServiceStatus};

use super::field::{lay_over, lay_over_deep, shown, shown_deep, shows, shows_deep};
use super::setbacks::Setbacks;
use crate::cloud::services::observed::Refusal;
use crate::cloud::services::{self, DeepView, Field, Proof, Service, Value, Write};

/// The memory of one service.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct OwnWrites {
    created: Option<Created>,
    deleted: Option<Timestamp>,
    fields: BTreeMap<Field, Remembered>,
    /// The newest own write that left the service in a state which only Get can show ended.
    settling: Option<Timestamp>,
    /// The newest own Update, which leaves the service Pending. Get can show that ended, and so can a list that shows the Update itself.
    updated: Option<Timestamp>,
    get: Option<Got>,
    /// See [`Refusal`]: at most one an operation.
    pub(super) refusals: BTreeMap<Operation, Refusal>,
    /// Fields whose writes do not help.
    pub(super) setbacks: Setbacks,
}

/// A service of our own making, until it is older than the lists may lag: till then its absence from a list means
/// nothing.
#[derive(Clone, Debug, Hash)]
struct Created {
    at: Timestamp,
    /// As Create answered, then as the newest list that has it showed it.
    service: Service,
    /// When that answer came, or when that list began.
    as_of: Timestamp,
    listed: Listed,
}

/// What lists have said of a new service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Listed {
    /// None has shown it yet.
    NotYet,
    /// The newest one shows it.
    Now,
    /// One has shown it, and the newest one, which began then, does not. It may lag behind that one, or somebody else
    /// deleted the service: only Get knows.
    NoLonger(Timestamp),
}

#[derive(Clone, Debug, Hash)]
struct Remembered {
    at: Timestamp,
    value: Value,
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

/// What Get said of the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Got {
    /// When it was asked.
    as_of: Timestamp,
    /// `None`: it does not exist.
    status: Option<ServiceStatus>,
}

impl OwnWrites {
    /// Takes in an accepted write. A newer write of a field replaces the older one.
    pub(super) fn remember(&mut self, write: &Write, at: Timestamp) {
        for (field, value) in write.values() {
            self.remember_value(field, value, at);
        }
        if write.changes_status() {
            self.get = None;
        }
        match write {
            Write::Delete => self.deleted = Some(at),
            Write::Attributes(_) => self.updated = Some(at),
            Write::Attach { .. } | Write::Detach { .. } | Write::AutoAllocation { .. } => self.settling = Some(at),
            _ => {}
        }
    }

    /// Takes in a creation: for all but the attachments the service itself is remembered.
    pub(super) fn remember_created(&mut self, created: services::Created, at: Timestamp) {
        for key in created.attachments.into_keys() {
            self.remember_value(Field::Resource(key), Value::Present, at);
        }
        self.get = None;
        self.created = Some(Created::new(created.service, at));
    }

    fn remember_value(&mut self, field: Field, value: Value, at: Timestamp) {
        let until = self.fields.get(&field).map_or(Until::Shown, |older| older.until_replaced_by(&value));
        self.setbacks.accepted(&field, &value);
        self.fields.insert(field, Remembered { at, value, until });
    }

    /// Takes in what Get said when it was asked at `as_of`; `None`: the service does not exist.
    pub(super) fn got(&mut self, as_of: Timestamp, status: Option<ServiceStatus>) {
        if self.get.as_ref().is_some_and(|newer| newer.as_of > as_of) {
            return;
        }
        if status == Some(ServiceStatus::Active) {
            self.settling = self.settling.filter(|written| *written > as_of);
            self.updated = self.updated.filter(|written| *written > as_of);
        }
        if status.is_none() && self.is_missed() {
            self.created = None;
        }
        self.get = Some(Got { as_of, status });
    }

    /// Compares with a sweep that began at `as_of`, and forgets what it shows and what is too old to stand in.
    pub(super) fn settle(&mut self, as_of: Timestamp, listed: Option<&Service>, lag: Duration) {
        self.settle_creation(as_of, listed, lag);
        self.get = self.get.take().filter(|got| !is_older(got.as_of, lag, as_of));
        match listed {
            Some(service) => self.settle_listed(as_of, service, lag),
            None if self.created.is_some() => {}
            None => self.settle_gone(as_of),
        }
    }

    fn settle_listed(&mut self, as_of: Timestamp, listed: &Service, lag: Duration) {
        let is_leaving = listed.status == ServiceStatus::Deleting;
        self.deleted = self.deleted.filter(|at| *at > as_of || !(is_leaving || is_older(*at, lag, as_of)));
        let (fields, setbacks) = (&mut self.fields, &mut self.setbacks);
        fields.retain(|field, remembered| {
            if field.is_deep() {
                return true;
            }
            let is_shown = shows(listed, field, &remembered.value);
            let is_ended = remembered.is_ended_by(as_of, is_shown, lag);
            match (is_ended, is_shown) {
                (true, true) => setbacks.confirmed(field),
                (true, false) => setbacks.unconfirmed(field, &remembered.value, shown(listed, field), lag, as_of),
                (false, _) => {}
            }
            !is_ended
        });
        let is_pending = |field: &Field| field.is_deep() || fields.contains_key(field);
        setbacks.compare(|field| shown(listed, field), is_pending);
        let is_updated = self.fields.keys().any(Field::is_updated);
        self.updated = self.updated.filter(|at| *at > as_of || is_updated);
    }

    /// The sweep does not show the service, and that means something: there is nothing left to stand in for.
    fn settle_gone(&mut self, as_of: Timestamp) {
        self.deleted = self.deleted.filter(|at| *at > as_of);
        self.fields.retain(|_, remembered| remembered.at > as_of);
        self.setbacks.clear();
        self.settling = self.settling.filter(|at| *at > as_of);
        self.updated = self.updated.filter(|at| *at > as_of);
        self.get = self.get.take().filter(|got| got.as_of > as_of);
    }

    fn settle_creation(&mut self, as_of: Timestamp, listed: Option<&Service>, lag: Duration) {
        let Some(created) = self.created.as_mut().filter(|created| created.at <= as_of) else { return };
        created.take_in(as_of, listed);
        // A service that a list has shown and that was deleted since is gone when a list no longer shows it; one that
        // Get denies too.
        let denied = self.get.as_ref().is_some_and(|got| got.status.is_none());
        let deleted = self.deleted.is_some_and(|at| at <= as_of) || created.service.status == ServiceStatus::Deleting;
        let went = deleted && (created.listed != Listed::NotYet || denied) && listed.is_none();
        if went || is_older(created.at, lag, as_of) {
            self.created = None;
        }
    }

    /// Compares with a read of attachments and principals that began at `view.as_of`.
    pub(super) fn settle_deep(&mut self, view: &DeepView, lag: Duration) {
        let (fields, setbacks) = (&mut self.fields, &mut self.setbacks);
        fields.retain(|field, remembered| {
            if !field.is_deep() {
                return true;
            }
            let is_shown = shows_deep(view, field, &remembered.value);
            let is_ended = remembered.is_ended_by(view.as_of, is_shown, lag);
            match (is_ended, is_shown) {
                (true, true) => setbacks.confirmed(field),
                (true, false) => {
                    setbacks.unconfirmed(field, &remembered.value, shown_deep(view, field), lag, view.as_of);
                }
                (false, _) => {}
            }
            !is_ended
        });
        let is_pending = |field: &Field| !field.is_deep() || fields.contains_key(field);
        setbacks.compare(|field| shown_deep(view, field), is_pending);
    }

    /// The service as it is known: the entry of the sweep that began at `as_of`, or the answer of our own Create, with
    /// our writes laid over.
    pub(super) fn lay_over(&self, listed: Option<(&Service, Timestamp)>, lag: Duration) -> Option<Service> {
        let own = self.created.as_ref().map(|created| (&created.service, created.as_of));
        let (base, as_of) = listed.or(own)?;
        let mut service = base.clone();
        if listed.is_none() && self.is_missed() {
            service.proof = Proof::Missed;
        }
        if let Some(status) = self.newer_status(&service.status, as_of, lag) {
            service.status = status;
        }
        for (field, remembered) in self.fields.iter().filter(|(field, _)| !field.is_deep()) {
            lay_over(&mut service, field, &remembered.value);
            service.unseen.insert(field.clone());
        }
        if self.deleted.is_some() {
            service.status = ServiceStatus::Deleting;
        }
        service.settling = self.settling.or(self.updated).is_some();
        Some(service)
    }

    /// What Get knows better than a list that began at `as_of`: anything, if it was asked later; and that the service
    /// has become Active, for as long as a list may lag behind that. A deletion is never undone, so a list that shows
    /// one is believed.
    fn newer_status(&self, listed: &ServiceStatus, as_of: Timestamp, lag: Duration) -> Option<ServiceStatus> {
        let got = self.get.as_ref()?;
        let status = got.status.clone()?;
        let passing = matches!(listed, ServiceStatus::Creating | ServiceStatus::Pending);
        let outlives = status == ServiceStatus::Active && passing && !is_older(got.as_of, lag, as_of);
        (got.as_of > as_of || outlives).then_some(status)
    }

    /// Attachments and principals as they are known: the newest read with our writes laid over. It gets no newer by that: what somebody else
    /// changed, an earlier process of ours among them, is known as of the read.
    pub(super) fn lay_over_deep(&self, read: &DeepView) -> DeepView {
        let mut view = read.clone();
        for (field, remembered) in self.fields.iter().filter(|(field, _)| field.is_deep()) {
            lay_over_deep(&mut view, field, &remembered.value);
        }
        view
    }

    /// A sweep has something to show yet: a new service, a deletion, a field.
    pub(super) fn is_unseen(&self) -> bool {
        self.deleted.is_some()
            || self.created.as_ref().is_some_and(|created| created.listed == Listed::NotYet)
            || self.fields.keys().any(|field| !field.is_deep())
            || self.get.as_ref().is_some_and(|got| got.status.is_none())
    }

    /// The newest list no longer shows a new service, and Get has not been asked since.
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
        self.fields.retain(|field, _| !field.is_deep());
        self.settling = None;
        self.updated = None;
        self.get = None;
        self.refusals.clear();
        self.setbacks.clear();
    }

    /// Drops refusals from before `since`; answers whether nothing is left to remember.
    pub(super) fn is_spent(&mut self, since: Timestamp) -> bool {
        self.refusals.retain(|_, refusal| refusal.at >= since);
        let Self { created, deleted, fields, settling, updated, get, refusals, setbacks } = self;
        created.is_none()
            && deleted.is_none()
            && fields.is_empty()
            && settling.is_none()
            && updated.is_none()
            && get.is_none()
            && refusals.is_empty()
            && setbacks.is_empty()
    }
}

impl Created {
    fn new(service: Service, at: Timestamp) -> Self {
        let service = Service { proof: Proof::OwnCreate, ..service };
        Self { at, service, as_of: at, listed: Listed::NotYet }
    }

    /// Takes in what the list that began at `as_of` shows of it.
    fn take_in(&mut self, as_of: Timestamp, listed: Option<&Service>) {
        match listed {
            Some(service) => *self = Self { at: self.at, service: service.clone(), as_of, listed: Listed::Now },
            None if self.listed == Listed::NotYet => {}
            None => self.listed = Listed::NoLonger(as_of),
        }
    }
}

impl Remembered {
    /// What will end the value that replaces this one, which no read has shown.
    fn until_replaced_by(&self, value: &Value) -> Until {
        if self.value == *value { self.until } else { Until::Lag }
    }

    /// A read that began at `as_of` puts an end to it: by showing it, or by being so late that whatever it shows is
    /// true.
    fn is_ended_by(&self, as_of: Timestamp, shown: bool, lag: Duration) -> bool {
        self.at <= as_of && (shown && self.until == Until::Shown || is_older(self.at, lag, as_of))
    }
}

/// `then` lies `age` or more after `at`.
fn is_older(at: Timestamp, age: Duration, then: Timestamp) -> bool {
    at.checked_add(age).is_ok_and(|end| end <= then)
}
