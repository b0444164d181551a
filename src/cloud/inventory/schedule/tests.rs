use super::*;

fn schedule() -> ResyncSchedule {
    ResyncSchedule::new(&Timing::default())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(seconds)
}

#[test]
fn without_demand_nothing_is_due() {
    let mut schedule = schedule();
    assert_eq!(schedule.due(at(9), Demand::default()), None);
    schedule.begin(at(9), 1.0);
    schedule.fail(None, false);
    assert_eq!(schedule.due(at(10), Demand::default()), None, "nor after a failure that nobody waits for");
}

#[test]
fn the_earliest_demand_counts() {
    let mut schedule = schedule();
    schedule.begin(at(0), 1.0);
    let objects = Demand { objects: true, ..Demand::default() };
    assert_eq!(schedule.due(at(1), objects), Some(at(60)));
    assert_eq!(schedule.due(at(1), Demand { requested: Some(at(30)), ..objects }), Some(at(30)));
    assert_eq!(schedule.due(at(1), Demand { requested: Some(at(90)), ..objects }), Some(at(60)));
    assert_eq!(schedule.due(at(1), Demand { requested: Some(at(90)), on_the_way: true, objects: true }), Some(at(1)));
}

#[test]
fn what_was_due_in_the_past_is_due_now() {
    let mut schedule = schedule();
    schedule.begin(at(0), 1.0);
    assert_eq!(schedule.due(at(500), Demand { objects: true, ..Demand::default() }), Some(at(500)));
}

#[test]
fn waiters_are_told_of_the_second_failure_and_of_the_success_after_it() {
    let mut schedule = schedule();
    assert_eq!(schedule.fail(None, false), Failure::Retried);
    assert!(!schedule.succeed());
    assert_eq!(schedule.fail(None, false), Failure::Retried);
    assert_eq!(schedule.fail(None, false), Failure::Lasting);
    assert_eq!(schedule.fail(None, false), Failure::Lasting);
    assert!(schedule.succeed());
    assert!(!schedule.succeed());
}

#[test]
fn no_number_of_steps_or_failures_overflows() {
    let mut schedule = schedule();
    schedule.begin(at(0), 1.0);
    schedule.step = Some(u32::MAX);
    schedule.failures = u32::MAX;
    schedule.unguided = u32::MAX;
    schedule.fail(None, false);
    let demand = Demand { on_the_way: true, objects: true, requested: None };
    assert_eq!(schedule.due(at(0), demand), Some(at(5)), "after a failure");
    schedule.begin(at(0), 1.0);
    schedule.succeed();
    assert_eq!(schedule.due(at(0), demand), Some(at(5)));
}

#[test]
fn the_back_off_does_not_grow_while_the_provider_says_when_to_come_again() {
    let objects = Demand { objects: true, ..Demand::default() };
    let due_after = |told| {
        let mut schedule = schedule();
        schedule.begin(at(0), 1.0);
        (0..6).for_each(|_| _ = schedule.fail(told, false));
        schedule.due(at(0), objects)
    };
    assert_eq!(due_after(None), Some(at(5)));
    assert_eq!(due_after(Some(Duration::from_secs(2))), Some(at(1)), "and the gate adds what was said");
}

#[test]
fn a_region_that_is_none_is_asked_less_and_less_often_and_one_that_was_right_is_not() {
    let pauses = |is_no_region| {
        let mut schedule = ResyncSchedule::new(&Timing::default());
        let mut pauses = Vec::new();
        let mut now = at(0);
        for _ in 0..12 {
            schedule.begin(now, 1.0);
            schedule.fail(None, is_no_region);
            let due = schedule.due(now, Demand { objects: true, ..Demand::default() }).unwrap();
            pauses.push(due.duration_since(now).as_secs());
            now = due;
        }
        pauses
    };
    assert_eq!(pauses(false)[1..], [1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5]);
    assert_eq!(pauses(true)[1..], [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
}
