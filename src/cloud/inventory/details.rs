//! When whose details are read again. Pure: it is told the time.
//!
//! Every object has one moment in each period, at a distance from the start of the process that its UID gives: so the reads are spread
//! evenly, stay spread, and the first of each object comes within a period after the start.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::backoff::Backoff;
use crate::cloud::spread::{later, next_moment};

/// Between two services. Bounds what a moment with many of them due may take from the rates of these calls (at three times as many
/// services as an hour has seconds, the refresh is late rather than greedy).
const SPACING: Duration = Duration::from_millis(300);

/// After a failure nobody's details are read for this long, doubled up to the maximum while nothing else comes.
const PAUSE: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// The service whose read failed comes again after this, doubled up to the period.
const RETRY_FIRST: Duration = Duration::from_secs(30);

/// The least period: what is less was set by mistake, and would leave no time for anything else.
const PERIOD_MIN: Duration = Duration::from_millis(100);

/// The timetable of one account and region.
#[derive(Clone, Debug)]
pub(super) struct Timetable {
    period: Duration,
    start: Timestamp,
    /// By moment, then by UID.
    queue: BTreeSet<(Timestamp, String)>,
    /// By UID.
    entries: HashMap<String, Entry>,
    not_before: Timestamp,
    /// Failures since the newest success.
    failures: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    due: Timestamp,
    /// Of this object's reads, since the newest success.
    failures: u32,
}

impl Timetable {
    pub(super) fn new(period: Duration, start: Timestamp) -> Self {
        Self {
            period: period.max(PERIOD_MIN),
            start,
            queue: BTreeSet::new(),
            entries: HashMap::new(),
            not_before: Timestamp::MIN,
            failures: 0,
        }
    }

    /// Takes an object in; one that is there keeps its moment.
    pub(super) fn put(&mut self, uid: &str, now: Timestamp) {
        if !self.entries.contains_key(uid) {
            self.schedule(uid, self.next_moment(uid, now), 0);
        }
    }

    pub(super) fn remove(&mut self, uid: &str) {
        if let Some(entry) = self.entries.remove(uid) {
            self.queue.remove(&(entry.due, uid.to_owned()));
        }
    }

    /// When the next one is due; `None`: there is no object.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.queue.first().map(|(due, _)| (*due).max(self.not_before))
    }

    /// The UID of an object that is due. Its next moment is set with that: a read that never ends holds up nothing.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<String> {
        if self.due()? > now {
            return None;
        }
        let (_, uid) = self.queue.first()?.clone();
        let failures = self.entries.get(&uid).map_or(0, |entry| entry.failures);
        self.schedule(&uid, self.next_moment(&uid, now), failures);
        Some(uid)
    }

    /// The details of one service are read now: the next read comes a little later.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.not_before = later(now, SPACING);
    }

    pub(super) fn succeed(&mut self, uid: &str) {
        self.failures = 0;
        if let Some(entry) = self.entries.get_mut(uid) {
            entry.failures = 0;
        }
    }

    /// A read failed: everybody waits a little, because the trouble may be the account's, and this object waits longer, because it may be
    /// its own.
    pub(super) fn fail(&mut self, uid: &str, now: Timestamp) {
        self.not_before = self.not_before.max(later(now, PAUSE.delay(self.failures.saturating_add(1))));
        self.failures = self.failures.saturating_add(1);
        let Some(entry) = self.entries.get(uid) else { return };
        let failures = entry.failures.saturating_add(1);
        let retry = later(now, Backoff::new(RETRY_FIRST, self.period).delay(failures));
        self.schedule(uid, retry.min(entry.due), failures);
    }

    fn schedule(&mut self, uid: &str, due: Timestamp, failures: u32) {
        let before = self.entries.insert(uid.to_owned(), Entry { due, failures });
        if let Some(before) = before {
            self.queue.remove(&(before.due, uid.to_owned()));
        }
        self.queue.insert((due, uid.to_owned()));
    }

    /// The first of the object's moments after `now`.
    fn next_moment(&self, uid: &str, now: Timestamp) -> Timestamp {
        next_moment(uid, self.period, self.start, now)
    }
}

#[cfg(test)]
mod tests;
