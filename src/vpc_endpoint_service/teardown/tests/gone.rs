use super::*;
use crate::cloud::services::observed::{AttemptEnd, NamedId};
use crate::vpc_endpoint_service::plan::fixtures::EARLIER_PROCESS;

/// When the last Create, sent just before the mark at 990, is shown at the latest: a window, a call and the lag of the lists later.
const SETTLED: i64 = 990 + 30 + 25 + 60;

fn release() -> Plan {
    steps(vec![Step::ReleaseFinalizer])
}

/// Status names the service, no list shows it.
fn known(named: NamedId) -> Scenario {
    Scenario::converged().deleting().see(ServiceView::Absent { named })
}

/// Nobody knows of a service; this process wrote the record.
fn unknown() -> Scenario {
    Scenario::recorded().deleting()
}

#[test]
fn a_known_service_that_is_not_shown_is_asked_for_by_its_id() {
    let look = Look::Judge { service_id: SERVICE.to_owned() };
    let plan = waits(Wait::ServiceDeleted, Some(look));
    assert_eq!(unexplained(known(NamedId::Unjudged(SERVICE.to_owned())).teardown()), plan);
    assert_eq!(unexplained(known(NamedId::Gone("epsrv-other".to_owned())).teardown()), plan);
}

#[test]
fn the_finalizer_goes_when_neither_list_nor_get_knows_the_service() {
    assert_eq!(unexplained(known(NamedId::Gone(SERVICE.to_owned())).teardown()), release());
}

#[test]
fn a_service_that_only_get_knows_is_not_gone() {
    let plan = waits(Wait::ServiceDeleted, Some(Look::List { not_before: at(1_010) }));
    assert_eq!(unexplained(known(NamedId::Hidden(SERVICE.to_owned())).teardown()), plan);
}

#[test]
fn the_proven_id_is_asked_for_rather_than_the_one_in_status() {
    let mut scenario = known(NamedId::Gone(SERVICE.to_owned()));
    scenario.observed.own.proven_id = Some("epsrv-proven".to_owned());
    let look = Look::Judge { service_id: "epsrv-proven".to_owned() };
    assert_eq!(unexplained(scenario.teardown()), waits(Wait::ServiceDeleted, Some(look)));
}

#[test]
fn an_object_for_which_nothing_was_sent_goes_at_once() {
    assert_eq!(unexplained(unknown().teardown()), release());
}

#[test]
fn an_object_for_which_every_create_was_refused_goes_at_once() {
    let refused = AttemptEnd::Refused { code: Some("LoadBalancerNotFound".to_owned()) };
    assert_eq!(unexplained(unknown().attempted(985, 986, refused).teardown()), release());
}

#[test]
fn a_create_that_may_have_created_something_is_waited_for() {
    let ends = [AttemptEnd::Ambiguous { code: None }, AttemptEnd::TokenSpent { code: "IdempotentFailed".to_owned() }];
    for end in ends {
        let scenario = || unknown().attempted(985, 986, end.clone());
        assert_eq!(unexplained(scenario().teardown()), list_from(SETTLED));
        assert_eq!(unexplained(scenario().listed(SETTLED - 1).teardown()), list_from(SETTLED));
        assert_eq!(unexplained(scenario().listed(SETTLED).teardown()), release());
    }
}

#[test]
fn what_an_earlier_process_sent_is_waited_for() {
    assert_eq!(unexplained(unknown().author(false).teardown()), list_from(SETTLED));
    assert_eq!(unexplained(unknown().author(false).listed(SETTLED).teardown()), release());
}

#[test]
fn a_restart_does_not_begin_the_wait_again() {
    let mut scenario = unknown().author(false).listed(SETTLED);
    scenario.observed.own.process_start = at(SETTLED - 1);
    scenario.observed.own.first_seen = at(SETTLED - 1);
    assert_eq!(unexplained(scenario.teardown()), release());
}

#[test]
fn a_record_that_this_process_only_put_back_proves_nothing() {
    let mut scenario = unknown();
    scenario.observed.own.process_start = at(991);
    scenario.resolved.record.as_mut().unwrap().owner = EARLIER_PROCESS.to_owned();
    assert_eq!(unexplained(scenario.teardown()), list_from(SETTLED));
}

#[test]
fn an_object_that_lost_its_record_is_waited_for() {
    let mut scenario = unknown();
    scenario.resolved.record = None;
    assert_eq!(unexplained(scenario.teardown()), list_from(SETTLED));
}

#[test]
fn a_create_of_the_next_incarnation_is_waited_for_although_the_named_service_is_gone() {
    let mut scenario = known(NamedId::Gone(SERVICE.to_owned()));
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    assert_eq!(unexplained(scenario.teardown()), list_from(SETTLED));
}

#[test]
fn a_former_service_does_not_hold_an_object_that_created_nothing() {
    let former = ServiceView::Former(Box::new(other_service("epsrv-former")));
    assert_eq!(unexplained(unknown().see(former).teardown()), release());
}

#[test]
fn a_former_service_that_status_names_blocks_like_any_that_lost_our_tags() {
    let mut scenario = unknown().see(ServiceView::Former(Box::new(other_service("epsrv-former"))));
    scenario.resolved.hint.service_id = Some("epsrv-former".to_owned());
    let plan = waits(Wait::OwnershipRestored { service_id: "epsrv-former".to_owned() }, None);
    assert_eq!(unexplained(scenario.teardown()), plan);
}

#[test]
fn a_former_service_does_not_hold_an_object_whose_own_service_is_gone() {
    let former = ServiceView::Former(Box::new(other_service("epsrv-former")));
    assert_eq!(unexplained(Scenario::converged().deleting().see(former).teardown()), release());
}
