use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;
use crate::timing::Timing;

const HOUR: Duration = Duration::from_hours(1);

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn timetable(count: usize) -> Timetable {
    let mut timetable = Timetable::new(HOUR, at(0));
    for number in 0..count {
        timetable.put(&format!("uid-{number}"), at(0));
    }
    timetable
}

/// Every read from `from` to `to`, each begun when it is due.
fn reads(timetable: &mut Timetable, from: i64, to: i64) -> Vec<(Timestamp, String)> {
    let mut reads = Vec::new();
    let mut now = at(from);
    while let Some(due) = timetable.due().filter(|due| *due < at(to)) {
        now = now.max(due);
        let uid = timetable.take(now).expect("it is due");
        timetable.begin(now);
        timetable.succeed(&uid);
        reads.push((now, uid));
    }
    reads
}

#[test]
fn each_object_is_read_once_in_each_period_and_the_first_time_within_one() {
    let mut timetable = timetable(1_000);
    for period in 0..3 {
        let mut times = BTreeMap::<String, usize>::new();
        for (_, uid) in reads(&mut timetable, period * 3_600, (period + 1) * 3_600 + 1) {
            *times.entry(uid).or_default() += 1;
        }
        assert_eq!(times.len(), 1_000);
        assert!(times.values().all(|times| *times == 1));
    }
}

#[test]
fn the_reads_are_spread_over_the_period() {
    let reads = reads(&mut timetable(1_000), 0, 3_600);
    let mut by_minute = BTreeMap::<i64, usize>::new();
    for (moment, _) in &reads {
        *by_minute.entry(moment.as_second() / 60).or_default() += 1;
    }
    assert_eq!(by_minute.len(), 60);
    assert!(by_minute.values().all(|count| (4..=36).contains(count)), "{by_minute:?}");
    let gaps = reads.windows(2).map(|pair| pair[1].0.duration_since(pair[0].0).unsigned_abs());
    assert!(gaps.min() >= Some(SPACING));
}

#[test]
fn an_object_that_comes_later_has_its_moment_within_a_period_too() {
    let mut timetable = timetable(0);
    timetable.put("uid-1", at(10_000));
    let first = timetable.due().unwrap();
    assert!(first > at(10_000) && first <= at(13_600));
    timetable.put("uid-1", at(13_000));
    assert_eq!(timetable.due(), Some(first));
}

#[test]
fn what_is_gone_leaves_nothing_behind() {
    let mut timetable = timetable(100);
    reads(&mut timetable, 0, 1_800);
    timetable.fail("uid-3", at(1_800));
    for number in 0..100 {
        timetable.remove(&format!("uid-{number}"));
    }
    timetable.fail("uid-3", at(1_801));
    timetable.succeed("uid-4");
    assert_eq!((timetable.entries.len(), timetable.queue.len(), timetable.due()), (0, 0, None));
}

#[test]
fn a_failed_read_is_tried_again_less_and_less_often_and_never_later_than_the_next_moment() {
    let mut timetable = timetable(1);
    let first = timetable.due().unwrap();
    let mut pauses = Vec::new();
    let mut now = first;
    for _ in 0..9 {
        timetable.take(now);
        timetable.begin(now);
        timetable.fail("uid-0", now);
        let due = timetable.due().unwrap();
        pauses.push(due.duration_since(now).as_secs());
        now = due;
    }
    // Another failure always comes within a period; once the moment itself is nearer, it is that.
    assert_eq!(pauses[..6], [30, 60, 120, 240, 480, 960]);
    assert!(pauses[6..].iter().all(|pause| *pause <= 3_600), "{pauses:?}");
}

#[test]
fn after_a_failure_all_wait_a_little_and_a_success_ends_that() {
    let mut timetable = timetable(10_000);
    let now = at(3_601);
    let mut pauses = Vec::new();
    let mut moment = now;
    for _ in 0..8 {
        let uid = timetable.take(moment).expect("thousands are due");
        timetable.begin(moment);
        timetable.fail(&uid, moment);
        pauses.push(timetable.due().unwrap().duration_since(moment).as_secs());
        moment = timetable.due().unwrap();
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    let uid = timetable.take(moment).unwrap();
    timetable.begin(moment);
    timetable.succeed(&uid);
    assert_eq!(timetable.due(), Some(later(moment, SPACING)));
}

/// Each service costs three calls, and the moments of a thousand are nowhere quite even: with a period of 90 minutes, 2,000 calls an hour, there
/// is an hour with more than 2,050 in nearly every set of UIDs.
#[test]
fn no_hour_of_a_thousand_services_costs_more_calls_than_it_may() {
    const CALLS_AN_HOUR: usize = 2_050;
    let period = Timing::default().details_refresh_period;
    for set in 0..20_u32 {
        let mut timetable = Timetable::new(period, at(0));
        for number in 0..1_000_u32 {
            timetable.put(&format!("{set:08x}-0000-4000-8000-{number:012x}"), at(0));
        }
        let moments: Vec<_> = reads(&mut timetable, 0, 9 * 3_600).into_iter().map(|(moment, _)| moment).collect();
        let within_an_hour = |first: usize| moments.partition_point(|moment| *moment < moments[first] + HOUR) - first;
        let most = (0..moments.len()).map(within_an_hour).max().unwrap();
        assert!((1_800..=CALLS_AN_HOUR).contains(&(3 * most)), "set {set}: {} calls within an hour", 3 * most);
    }
}
