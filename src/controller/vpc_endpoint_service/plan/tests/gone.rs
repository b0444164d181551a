use super::super::fixtures::{SERVICE, World, at, unexplained};
use super::super::{Plan, Step, Wait};
use crate::cloud::observed::{AttemptEnd, Deep, NamedId, ServiceView};
use crate::controller::vpc_endpoint_service::observe::Look;

fn world(named: NamedId) -> World {
    let mut world = World::converged().see(ServiceView::Absent { named });
    world.observed.deep = Deep::Unknown;
    world
}

fn waits(wait: Wait, look: Option<Look>) -> Plan {
    Plan { wait: Some(wait), look, ..Plan::default() }
}

fn unjudged() -> NamedId {
    NamedId::Unjudged(SERVICE.to_owned())
}

fn gone() -> NamedId {
    NamedId::Gone(SERVICE.to_owned())
}

fn judge() -> Plan {
    waits(Wait::Sweep, Some(Look::Judge { service_id: SERVICE.to_owned() }))
}

fn reported() -> Plan {
    waits(Wait::Recreation { service_id: SERVICE.to_owned() }, None)
}

fn sweep(seconds: i64) -> Plan {
    waits(Wait::Sweep, Some(Look::Sweep { not_before: at(seconds) }))
}

#[test]
fn a_service_that_is_not_shown_is_judged_by_its_id() {
    assert_eq!(unexplained(world(unjudged()).plan()), judge());
}

#[test]
fn a_service_that_is_gone_is_reported_and_not_made_again() {
    assert_eq!(unexplained(world(gone()).plan()), reported());
}

#[test]
fn a_service_that_only_get_knows_is_waited_for() {
    assert_eq!(unexplained(world(NamedId::Hidden(SERVICE.to_owned())).plan()), sweep(1_010));
}

#[test]
fn a_young_service_is_not_missed_yet() {
    let mut young = world(gone());
    young.resolved.hint.create_time = Some(at(936));
    assert_eq!(unexplained(young.plan()), sweep(996));
    assert_eq!(unexplained(young.swept(996).plan()), reported());
}

#[test]
fn a_service_is_not_missed_by_a_process_that_has_just_seen_the_object() {
    let mut fresh = world(gone());
    fresh.observed.own.first_seen = at(936);
    assert_eq!(unexplained(fresh.plan()), sweep(996));
    assert_eq!(unexplained(fresh.swept(996).plan()), reported());
}

#[test]
fn a_service_that_status_lost_but_we_proved_is_not_made_again() {
    let mut world = world(gone());
    world.resolved.hint.service_id = None;
    world.observed.own.proven_id = Some(SERVICE.to_owned());
    assert_eq!(unexplained(world.plan()), reported());
}

#[test]
fn a_service_that_our_own_create_made_is_not_made_again() {
    let mut world = world(unjudged()).attempted(300, 301, AttemptEnd::Created(SERVICE.to_owned()));
    world.resolved.hint.service_id = None;
    assert_eq!(unexplained(world.plan()), judge());
}

#[test]
fn a_service_of_the_next_incarnation_that_went_is_not_made_again_either() {
    let mut world = world(NamedId::Gone("epsrv-new".to_owned()));
    world.resolved.record.as_mut().unwrap().incarnation = 1;
    let world = world.attempted(300, 301, AttemptEnd::Created("epsrv-new".to_owned()));
    assert_eq!(unexplained(world.plan()), waits(Wait::Recreation { service_id: "epsrv-new".to_owned() }, None));
}

#[test]
fn the_judgement_of_another_id_says_nothing() {
    assert_eq!(unexplained(world(NamedId::Gone("epsrv-other".to_owned())).plan()), judge());
}

#[test]
fn a_named_service_forbids_a_create_when_the_record_is_lost() {
    let mut world = world(gone());
    world.resolved.record = None;
    let record = super::super::fixtures::record(&world.resolved, 0, super::super::fixtures::now());
    assert_eq!(unexplained(world.plan()), Plan { steps: vec![Step::Record(record)], ..reported() });
}
