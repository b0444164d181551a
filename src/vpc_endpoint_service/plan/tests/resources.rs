use cloud_core::ErrorKind;
use privatelink::Operation;
use serde_json::json;

use super::super::fixtures::{SERVICE, Scenario, at, attachment, nlb, record, unexplained, unused};
use super::super::{Difference, Hindrance, Plan, Step, Unapplied};
use crate::cloud::services::{AttachmentKey, Field, Write};
use crate::vpc_endpoint_service::observe::Look;

/// nlb-a, in the zones i and j, is to make way for nlb-b in the zone i.
fn replaced() -> Scenario {
    let fields = json!({ "resources": [{ "resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"] }] });
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

/// nlb-b is attached.
fn attached() -> Scenario {
    replaced().with_details(|details| {
        details.attachments.insert(nlb("nlb-b", "cn-hangzhou-i"), attachment("cn-hangzhou-i"));
    })
}

fn used(scenario: Scenario, key: &AttachmentKey, endpoints: i64) -> Scenario {
    scenario.with_details(|details| details.attachments.get_mut(key).unwrap().related_endpoint_count = endpoints)
}

fn allocation(scenario: Scenario, key: &AttachmentKey, enabled: bool) -> Scenario {
    scenario.with_details(|details| details.attachments.get_mut(key).unwrap().auto_allocated_enabled = enabled)
}

fn old(zone: &str) -> AttachmentKey {
    nlb("nlb-a", zone)
}

fn new() -> AttachmentKey {
    nlb("nlb-b", "cn-hangzhou-i")
}

fn attach(key: AttachmentKey) -> Step {
    Step::write(SERVICE, Write::Attach { resource_type: "nlb".to_owned(), key })
}

fn detach(key: AttachmentKey) -> Step {
    Step::write(SERVICE, Write::Detach { resource_type: "nlb".to_owned(), key })
}

fn allocate(key: AttachmentKey, enabled: bool) -> Step {
    Step::write(SERVICE, Write::AutoAllocation { key, enabled })
}

fn missing(key: AttachmentKey) -> Difference {
    Difference { field: Field::Resource(key), wanted: "attached".to_owned(), found: String::new() }
}

fn unwanted(key: AttachmentKey) -> Difference {
    Difference { field: Field::Resource(key), wanted: String::new(), found: "attached".to_owned() }
}

#[test]
fn a_new_load_balancer_is_attached_before_the_old_one_goes() {
    let plan = Plan {
        differences: vec![missing(new()), unwanted(old("cn-hangzhou-i")), unwanted(old("cn-hangzhou-j"))],
        steps: vec![attach(new()), detach(old("cn-hangzhou-i")), detach(old("cn-hangzhou-j"))],
        ..Plan::default()
    };
    assert_eq!(unexplained(replaced().plan()), plan);
}

#[test]
fn what_nobody_uses_is_detached() {
    assert_eq!(attached().plan().steps, [detach(old("cn-hangzhou-i")), detach(old("cn-hangzhou-j"))]);
}

#[test]
fn an_old_one_in_use_gets_no_new_connections_while_its_zone_keeps_another() {
    let scenario = used(used(attached(), &old("cn-hangzhou-i"), 2), &old("cn-hangzhou-j"), 1);
    assert_eq!(scenario.plan().steps, [allocate(old("cn-hangzhou-i"), false)]);
}

#[test]
fn the_last_automatic_one_of_a_zone_is_left_so() {
    let scenario = allocation(used(attached(), &old("cn-hangzhou-i"), 2), &new(), false);
    assert_eq!(scenario.plan().steps, [allocate(new(), true), detach(old("cn-hangzhou-j"))]);
}

#[test]
fn one_whose_zone_is_not_said_is_left_in_the_allocation() {
    let without_zone = |scenario: Scenario, key: &AttachmentKey| {
        scenario.with_details(|details| details.attachments.get_mut(key).unwrap().zone_id = None)
    };
    let scenario = used(attached(), &old("cn-hangzhou-i"), 2);
    let scenario = without_zone(without_zone(scenario, &old("cn-hangzhou-i")), &new());
    assert_eq!(scenario.plan().steps, [detach(old("cn-hangzhou-j"))]);
}

#[test]
fn an_old_one_in_use_is_waited_for_and_looked_at_now_and_then() {
    let key = old("cn-hangzhou-i");
    let scenario = |as_of| {
        let scenario = allocation(used(attached(), &key, 2), &key, false);
        scenario.with_details(|details| {
            details.attachments.remove(&old("cn-hangzhou-j"));
            details.as_of = at(as_of);
        })
    };
    let waits = Plan {
        differences: vec![unwanted(key.clone())],
        wait: Some(unused(key.clone(), 2)),
        // Who uses it is to be told, by a list that is not older than any other.
        look: Some(Look::Connections { not_before: at(880) }),
        ..Plan::default()
    };
    let look = Some(Look::Details { service_id: SERVICE.to_owned() });
    assert_eq!(unexplained(scenario(986).plan()), waits);
    assert_eq!(unexplained(scenario(985).plan()), Plan { look, ..waits });
}

