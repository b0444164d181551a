//! One load balancer: who asks about it, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;
use loadbalancers::LoadBalancer;

use super::flaw::flaw;
use super::seen::{Answer, Purpose, Sight, Want};
use crate::identity::ObjectId;

/// How long an object waits for the look at a load balancer whose zones it knows. An answer takes a tenth of a second; where the way to the API is
/// blocked, every create would cost this, once in a while.
const CHECK_PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// By UID of the object.
    wants: BTreeMap<String, Asking>,
    answer: Option<Arc<Answer>>,
    zones: Option<BTreeSet<String>>,
    error: Option<Error>,
    /// Good answers in a row with which somebody cannot be content.
    wanting: u32,
    /// Reads in a row that failed.
    failures: u32,
    /// A read is under way.
    pub(super) is_reading: bool,
}

/// One object that asks.
#[derive(Clone, Debug)]
struct Asking {
    id: ObjectId,
    want: Want,
    since: Timestamp,
    /// A read is wanted that begins then or later.
    owed_from: Option<Timestamp>,
}

/// What a read changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) objects: BTreeSet<ObjectId>,
    /// A read failed, and not as the one before.
    pub(super) is_new_failure: bool,
    /// Somebody cannot go on without an answer.
    pub(super) is_needed: bool,
}

/// Asking.
impl Entry {
    /// Takes in that an object asks. Answers whether it wants a read that begins now or later.
    pub(super) fn ask(&mut self, id: &ObjectId, want: &Want, is_marked: bool, now: Timestamp) -> bool {
        let before = self.wants.get(&id.uid);
        let is_anew = before.is_some_and(|before| is_marked || want.differs(&before.want));
        let owed_from = if is_anew { Some(now) } else { before.and_then(|before| before.owed_from) };
        let since = before.map_or(now, |before| before.since);
        self.wants.insert(id.uid.clone(), Asking { id: id.clone(), want: want.clone(), since, owed_from });
        is_anew
    }

    /// The object asks no more. Answers whether somebody else does.
    pub(super) fn leave(&mut self, uid: &str) -> bool {
        self.wants.remove(uid);
        !self.wants.is_empty()
    }

    /// Nobody has had an answer yet, good or bad.
    pub(super) fn is_unread(&self) -> bool {
        self.answer.is_none() && self.error.is_none()
    }

    /// Everybody who asks can wait for the first answer.
    pub(super) fn can_wait(&self) -> bool {
        self.wants.values().all(|asking| asking.want.can_wait)
    }

    /// Somebody asks for zones.
    pub(super) fn is_needed(&self) -> bool {
        self.wants.values().any(|asking| asking.want.purpose == Purpose::Zones)
    }

    /// The newest answer is older than that.
    pub(super) fn is_older_than(&self, moment: Timestamp) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.as_of < moment)
    }

    /// A read is wanted that begins later than this one began.
    pub(super) fn is_owed_after(&self, began: Timestamp) -> bool {
        self.wants.values().any(|asking| asking.owed_from.is_some_and(|from| from > began))
    }
}

/// Telling.
impl Entry {
    /// What the object is told. `is_coming`: a read is on its way.
    pub(super) fn sight(&self, uid: &str, is_coming: bool, now: Timestamp) -> Option<Sight> {
        let Asking { want, since, .. } = self.wants.get(uid)?;
        let patience_ends = since.saturating_add(CHECK_PATIENCE).unwrap_or(Timestamp::MAX);
        let is_awaited = match want.purpose {
            Purpose::Zones => !want.can_wait,
            Purpose::Check => is_coming && now < patience_ends,
        };
        Some(Sight {
            purpose: want.purpose,
            can_wait: want.can_wait,
            answer: self.answer.clone(),
            zones: self.zones.clone(),
            error: self.error.clone(),
            since: *since,
            is_awaited: self.is_unread() && is_awaited,
        })
    }

    /// A refresh was requested, and no read has begun since that ended well.
    pub(super) fn is_outstanding(&self, uid: &str) -> bool {
        self.wants.get(uid).is_some_and(|asking| asking.want.purpose == Purpose::Zones && asking.owed_from.is_some())
    }
}

/// Reading.
impl Entry {
    /// Takes in a good answer.
    pub(super) fn answered(&mut self, began: Timestamp, load_balancer: Option<LoadBalancer>) -> Told {
        let is_same = self.answer.as_ref().is_some_and(|before| before.load_balancer == load_balancer);
        let is_news = !is_same || self.error.is_some();
        let is_flawed = flaw(load_balancer.as_ref()).is_some();
        let zones = load_balancer.iter().flat_map(|found| &found.zones).map(|zone| zone.zone_id.clone());
        let zones: BTreeSet<String> = zones.collect();
        let is_wanting = is_flawed || self.lacks_zones(&zones);
        // No answer says that a load balancer has no zone: one that names none says nothing of them.
        if !is_flawed && !zones.is_empty() {
            self.zones = Some(zones);
        }
        self.answer = Some(Arc::new(Answer { as_of: began, load_balancer }));
        (self.error, self.failures) = (None, 0);
        self.wanting = if is_wanting { self.wanting.saturating_add(1) } else { 0 };
        let fulfilled = self.fulfil(began);
        let objects = if is_news { self.objects() } else { fulfilled };
        Told { objects, is_new_failure: false, is_needed: self.is_needed() }
    }

    /// Takes in a read that failed.
    pub(super) fn failed(&mut self, error: Error) -> Told {
        let says = |error: &Error| (error.kind(), error.code().map(str::to_owned));
        let is_news = self.error.as_ref().map(says) != Some(says(&error));
        self.error = Some(error);
        self.failures = self.failures.saturating_add(1);
        let objects = if is_news { self.objects() } else { BTreeSet::new() };
        Told { objects, is_new_failure: is_news, is_needed: self.is_needed() }
    }

    /// Good answers in a row with which somebody cannot be content.
    pub(super) fn wanting(&self) -> u32 {
        self.wanting
    }

    /// Reads in a row that failed.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Zones are wanted, and none is named, or one of those that a Service asks for is not there yet.
    fn lacks_zones(&self, zones: &BTreeSet<String>) -> bool {
        let lacks =
            |want: &Want| want.purpose == Purpose::Zones && (zones.is_empty() || !want.expected_zones.is_subset(zones));
        self.wants.values().any(|asking| lacks(&asking.want))
    }

    fn objects(&self) -> BTreeSet<ObjectId> {
        self.wants.values().map(|asking| asking.id.clone()).collect()
    }

    /// Whoever wanted this read has had it.
    fn fulfil(&mut self, began: Timestamp) -> BTreeSet<ObjectId> {
        let owed = self.wants.values_mut().filter(|asking| asking.owed_from.is_some_and(|from| from <= began));
        owed.map(|asking| {
            asking.owed_from = None;
            asking.id.clone()
        })
        .collect()
    }
}
