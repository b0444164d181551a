//! Back-off of single objects: exponential with full jitter, from the first failure to the first success.
//!
//! A requeue or a poll does not shorten it. A person's edit ends it, and so does the recovery of an account and region that could not be
//! reached, or that allowed no more calls.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kube::Resource;

use crate::backoff::Backoff;
use crate::identity::{ObjectId, Target};
use crate::names::RECONCILE_REQUESTED_AT_ANNOTATION;

/// The last step of the back-off while the provider throttles: 8 s with the default first step of 1 s. A reconcile that asks for what is closed costs
/// no call, and somebody must find out when it opens.
const MOST_STEPS_THROTTLED: u32 = 4;

/// The last step while nobody answers: 64 s with the default first step. A recovery frees the object sooner, but only one that somebody saw.
const MOST_STEPS_UNREACHABLE: u32 = 7;

/// However many fail for want of an answer, together they ask about three times a second: each waits so many first steps for each that fails. The
/// half is what the jitter leaves.
const SPACING: f64 = 0.6;

/// What a person asked for: a change of either part deserves a try at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    pub generation: i64,
    /// The value of the annotation `reconcile-requested-at`.
    pub requested_at: Option<String>,
}

/// Why a reconcile failed, as far as it matters for when the back-off may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The account and region could not be reached, or answered what may be over any time: ends by time, at most about a minute where few fail,
    /// and when a good list follows a bad one.
    Unreachable(Target),
    /// The reconcile did not end in time, so somebody did not answer. Ends when anything can be reached again.
    Unanswered,
    /// The provider allowed no more calls. Ends when it allows them again. Who may ask is limited elsewhere, so it does not grow for long.
    Throttled(Target),
    /// The provider refused a call. When the same may be sent again is decided elsewhere, and whoever requeues the object knows that it may; a reconcile
    /// before that costs no call. So it does not grow.
    Refused,
    /// Nobody could say yet whose account it is: a look costs nothing, and whoever requeues the object may know by now.
    AccountUnknown,
    /// Everything else: ends by time, or by an edit.
    Other,
}

/// What can be reached again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    Target(Target),
    /// More than anybody could follow.
    Everything,
}

/// Whether a reconcile may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Open,
    /// In back-off, for this long.
    Closed(Duration),
}

/// The failures of every object that failed last time.
#[derive(Debug)]
pub struct BackOff {
    first: Duration,
    max: Duration,
    failures: Mutex<HashMap<String, Failure>>,
}

#[derive(Debug)]
struct Failure {
    id: ObjectId,
    revision: Revision,
    /// Failures in a row, 1 for the first.
    count: u32,
    until: Timestamp,
    cause: Cause,
}

impl Revision {
    pub fn of(object: &impl Resource) -> Self {
        let annotations = object.meta().annotations.as_ref();
        Self {
            generation: object.meta().generation.unwrap_or_default(),
            requested_at: annotations.and_then(|all| all.get(RECONCILE_REQUESTED_AT_ANNOTATION)).cloned(),
        }
    }
}

impl BackOff {
    /// `first` is the bound of the first delay, which then doubles up to `max`.
    pub fn new(first: Duration, max: Duration) -> Self {
        Self { first, max, failures: Mutex::default() }
    }

    /// Asks whether a reconcile may begin. An edit since the last failure forgets it.
    pub fn gate(&self, id: &ObjectId, revision: &Revision, now: Timestamp) -> Gate {
        let mut failures = self.lock();
        let Some(failure) = failures.get(&id.uid) else { return Gate::Open };
        if failure.revision != *revision {
            failures.remove(&id.uid);
            return Gate::Open;
        }
        match Duration::try_from(failure.until.duration_since(now)) {
            Ok(rest) if !rest.is_zero() && !failure.cause.is_free() => Gate::Closed(rest),
            _ => Gate::Open,
        }
    }

    /// Notes a failure and says when to try again: not before `at_least`, which the provider may have asked for.
    pub fn fail(
        &self,
        id: &ObjectId,
        revision: Revision,
        cause: Cause,
        at_least: Duration,
        now: Timestamp,
    ) -> Duration {
        let mut failures = self.lock();
        let before = failures.get(&id.uid).filter(|failure| failure.revision == revision);
        let count = before.map_or(0, |failure| failure.count).saturating_add(1);
        let others = match cause {
            Cause::Unreachable(_) | Cause::Unanswered => u32::try_from(failures.len()).unwrap_or(u32::MAX),
            Cause::Throttled(_) | Cause::Refused | Cause::AccountUnknown | Cause::Other => 0,
        };
        let step = match cause {
            Cause::Throttled(_) => count.min(MOST_STEPS_THROTTLED),
            Cause::Refused => 1,
            Cause::Unreachable(_) | Cause::Unanswered => count.min(MOST_STEPS_UNREACHABLE),
            Cause::AccountUnknown | Cause::Other => count,
        };
        let fraction = rand::random();
        let spread = self.first.mul_f64(SPACING * fraction).saturating_mul(others).min(self.max);
        let delay = delay(self.first, self.max, step, fraction).max(spread).max(at_least);
        let until = now.saturating_add(SignedDuration::try_from(delay).unwrap_or(SignedDuration::MAX));
        let until = until.unwrap_or(Timestamp::MAX);
        failures.insert(id.uid.clone(), Failure { id: id.clone(), revision, count, until, cause });
        delay
    }

    /// A reconcile got somewhere: the next failure counts as the first.
    pub fn succeed(&self, id: &ObjectId) {
        self.lock().remove(&id.uid);
    }

    /// The object is gone.
    pub fn forget(&self, id: &ObjectId) {
        self.succeed(id);
    }

    /// Ends the back-off of every object that failed because of what has recovered now, and names them.
    pub fn recover(&self, recovery: &Recovery) -> Vec<ObjectId> {
        let mut failures = self.lock();
        failures.extract_if(|_, failure| failure.cause.ends_by(recovery)).map(|(_, failure)| failure.id).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failure>> {
        // No code runs under the lock that could leave the map half changed.
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cause {
    /// A reconcile may begin whenever somebody asks for one.
    const fn is_free(&self) -> bool {
        matches!(self, Self::Refused | Self::AccountUnknown)
    }

    fn ends_by(&self, recovery: &Recovery) -> bool {
        match (self, recovery) {
            (Self::Other | Self::Refused | Self::AccountUnknown, _) => false,
            (Self::Unreachable(target) | Self::Throttled(target), Recovery::Target(recovered)) => target == recovered,
            (Self::Unanswered, _) | (Self::Unreachable(_) | Self::Throttled(_), Recovery::Everything) => true,
        }
    }
}

/// Full jitter: anywhere between nothing and the step, so that objects which failed together do not come back together.
/// `fraction` is in [0, 1).
fn delay(first: Duration, max: Duration, count: u32, fraction: f64) -> Duration {
    Backoff::new(first, max).delay(count).mul_f64(fraction)
}

#[cfg(test)]
mod tests;