#[test]
fn a_wanted_one_that_gets_no_new_connections_is_put_back_into_the_allocation() {
    let key = old("cn-hangzhou-j");
    let scenario = allocation(Scenario::converged(), &key, false);
    let found = "not automatically allocated".to_owned();
    let wanted = "automatically allocated".to_owned();
    let differences = vec![Difference { field: Field::Resource(key.clone()), wanted, found }];
    assert_eq!(unexplained(scenario.plan()), Plan { differences, steps: vec![allocate(key, true)], ..Plan::default() });
}

#[test]
fn at_the_quota_an_unused_one_of_the_same_zone_makes_room_first() {
    let scenario = replaced().refused(Operation::AttachResourceToVpcEndpointService, ErrorKind::Quota, 990);
    let scenario = scenario.with_details(|details| {
        details.attachments.insert(nlb("nlb-0", "cn-hangzhou-j"), attachment("cn-hangzhou-j"));
    });
    let (i, j) = (old("cn-hangzhou-i"), old("cn-hangzhou-j"));
    assert_eq!(scenario.plan().steps, [detach(i), attach(new()), detach(nlb("nlb-0", "cn-hangzhou-j")), detach(j)]);
}

#[test]
fn at_the_quota_one_in_use_makes_no_room() {
    let scenario = replaced().refused(Operation::AttachResourceToVpcEndpointService, ErrorKind::Quota, 990);
    let scenario = used(used(scenario, &old("cn-hangzhou-i"), 1), &old("cn-hangzhou-j"), 1);
    assert_eq!(scenario.plan().steps, [attach(new())]);
}

#[test]
fn any_other_refusal_of_an_attach_makes_no_room() {
    let scenario = replaced().refused(Operation::AttachResourceToVpcEndpointService, ErrorKind::Busy, 990);
    assert_eq!(scenario.plan().steps[0], attach(new()));
}

#[test]
fn after_a_refused_detach_the_attachments_are_looked_at_before_it_is_asked_for_again() {
    let scenario = |seconds| {
        attached().refused(Operation::DetachResourceFromVpcEndpointService, ErrorKind::DependencyFirst, seconds)
    };
    let look = Some(Look::Details { service_id: SERVICE.to_owned() });
    let differences = vec![unwanted(old("cn-hangzhou-i")), unwanted(old("cn-hangzhou-j"))];
    assert_eq!(unexplained(scenario(996).plan()), Plan { differences, look, ..Plan::default() });
    assert_eq!(scenario(994).plan().steps, attached().plan().steps);
}

/// nlb-a, in the zones i and j, and nlb-b in the zone i, which is not to be given new connections.
fn not_allocated() -> Scenario {
    let fields = json!({ "resources": [
        { "resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-i", "cn-hangzhou-j"] },
        { "resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"], "autoAllocatedEnabled": false },
    ] });
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

fn with_new(scenario: Scenario) -> Scenario {
    scenario.with_details(|details| {
        details.attachments.insert(new(), attachment("cn-hangzhou-i"));
    })
}

fn is_allocated(key: AttachmentKey) -> Difference {
    let (wanted, found) = ("not automatically allocated".to_owned(), "automatically allocated".to_owned());
    Difference { field: Field::Resource(key), wanted, found }
}

#[test]
fn one_that_is_not_to_be_allocated_is_attached_and_then_taken_out_of_the_allocation() {
    assert_eq!(not_allocated().plan().steps, [attach(new())]);
    let plan = Plan { differences: vec![is_allocated(new())], steps: vec![allocate(new(), false)], ..Plan::default() };
    assert_eq!(unexplained(with_new(not_allocated()).plan()), plan);
    assert_eq!(allocation(with_new(not_allocated()), &new(), false).plan(), Plan::default());
}

#[test]
fn it_waits_for_the_one_that_its_zone_keeps() {
    let scenario = allocation(with_new(not_allocated()), &old("cn-hangzhou-i"), false);
    let plan = scenario.plan();
    assert_eq!((plan.steps, plan.unapplied), (vec![allocate(old("cn-hangzhou-i"), true)], vec![]));
}

#[test]
fn the_last_one_of_a_zone_is_not_asked_of_the_provider_and_told() {
    let key = old("cn-hangzhou-j");
    let fields = json!({ "resources": [
        { "resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-j"], "autoAllocatedEnabled": false },
        { "resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"] },
    ] });
    let scenario = with_new(not_allocated().spec(fields)).with_details(|details| {
        details.attachments.remove(&old("cn-hangzhou-i"));
    });
    let unapplied = Unapplied {
        field: Field::Resource(key.clone()),
        wanted: "not automatically allocated".to_owned(),
        found: "automatically allocated".to_owned(),
        hindrance: Hindrance::LastAllocated,
        retry_at: None,
    };
    let plan = Plan { differences: vec![is_allocated(key)], unapplied: vec![unapplied], ..Plan::default() };
    assert_eq!(unexplained(scenario.plan()), plan);
}
