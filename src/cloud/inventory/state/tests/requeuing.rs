use std::collections::BTreeSet;
use std::time::Duration;

use cloud_core::test_support::{not_sent, throttled};
use cloud_core::{ApiOperation, Error};
use privatelink::Operation;

use super::super::lists::Requeued;
use super::*;
use crate::cloud::inventory::schedule::Failure;

/// A state that has listed the services of `team/web` and `team/api`, of which both objects know.
fn settled() -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    look(&mut state, "api", at(0));
    state.listed(at(0), both());
    state
}

fn both() -> [Service; 2] {
    [service("epsrv-1", "web"), service("epsrv-2", "api")]
}

fn objects(names: &[&str]) -> Requeued {
    Requeued { objects: names.iter().map(|name| id(name)).collect(), recovered: false }
}

fn unreachable() -> Error {
    not_sent(Operation::ListVpcEndpointServices)
}

#[test]
fn the_first_list_requeues_everybody_who_was_told_that_there_is_none() {
    let mut state = state();
    look(&mut state, "web", at(0));
    look(&mut state, "api", at(0));
    assert_eq!(state.listed(at(1), []), objects(&["web", "api"]));
    assert_eq!(state.listed(at(2), []), objects(&[]));
}

#[test]
fn an_unchanged_service_requeues_nobody() {
    assert_eq!(settled().listed(at(60), both()), objects(&[]));
}

#[test]
fn a_changed_service_requeues_just_its_object() {
    let pending = in_status(ServiceStatus::Pending, service("epsrv-2", "api"));
    let requeued = settled().listed(at(60), [service("epsrv-1", "web"), pending]);
    assert_eq!(requeued, objects(&["api"]));
}

#[test]
fn a_service_that_disappeared_requeues_its_object() {
    assert_eq!(settled().listed(at(60), [service("epsrv-2", "api")]), objects(&["web"]));
}

#[test]
fn a_service_that_lost_its_tags_requeues_the_object_that_had_it() {
    let taken = without_tag(UID_TAG, without_tag(OBJECT_TAG, service("epsrv-1", "web")));
    assert_eq!(settled().listed(at(60), [taken, service("epsrv-2", "api")]), objects(&["web"]));
}

#[test]
fn a_former_service_that_changes_requeues_the_object_that_waits_for_it() {
    let mut state = state();
    let former = with_tag(UID_TAG, "uid-of-old", service("epsrv-1", "web"));
    look(&mut state, "web", at(0));
    look(&mut state, "api", at(0));
    state.listed(at(0), [former.clone()]);
    let deleting = in_status(ServiceStatus::Deleting, former);
    assert_eq!(state.listed(at(1), [deleting]), objects(&["web"]));
    assert_eq!(state.listed(at(2), []), objects(&["web"]));
}

#[test]
fn a_service_that_status_names_requeues_the_object_when_it_changes() {
    let mut state = settled();
    look_named(&mut state, "job", Some("epsrv-2"), at(1));
    let requeued = state.listed(at(60), [service("epsrv-1", "web")]);
    assert_eq!(requeued, objects(&["api", "job"]));
}

#[test]
fn a_pending_write_that_becomes_visible_requeues_its_object() {
    let mut state = settled();
    state.remember("epsrv-1", &described("after"), at(10));
    let mut written = service("epsrv-1", "web");
    written.attributes.set(Field::Description, "after");
    assert_eq!(state.listed(at(11), both()), objects(&[]), "the list lags");
    assert_eq!(state.listed(at(12), [written, service("epsrv-2", "api")]), objects(&["web"]));
}

#[test]
fn a_list_serves_the_requests_for_its_beginning_and_earlier() {
    let mut state = settled();
    assert!(!state.request_refresh(&id("web"), at(10)));
    assert!(!state.request_refresh(&id("api"), at(12)));
    assert_eq!(state.listed(at(11), both()), objects(&["web"]));
    assert_eq!(state.listed(at(12), both()), objects(&["api"]));
    assert_eq!(state.listed(at(13), both()), objects(&[]));
}

#[test]
fn a_request_that_the_newest_list_serves_is_served_at_once() {
    let mut state = settled();
    state.listed(at(11), both());
    assert!(state.request_refresh(&id("web"), at(11)));
    assert_eq!(state.listed(at(12), both()), objects(&[]));
}

