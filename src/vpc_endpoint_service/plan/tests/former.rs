use privatelink::ServiceStatus;

use super::super::fixtures::{Scenario, at, now, other_service, owner, record, unexplained};
use super::super::{Plan, Step, Wait};
use crate::cloud::services::observed::{AttemptEnd, ServiceView};
use crate::cloud::services::{Service, Write};
use crate::names::{ADOPT_TAG, UID_TAG};
use crate::vpc_endpoint_service::observe::Look;

fn scenario(status: ServiceStatus) -> Scenario {
    let former = Service { status, ..other_service("epsrv-former") };
    Scenario::recorded().see(ServiceView::Former(Box::new(former)))
}

fn waits(settled: bool, not_before: Option<i64>) -> Plan {
    Plan {
        wait: Some(Wait::FormerServiceGone { service_id: "epsrv-former".to_owned(), settled }),
        look: not_before.map(|seconds| Look::List { not_before: at(seconds) }),
        ..Plan::default()
    }
}

#[test]
fn a_former_service_forbids_a_create_and_is_looked_at_again_once() {
    assert_eq!(unexplained(scenario(ServiceStatus::Active).plan()), waits(false, Some(1_055)));
}

#[test]
fn a_former_service_that_is_still_shown_later_needs_a_person() {
    assert_eq!(unexplained(scenario(ServiceStatus::Active).listed(1_055).plan()), waits(true, None));
}

#[test]
fn a_former_service_that_is_being_deleted_is_waited_for_however_long_it_takes() {
    assert_eq!(unexplained(scenario(ServiceStatus::Deleting).listed(1_055).plan()), waits(false, Some(1_070)));
}

fn handed_over_to(scenario: Scenario, object: &str) -> Scenario {
    scenario.with_service(|service| {
        service.tags.insert(UID_TAG.to_owned(), "an-earlier-object".to_owned());
        service.tags.insert(ADOPT_TAG.to_owned(), object.to_owned());
    })
}

fn tag() -> Step {
    Step::write("epsrv-former", Write::Tag(owner().tags()))
}

fn list_from(seconds: i64) -> Plan {
    Plan { wait: Some(Wait::List), look: Some(Look::List { not_before: at(seconds) }), ..Plan::default() }
}

#[test]
fn a_former_service_that_was_handed_over_gets_our_tags() {
    let scenario = handed_over_to(scenario(ServiceStatus::Active), "shop.web");
    assert_eq!(unexplained(scenario.plan()), Plan { steps: vec![tag()], ..Plan::default() });
}

#[test]
fn a_brand_new_object_is_recorded_before_it_takes_over() {
    let former = scenario(ServiceStatus::Active).observed.service;
    let scenario = handed_over_to(Scenario::brand_new().see(former), "shop.web");
    let record = record(&scenario.resolved, 0, now());
    assert_eq!(unexplained(scenario.plan()), Plan { steps: vec![Step::Record(record), tag()], ..Plan::default() });
}

#[test]
fn a_former_service_that_is_not_handed_over_to_this_object_or_cannot_be_used_is_left_alone() {
    let active = || scenario(ServiceStatus::Active);
    let left = [
        handed_over_to(active(), "shop.web2"),
        handed_over_to(active(), ""),
        handed_over_to(active(), "shop.web").with_service(|service| service.resource_type = Some("alb".to_owned())),
    ];
    for scenario in left {
        assert_eq!(unexplained(scenario.plan()), waits(false, Some(1_055)));
    }
    let leaving = handed_over_to(scenario(ServiceStatus::Deleting), "shop.web");
    assert_eq!(unexplained(leaving.listed(1_055).plan()), waits(false, Some(1_070)));
}

/// A service that an object with another UID left.
fn left(status: ServiceStatus) -> Scenario {
    scenario(status)
        .spec(serde_json::json!({ "whenFormerExists": "TakeOver" }))
        .with_service(|service| drop(service.tags.insert(UID_TAG.to_owned(), "an-earlier-object".to_owned())))
}

#[test]
fn what_an_earlier_object_left_is_taken_over_where_the_spec_says_so() {
    assert_eq!(unexplained(left(ServiceStatus::Active).plan()), Plan { steps: vec![tag()], ..Plan::default() });
    let adopter = left(ServiceStatus::Active).spec(serde_json::json!({ "adopt": { "serviceId": "epsrv-former" } }));
    let shown = adopter.clone().service().clone();
    assert_eq!(adopter.see(ServiceView::ToAdopt(Box::new(shown))).plan().steps, [tag()]);
}

#[test]
fn what_may_belong_to_an_object_that_exists_is_never_taken_over() {
    let report = left(ServiceStatus::Active).spec(serde_json::json!({ "whenFormerExists": "Report" }));
    let nameless = left(ServiceStatus::Active).with_service(|service| drop(service.tags.remove(UID_TAG)));
    let misfit = left(ServiceStatus::Active).with_service(|service| service.payer = Some("EndpointService".to_owned()));
    let mut unknown = left(ServiceStatus::Active);
    unknown.observed.is_owner_gone = false;
    let handed_over = handed_over_to(unknown.clone(), "shop.web");
    for scenario in [report, nameless, misfit, unknown, handed_over] {
        assert_eq!(unexplained(scenario.plan()), waits(false, Some(1_055)));
    }
    assert_eq!(unexplained(left(ServiceStatus::Deleting).listed(1_055).plan()), waits(false, Some(1_070)));
}

#[test]
fn nothing_is_taken_over_on_the_word_of_an_old_list_or_while_a_create_may_be_under_way() {
    let handed_over = || handed_over_to(scenario(ServiceStatus::Active), "shop.web");
    assert_eq!(unexplained(handed_over().listed(879).plan()), list_from(880));
    let lost = || handed_over().attempted(950, 960, AttemptEnd::Ambiguous { code: None });
    assert_eq!(unexplained(lost().plan()), list_from(1_045));
    assert_eq!(unexplained(lost().listed(1_045).plan()).steps, vec![tag()]);
    let others = handed_over().author(false);
    assert!(matches!(others.plan().steps.as_slice(), [Step::Record(record)] if record.taken_over == Some(now())));
}

#[test]
fn the_tag_that_handed_a_service_over_is_taken_off_once_it_is_ours() {
    let scenario = Scenario::converged()
        .with_service(|service| drop(service.tags.insert(ADOPT_TAG.to_owned(), "shop.web".to_owned())));
    let keys = [ADOPT_TAG.to_owned()].into();
    let untag = Step::write(super::super::fixtures::SERVICE, Write::Untag(keys));
    assert_eq!(unexplained(scenario.plan()), Plan { steps: vec![untag.clone()], ..Plan::default() });
    let unmanaged = scenario.spec(serde_json::json!({ "tags": null }));
    assert_eq!(unexplained(unmanaged.plan()), Plan { steps: vec![untag], ..Plan::default() });
}
