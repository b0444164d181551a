//! When this process saw what of an object, by its own clock. What other machines' clocks say is held against that.
//!
//! The mark of deletion has the API server's time, a create record that of another operator's machine, a service the provider's. Where
//! such a clock is ahead, nothing may wait for ours to catch up with it: what has been seen has happened. Where the API server's is behind,
//! a mark must not seem older than the last look at the object without it: then what was seen before the mark would count as seen after.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::resolve::{Resolved, StatusHint};
use crate::identity::CreateRecord;
use crate::identity::Life;
use crate::identity::ObjectId;

/// What was seen of every object that there is, by UID.
#[derive(Debug, Default)]
pub struct ObservationTimes(Mutex<HashMap<String, ObjectTimes>>);

#[derive(Debug, Default)]
struct ObjectTimes {
    /// When it was last seen without a mark.
    live: Option<Timestamp>,
    /// When it was first seen with one.
    marked: Option<Timestamp>,
    /// The times of the record, as they stand there, and when they were first seen.
    record: Option<((Timestamp, Option<Timestamp>), Timestamp)>,
    /// The service that status names, and when it was first seen there.
    named: Option<(String, Timestamp)>,
}

impl ObservationTimes {
    /// Takes in what is seen now, and gives it back with times that this process's clock allows.
    pub fn bound(&self, mut resolved: Resolved, now: Timestamp) -> Resolved {
        let mut observation_times = self.lock();
        let object = observation_times.entry(resolved.key.uid.clone()).or_default();
        resolved.record = resolved.record.map(|record| object.record(record, now));
        resolved.hint = object.hint(resolved.hint, now);
        resolved.life = object.life(resolved.life, resolved.record.as_ref(), now);
        resolved
    }