#[test]
fn nobody_is_told_of_a_list_that_failed_once() {
    let mut state = settled();
    assert_eq!(state.list_failed(&unreachable(), at(60)), Failure::Retried);
    assert_eq!(look(&mut state, "web", at(60)).list_error, None);
    assert_eq!(state.listed(at(61), both()), objects(&[]));
}

#[test]
fn after_a_second_failure_the_old_list_stays_and_the_error_is_shown() {
    let mut state = settled();
    state.list_failed(&unreachable(), at(60));
    assert_eq!(state.list_failed(&unreachable(), at(61)), Failure::Lasting);
    let observed = look(&mut state, "web", at(62));
    assert_eq!(observed.list_error, Some(unreachable()));
    assert_eq!((observed.as_of, observed.service), (Some(at(0)), ours(service("epsrv-1", "web"))));
}

#[test]
fn when_lists_fail_for_good_everybody_is_told_once() {
    let mut state = settled();
    state.list_failed(&unreachable(), at(60));
    state.list_failed(&unreachable(), at(61));
    let told = objects(&["web", "api"]).objects;
    assert_eq!(state.take_trusting().into_iter().collect::<BTreeSet<_>>(), told);
    assert_eq!(state.take_trusting(), []);
    assert_eq!(state.listed(at(63), both()).objects, told);
}

#[test]
fn the_first_good_list_after_bad_ones_requeues_those_who_were_told() {
    let mut state = settled();
    state.list_failed(&unreachable(), at(60));
    state.list_failed(&unreachable(), at(61));
    look(&mut state, "web", at(62));
    let requeued = state.listed(at(63), both());
    assert_eq!(requeued, Requeued { recovered: true, ..objects(&["web"]) });
    assert_eq!(look(&mut state, "web", at(64)).list_error, None);
    assert_eq!(state.listed(at(65), both()), objects(&[]));
}

const GET: ApiOperation = Operation::GetVpcEndpointServiceAttribute.api_operation();

/// `Get` throttled at 10, to be tried again at 17.
fn throttled_get() -> (State, Error) {
    let mut state = settled();
    let error = throttled(GET, Duration::from_secs(7));
    state.note_failure(&error, at(10));
    // The others are told nothing of the one request.
    (state, error.for_others())
}

#[test]
fn a_throttled_read_closes_its_operation_and_no_other() {
    let (mut state, error) = throttled_get();
    assert_eq!(state.enter_breaker(GET, at(16)), Err(error));
    assert_eq!(state.enter_breaker(Operation::ListVpcEndpointServiceUsers.into(), at(16)), Ok(()));
    assert_eq!(state.enter_breaker(GET, at(17)), Ok(()));
}

#[test]
fn one_read_finds_out_whether_its_operation_is_open_again() {
    let (mut state, error) = throttled_get();
    assert_eq!(state.enter_breaker(GET, at(18)), Ok(()));
    assert_eq!(state.enter_breaker(GET, at(18)), Err(error.clone()), "others wait for what it finds");
    assert!(!state.note_answer(GET, at(9)), "it began before");
    assert_eq!(state.enter_breaker(GET, at(19)), Err(error));
    assert!(state.note_answer(GET, at(18)));
    assert_eq!(state.enter_breaker(GET, at(19)), Ok(()));
    assert!(!state.note_answer(GET, at(19)), "it was open");
}

#[test]
fn where_nobody_hears_of_the_one_that_went_ahead_another_goes_a_period_later() {
    let (mut state, error) = throttled_get();
    assert_eq!(state.enter_breaker(GET, at(20)), Ok(()));
    state.note_failure(&not_sent(GET), at(21));
    assert_eq!(state.enter_breaker(GET, at(26)), Err(error));
    assert_eq!(state.enter_breaker(GET, at(27)), Ok(()));
}

#[test]
fn a_list_that_the_provider_allows_again_requeues_whoever_was_throttled() {
    let mut state = settled();
    let list = Operation::ListVpcEndpointServices.api_operation();
    let error = throttled(list, Duration::from_secs(7));
    state.list_failed(&error, at(60));
    assert_eq!(state.list_due(at(61)), Some(at(67)));
    state.begin_list(at(67), 1.0);
    assert_eq!(state.enter_breaker(list, at(68)), Err(error.for_others()), "the list finds out");
    assert!(state.listed(at(67), both()).recovered);
    assert_eq!(state.enter_breaker(list, at(68)), Ok(()));
}
