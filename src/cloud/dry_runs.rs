//! What the provider said to dry runs, so that the same is not asked again while the plan stays as it is. Pure memory; it calls nobody.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::scheduler::Content;
use crate::identity::ObjectId;

/// By object: as many entries as its plan has steps.
#[derive(Debug, Default)]
pub struct DryRuns(Mutex<HashMap<ObjectId, Vec<Passed>>>);

/// A call that passed its dry run, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Passed {
    content: Content,
    at: Timestamp,
}

impl DryRuns {
    /// Only these calls are in the plan now: what was known of others goes.
    pub fn keep(&self, id: &ObjectId, contents: &[Content]) {
        let mut known = self.lock();
        let Some(passed) = known.get_mut(id) else { return };
        passed.retain(|one| contents.iter().any(|content| is_same(one.content, *content)));
        if passed.is_empty() {
            known.remove(id);
        }
    }

    pub fn passed(&self, id: &ObjectId, content: Content, at: Timestamp) {
        let mut known = self.lock();
        let passed = known.entry(id.clone()).or_default();
        passed.retain(|one| !is_same(one.content, content));
        passed.push(Passed { content, at });
    }

    /// It passed no longer ago than that.
    pub fn is_passed(&self, id: &ObjectId, content: Content, now: Timestamp, lifetime: Duration) -> bool {
        let is_fresh = |at: Timestamp| now.duration_since(at).unsigned_abs() < lifetime;
        let known = self.lock();
        known.get(id).is_some_and(|passed| passed.iter().any(|one| is_same(one.content, content) && is_fresh(one.at)))
    }

    /// The object is gone.
    pub fn forget(&self, id: &ObjectId) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ObjectId, Vec<Passed>>> {
        // No code runs under the lock that could leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same call, whatever else the cloud showed when it was planned.
fn is_same(one: Content, other: Content) -> bool {
    (one.revision, one.request) == (other.revision, other.request)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_hours(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn id() -> ObjectId {
        ObjectId { namespace: "team".to_owned(), name: "orders".to_owned(), uid: "u-1".to_owned() }
    }

    fn content(request: u64) -> Content {
        Content { revision: 1, request, seen: 7 }
    }

    #[test]
    fn what_passed_is_known_for_its_lifetime_whatever_was_seen_since() {
        let known = DryRuns::default();
        known.passed(&id(), content(1), at(0));
        let seen_otherwise = Content { seen: 8, ..content(1) };
        assert!(known.is_passed(&id(), seen_otherwise, at(3_599), LIFETIME));
        assert!(!known.is_passed(&id(), content(1), at(3_600), LIFETIME));
        assert!(!known.is_passed(&id(), content(2), at(1), LIFETIME));
        assert!(!known.is_passed(&id(), Content { revision: 2, ..content(1) }, at(1), LIFETIME));
    }

    #[test]
    fn no_more_is_known_than_the_plan_has_steps() {
        let known = DryRuns::default();
        for request in 0..9 {
            known.passed(&id(), content(request), at(0));
        }
        known.keep(&id(), &[content(3), content(4)]);
        assert_eq!(known.lock()[&id()].len(), 2);
        known.keep(&id(), &[]);
        assert!(known.lock().is_empty());
        known.passed(&id(), content(1), at(0));
        known.forget(&id());
        assert!(known.lock().is_empty());
    }
}
