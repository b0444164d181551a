//! What is remembered of one object, as long as it exists.

use std::time::Duration;

use jiff::Timestamp;

use super::observed::{AttemptEnd, CreateAttempt, Refresh};
use super::resource::Resource;
use super::{Query, RecordMark};
use crate::identity::{ObjectId, Owner};
use crate::timing::Timing;

/// The memory of one object.
#[derive(Clone, Debug, Hash)]
pub(super) struct ObjectState<R: Resource> {
    pub(super) id: ObjectId,
    /// As the tags of its resource have it.
    pub(super) owner: Owner,
    pub(super) first_seen: Timestamp,
    generation: Generation,
    /// The resource that status named when the object was last looked at.
    pub(super) named: Option<String>,
    pub(super) proven_id: Option<String>,
    /// The resource that the spec wants adopted.
    pub(super) adopt: Option<String>,
    /// The record that this process wrote last, and when it learned that it was stored.
    record: Option<(RecordMark, Timestamp)>,
    /// The highest of any record of the object.
    incarnation: u32,
    attempts: Vec<CreateAttempt>,
    judged: Option<Judged<R::View>>,
    /// It was told that there is no list, or no good one: it wants to hear of the next good one.
    pub(super) waits_for_good: bool,
    /// It is told of changes of the dependents of its resource: it manages them, or asked for a list of them not long ago.
    pub(super) watches_dependents: bool,
    /// When it asked for such a list last.
    pub(super) dependents_requested_at: Option<Timestamp>,
    /// What its spec manages of the details.
    pub(super) managed: R::Managed,
    request: Option<Request>,
}

/// A person's request for a look at everything: the newest value of the annotation.
#[derive(Clone, Debug, Hash)]
struct Request {
    value: String,
    since: Timestamp,
    had_at: Option<Timestamp>,
}

/// The generation that asked last, and since when it does: what was read before may be too old to say that this one is in force.
#[derive(Clone, Copy, Debug, Hash)]
struct Generation {
    number: i64,
    since: Timestamp,
}

/// What became of a resource that no list shows as the object's.
#[derive(Clone, Debug, Hash)]
struct Judged<V> {
    resource_id: String,
    as_of: Timestamp,
    finding: Finding<V>,
}

/// See [`NamedId`](super::observed::NamedId) and `Ownership::Foreign`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Finding<V> {
    Gone,
    Hidden,
    Foreign(Box<V>),
}

impl<R: Resource> ObjectState<R> {
    pub(super) fn new(query: &Query<'_, R::Managed>, now: Timestamp) -> Self {
        Self {
            id: query.id.clone(),
            owner: query.owner.clone(),
            first_seen: now,
            // Nobody read anything for it before.
            generation: Generation { number: query.generation, since: Timestamp::MIN },
            named: None,
            proven_id: None,
            adopt: None,
            record: None,
            incarnation: query.record.as_ref().map_or(0, |record| record.incarnation),
            attempts: Vec::new(),
            judged: None,
            waits_for_good: false,
            watches_dependents: false,
            dependents_requested_at: None,
            managed: query.details.managed,
            request: Request::answered_before(query),
        }
    }

    /// Takes in what the object looks like as it asks; says whether its spec was edited since it asked last.
    pub(super) fn asked(&mut self, query: &Query<'_, R::Managed>, now: Timestamp) -> bool {
        self.named = query.named.map(str::to_owned);
        self.adopt = query.adopt.map(str::to_owned);
        self.managed = query.details.managed;
        if let Some(record) = &query.record {
            self.recorded(record.incarnation);
        }
        let is_edited = self.generation.number != query.generation;
        if is_edited {
            self.generation = Generation { number: query.generation, since: now };
        }
        is_edited
    }

    /// Takes in the annotation. Answers whether it is a new request; that it was taken off is none.
    pub(super) fn requested(&mut self, value: Option<&str>, now: Timestamp) -> bool {
        let is_new = |value: &&str| self.request.as_ref().is_none_or(|before| before.value != *value);
        let Some(value) = value.filter(is_new) else { return false };
        self.request = Some(Request { value: value.to_owned(), since: now, had_at: None });
        true
    }

