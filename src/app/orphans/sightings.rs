//! What was found without its object, and since when.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::cloud::inventory::Owned;
use crate::identity::Target;
use crate::timing::Timing;

/// A service whose object exists no more, as far as this process knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Orphan {
    pub(super) target: Target,
    pub(super) service: Owned,
}

/// A list may lag behind a deletion, so that only what is found again and again counts.
#[derive(Debug)]
pub(super) struct Sightings {
    needed: Duration,
    /// After a longer pause between two looks nobody can say what was there meanwhile.
    longest_gap: Duration,
    looked_at: Option<Instant>,
    since: BTreeMap<Orphan, Sighting>,
}

/// Since when it was found in every look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) since: Instant,
    pub(super) is_confirmed: bool,
}

impl Sightings {
    pub(super) fn new(timing: &Timing) -> Self {
        Self {
            needed: timing.consistency_window + timing.create_window,
            longest_gap: timing.resync_period.saturating_mul(2) + timing.reconcile_deadline,
            looked_at: None,
            since: BTreeMap::new(),
        }
    }

    /// Takes in what is found now; answers those that count from now on.
    pub(super) fn take_in(&mut self, found: Vec<Orphan>, now: Instant) -> Vec<Orphan> {
        let before = std::mem::take(&mut self.since);
        let is_interrupted = self.looked_at.is_some_and(|at| now.duration_since(at) > self.longest_gap);
        self.looked_at = Some(now);
        let mut new = Vec::new();
        for orphan in found {
            let earlier = before.get(&orphan);
            let since = earlier.filter(|_| !is_interrupted).map_or(now, |earlier| earlier.since);
            let was_confirmed = earlier.is_some_and(|earlier| earlier.is_confirmed);
            let is_confirmed = was_confirmed || now.duration_since(since) >= self.needed;
            if is_confirmed && !was_confirmed {
                new.push(orphan.clone());
            }
            self.since.insert(orphan, Sighting { since, is_confirmed });
        }
        new
    }

    /// Those that count, with since when each was found in every look.
    pub(super) fn confirmed(&self) -> impl Iterator<Item = (&Orphan, Instant)> {
        self.since.iter().filter(|(_, seen)| seen.is_confirmed).map(|(orphan, seen)| (orphan, seen.since))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::orphan;
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_found_for_longer_than_the_lists_lag_counts_and_is_told_once() {
        let (mut seen, start) = (Sightings::new(&Timing::default()), Instant::now());
        let mut take_in = |ids: &[&str], seconds| {
            let new = seen.take_in(ids.iter().map(|id| orphan(id)).collect(), after(start, seconds));
            (new, seen.confirmed().count())
        };
        assert_eq!(take_in(&["a", "b"], 0), (vec![], 0));
        assert_eq!(take_in(&["a"], 89), (vec![], 0));
        assert_eq!(take_in(&["a"], 90), (vec![orphan("a")], 1));
        assert_eq!(take_in(&["a", "b"], 150), (vec![], 1));
        assert_eq!(take_in(&["b"], 240), (vec![orphan("b")], 1));
        assert_eq!(take_in(&[], 300), (vec![], 0));
    }

    #[test]
    fn a_pause_in_which_nobody_looked_begins_the_time_anew_and_tells_nothing_twice() {
        let (mut seen, start) = (Sightings::new(&Timing::default()), Instant::now());
        let mut since = |seconds: u64| {
            let told = seen.take_in(vec![orphan("a")], after(start, seconds));
            (told.len(), seen.confirmed().map(|(_, since)| since.duration_since(start).as_secs()).next())
        };
        assert_eq!(since(0), (0, None));
        assert_eq!(since(100), (1, Some(0)));
        assert_eq!(since(280), (0, Some(0)));
        assert_eq!(since(461), (0, Some(461)));
    }
}
