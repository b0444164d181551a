use std::time::Duration;

use cloud_core::test_support::{not_sent, throttled};
use privatelink::Operation;

use super::*;

/// The moments at which lists begin, in milliseconds, when each is answered at once and the list always shows
/// `services`.
fn lists(state: &mut State, from: Timestamp, to: Timestamp, services: &[Service]) -> Vec<i64> {
    let mut begun = Vec::new();
    let mut now = from;
    while let Some(due) = state.list_due(now).filter(|due| *due <= to) {
        now = due;
        state.begin_list(now, 1.0);
        state.listed(now, services.iter().cloned());
        begun.push(now.as_millisecond());
    }
    begun
}

#[test]
fn an_idle_operator_without_objects_lists_nothing() {
    assert_eq!(state().list_due(at(9_999)), None);
}

#[test]
fn the_first_object_starts_a_list_at_once_and_then_one_a_minute() {
    let mut state = state();
    look(&mut state, "web", at(5));
    let services = [service("epsrv-1", "web")];
    assert_eq!(lists(&mut state, at(5), at(200), &services), [5_000, 65_000, 125_000, 185_000]);
}

#[test]
fn a_request_starts_a_list_at_once_but_two_begin_half_a_second_apart() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let services = [service("epsrv-1", "web")];
    assert_eq!(lists(&mut state, at(0), at(10), &services), [0]);
    state.request_refresh(&id("web"), at(10));
    assert_eq!(lists(&mut state, at(10), at(20), &services), [10_000]);
    state.request_refresh(&id("web"), millis(10_200));
    assert_eq!(lists(&mut state, millis(10_200), at(20), &services), [10_500]);
}

#[test]
fn a_request_for_later_starts_a_list_then() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let services = [service("epsrv-1", "web")];
    lists(&mut state, at(0), at(1), &services);
    state.request_refresh(&id("web"), at(30));
    assert_eq!(lists(&mut state, at(1), at(60), &services), [30_000]);
}

#[test]
fn while_something_is_on_its_way_the_interval_grows() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let services = [in_status(ServiceStatus::Creating, service("epsrv-1", "web"))];
    let expected = [0, 500, 1_500, 3_500, 7_500, 12_500, 17_500];
    assert_eq!(lists(&mut state, at(0), at(20), &services), expected);
}

#[test]
fn a_request_and_a_write_reset_the_interval() {
    let creating = [in_status(ServiceStatus::Creating, service("epsrv-1", "web"))];
    let request: fn(&mut State) = |state| {
        state.request_refresh(&id("web"), at(20));
    };
    let write: fn(&mut State) = |state| state.remember("epsrv-1", &described("after"), at(20));
    for (begin, expected) in [(request, [20_000, 20_500, 21_500, 23_500]), (write, [20_000, 20_500, 21_500, 23_500])] {
        let mut state = state();
        look(&mut state, "web", at(0));
        lists(&mut state, at(0), at(19), &creating);
        begin(&mut state);
        assert_eq!(lists(&mut state, at(20), at(24), &creating), expected);
    }
}

#[test]
fn a_get_that_knows_of_no_service_resets_the_interval() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let creating = [in_status(ServiceStatus::Creating, service("epsrv-1", "web"))];
    assert_eq!(lists(&mut state, at(0), at(20), &creating).last(), Some(&17_500));
    state.got("epsrv-1", at(20), None);
    assert_eq!(lists(&mut state, at(20), at(22), &creating), [20_000, 20_500, 21_500]);
}

#[test]
fn a_change_resets_the_interval() {
    let mut state = state();
    look(&mut state, "web", at(0));
    lists(&mut state, at(0), at(13), &[in_status(ServiceStatus::Creating, service("epsrv-1", "web"))]);
    let pending = [in_status(ServiceStatus::Pending, service("epsrv-1", "web"))];
    assert_eq!(lists(&mut state, at(13), at(20), &pending), [17_500, 18_000, 19_000]);
}

#[test]
fn unseen_writes_are_looked_for_until_they_are_seen() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let before = [service("epsrv-1", "web")];
    lists(&mut state, at(0), at(1), &before);
    state.remember("epsrv-1", &described("after"), at(10));
    assert_eq!(lists(&mut state, at(10), at(14), &before), [10_000, 10_500, 11_500, 13_500]);
    let mut after = service("epsrv-1", "web");
    after.attributes.set(Field::Description, "after");
    assert_eq!(lists(&mut state, at(14), at(60), &[after]), [17_500]);
}

#[test]
fn services_that_concern_no_object_are_not_waited_for() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let orphan = in_status(ServiceStatus::Deleting, service("epsrv-9", "left-over"));
    assert_eq!(lists(&mut state, at(0), at(59), &[orphan]), [0]);
}

#[test]
fn a_former_service_that_is_being_deleted_is_waited_for() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let former = with_tag(UID_TAG, "uid-of-old", service("epsrv-1", "web"));
    let deleting = [in_status(ServiceStatus::Deleting, former)];
    assert_eq!(lists(&mut state, at(0), at(2), &deleting), [0, 500, 1_500]);
}

#[test]
fn after_the_last_object_the_lists_end() {
    let mut state = state();
    look(&mut state, "web", at(0));
    lists(&mut state, at(0), at(1), &[service("epsrv-1", "web")]);
    state.request_refresh(&id("web"), at(5));
    state.remember("epsrv-1", &Write::Delete, at(4));
    assert_eq!(state.list_due(at(4)), Some(at(4)));
    state.forget(&id("web"));
    assert_eq!(state.list_due(at(9_999)), None);
}

#[test]
fn a_failed_list_is_tried_again_at_once_and_then_with_growing_delays() {
    let mut state = state();
    look(&mut state, "web", at(0));
    let mut begun = Vec::new();
    let mut now = at(0);
    for _ in 0..9 {
        now = state.list_due(now).unwrap();
        begun.push(now.as_millisecond());
        state.begin_list(now, 1.0);
        state.list_failed(&not_sent(Operation::ListVpcEndpointServices), now);
    }
    assert_eq!(begun, [0, 500, 1_500, 3_500, 7_500, 12_500, 17_500, 22_500, 27_500]);
}

#[test]
fn a_throttled_list_waits_as_long_as_the_provider_says() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.begin_list(at(0), 1.0);
    let error = throttled(Operation::ListVpcEndpointServices, Duration::from_secs(12));
    state.list_failed(&error, at(1));
    assert_eq!(state.list_due(at(1)), Some(at(13)));
}

#[test]
fn the_period_is_stretched_by_the_jitter() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.begin_list(at(0), 1.1);
    state.listed(at(0), [service("epsrv-1", "web")]);
    assert_eq!(state.list_due(at(1)), Some(at(66)));
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_the_lists() {
    let mut state = state();
    look(&mut state, "web", at(9_000));
    state.begin_list(at(9_000), 1.0);
    state.listed(at(9_000), [service("epsrv-1", "web")]);
    assert_eq!(state.list_due(at(100)), Some(at(160)));
}