    /// Since when a request waits for its answer.
    pub(super) fn open_request(&self) -> Option<Timestamp> {
        self.request.as_ref().filter(|request| request.had_at.is_none()).map(|request| request.since)
    }

    pub(super) fn had_refresh(&mut self, now: Timestamp) {
        if let Some(request) = &mut self.request {
            request.had_at = Some(now);
        }
    }

    pub(super) fn refresh(&self) -> Refresh {
        let had_at = self.request.as_ref().and_then(|request| request.had_at);
        Refresh { is_open: self.open_request().is_some(), had_at }
    }

    /// What was read before says nothing of the details to this generation, or to a person who asked for a look.
    pub(super) fn details_since(&self) -> Timestamp {
        self.generation.since.max(self.open_request().unwrap_or(Timestamp::MIN))
    }

    /// The resource that is to be accounted for: the one that was proven, else the one that status names.
    pub(super) fn expected_id(&self) -> Option<&str> {
        self.proven_id.as_deref().or(self.named.as_deref())
    }

    pub(super) fn wrote(&mut self, record: RecordMark, now: Timestamp) {
        self.recorded(record.incarnation);
        self.record = Some((record, now));
    }

    /// A record of a later incarnation stands for another resource: whatever was proven before is gone. What was refused under an earlier token
    /// made nothing, and counts no more: an object that is refused for weeks takes no more room than one.
    fn recorded(&mut self, incarnation: u32) {
        if incarnation > self.incarnation {
            self.incarnation = incarnation;
            self.proven_id = None;
            self.attempts.retain(|attempt| !matches!(attempt.end, AttemptEnd::Refused { .. }));
        }
    }

    pub(super) fn recorded_at(&self, record: Option<&RecordMark>) -> Option<Timestamp> {
        let (own, stored) = self.record.as_ref()?;
        (record == Some(own)).then_some(*stored)
    }

    /// Adds a Create. One that ended like the one before it, under the same token, only makes that one last longer: a
    /// Create that is refused for days takes no more room than one.
    pub(super) fn attempted(&mut self, attempt: CreateAttempt) {
        if let AttemptEnd::Created(id) = &attempt.end {
            self.proven_id = Some(id.clone());
        }
        match self.attempts.last_mut() {
            Some(last) if last.client_token == attempt.client_token && last.end == attempt.end => {
                last.ended = attempt.ended;
                last.is_repeated = true;
            }
            _ => self.attempts.push(attempt),
        }
    }

    pub(super) fn attempts(&self) -> &[CreateAttempt] {
        &self.attempts
    }

    pub(super) fn judge(&mut self, resource_id: &str, as_of: Timestamp, finding: Finding<R::View>) {
        self.judged = Some(Judged { resource_id: resource_id.to_owned(), as_of, finding });
    }

    /// What was found of this id, unless that is too old to go by. Ids are not given twice, so what is gone stays gone.
    pub(super) fn finding(&self, resource_id: &str, timing: &Timing, now: Timestamp) -> Option<&Finding<R::View>> {
        let judged = self.judged.as_ref().filter(|judged| judged.resource_id == resource_id)?;
        let good_for = match judged.finding {
            Finding::Gone => Duration::MAX,
            // It is on its way into the lists or out of them.
            Finding::Hidden => timing.resync_interval_max,
            // A person has to put the tags back: that is no matter of seconds, and a list shows it anyway.
            Finding::Foreign(_) => timing.resync_period,
        };
        let fresh = now.duration_since(judged.as_of).unsigned_abs() < good_for;
        fresh.then_some(&judged.finding)
    }
}

impl Request {
    /// The request that the object carries as this process first sees it, if an earlier one answered it: by the time in status. A value that
    /// is no time cannot be compared; any answer is taken for its own, and the details come within a period anyway.
    fn answered_before<M>(query: &Query<'_, M>) -> Option<Self> {
        let (value, had_at) = (query.details.requested_at?, query.details.refreshed_at?);
        // Status keeps whole seconds.
        let is_newer = value.parse::<Timestamp>().is_ok_and(|asked| asked.as_second() > had_at.as_second());
        (!is_newer).then(|| Self { value: value.to_owned(), since: had_at, had_at: Some(had_at) })
    }
}