    /// The object is gone.
    pub fn forget(&self, id: &ObjectId) {
        self.lock().remove(&id.uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, ObjectTimes>> {
        // No code runs under the lock that could leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ObjectTimes {
    /// After the last look without the mark, and after the record, which only a live object gets; no later than the first look with it.
    fn life(&mut self, life: Life, record: Option<&CreateRecord>, now: Timestamp) -> Life {
        let Life::Deleting { since } = life else {
            self.live = Some(now);
            self.marked = None;
            return life;
        };
        let marked = *self.marked.get_or_insert(now);
        let recorded = record.map(|record| record.taken_over.unwrap_or(record.time).max(record.time));
        let alive = [self.live, recorded].into_iter().flatten();
        Life::Deleting { since: alive.fold(since, Timestamp::max).min(marked) }
    }

    /// No later than it was first seen.
    fn record(&mut self, record: CreateRecord, now: Timestamp) -> CreateRecord {
        let times = (record.time, record.taken_over);
        let seen = match self.record {
            Some((before, seen)) if before == times => seen,
            _ => now,
        };
        self.record = Some((times, seen));
        CreateRecord { time: record.time.min(seen), taken_over: record.taken_over.map(|at| at.min(seen)), ..record }
    }

    /// The service is no younger than its name in status.
    fn hint(&mut self, hint: StatusHint, now: Timestamp) -> StatusHint {
        let Some(id) = &hint.service_id else { return hint };
        let seen = match &self.named {
            Some((before, seen)) if before == id => *seen,
            _ => now,
        };
        self.named = Some((id.clone(), seen));
        StatusHint { create_time: hint.create_time.map(|at| at.min(seen)), ..hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Definition;
    use crate::kubernetes::services::ReferredServices;
    use crate::test_support;
    use crate::vpc_endpoint_service::resolve::{Place, resolve};

    const MINUTE: i64 = 60;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn resolved() -> Resolved {
        let place = Place {
            cluster: "test".into(),
            account: Ok("1".into()),
            default_region: Some("cn-hangzhou".into()),
            definition: Definition::Stays,
            services: ReferredServices::default(),
        };
        resolve(&test_support::object("7"), &place).unwrap()
    }

    fn record(time: Timestamp, taken_over: Option<Timestamp>) -> CreateRecord {
        CreateRecord {
            uid: "u-1".into(),
            incarnation: 0,
            region: "cn-hangzhou".into(),
            account: "1".into(),
            hash: "h".into(),
            time,
            owner: "p-1".into(),
            taken_over,
            not_ours: None,
        }
    }

    fn seen(life: Life) -> Resolved {
        Resolved { life, ..resolved() }
    }

    fn marked(seconds: i64) -> Resolved {
        seen(Life::Deleting { since: at(seconds) })
    }

    fn since(resolved: &Resolved) -> Timestamp {
        match resolved.life {
            Life::Deleting { since } => since,
            Life::Live => panic!("it is marked"),
        }
    }

    #[test]
    fn a_mark_from_the_future_counts_from_when_it_was_seen() {
        let observation_times = ObservationTimes::default();
        assert_eq!(since(&observation_times.bound(marked(2 * MINUTE), at(0))), at(0));
        assert_eq!(since(&observation_times.bound(marked(2 * MINUTE), at(30))), at(0), "also later");
    }

    #[test]
    fn a_mark_from_the_past_is_no_older_than_the_last_look_at_a_live_object() {
        let observation_times = ObservationTimes::default();
        observation_times.bound(seen(Life::Live), at(0));
        assert_eq!(since(&observation_times.bound(marked(-2 * MINUTE), at(5))), at(0));
    }

    #[test]
    fn a_mark_within_what_was_seen_counts_as_it_stands() {
        let observation_times = ObservationTimes::default();
        observation_times.bound(seen(Life::Live), at(0));
        assert_eq!(since(&observation_times.bound(marked(3), at(5))), at(3));
        // After a restart nothing was seen before: the wait does not begin again.
        assert_eq!(since(&ObservationTimes::default().bound(marked(3), at(MINUTE))), at(3));
    }

    #[test]
    fn a_mark_is_no_older_than_the_record_that_a_live_object_got() {
        let marked = Resolved { record: Some(record(at(10), Some(at(20)))), ..marked(-MINUTE) };
        assert_eq!(since(&ObservationTimes::default().bound(marked, at(MINUTE))), at(20));
    }

    #[test]
    fn a_record_is_no_younger_than_its_first_observation() {
        let observation_times = ObservationTimes::default();
        let ahead = |time| Resolved { record: Some(record(time, Some(at(11 * MINUTE)))), ..resolved() };
        let bounded = |seen: Resolved, now| {
            observation_times.bound(seen, now).record.map(|record| (record.time, record.taken_over))
        };
        assert_eq!(bounded(ahead(at(10 * MINUTE)), at(0)), Some((at(0), Some(at(0)))));
        assert_eq!(bounded(ahead(at(10 * MINUTE)), at(30)), Some((at(0), Some(at(0)))));
        assert_eq!(bounded(ahead(at(-5)), at(40)), Some((at(-5), Some(at(40)))));
    }

    #[test]
    fn a_service_is_no_younger_than_its_name_in_status() {
        let observation_times = ObservationTimes::default();
        let named = |id: &str, created: i64| {
            let hint =
                StatusHint { service_id: Some(id.to_owned()), create_time: Some(at(created)), ..StatusHint::default() };
            Resolved { hint, ..resolved() }
        };
        let bounded = |seen: Resolved, now| observation_times.bound(seen, now).hint.create_time;
        assert_eq!(bounded(named("epsrv-1", 10 * MINUTE), at(0)), Some(at(0)));
        assert_eq!(bounded(named("epsrv-1", 10 * MINUTE), at(30)), Some(at(0)));
        assert_eq!(bounded(named("epsrv-2", 10 * MINUTE), at(40)), Some(at(40)));
        assert_eq!(bounded(named("epsrv-2", 5), at(50)), Some(at(5)));
    }

    #[test]
    fn what_is_gone_takes_no_room() {
        let observation_times = ObservationTimes::default();
        let resolved = observation_times.bound(marked(0), at(0));
        observation_times.forget(&resolved.key.id());
        assert!(observation_times.lock().is_empty());
    }
}
