//! Load balancers that the spec names by their Services.

use serde_json::json;

use super::super::fixtures::{SERVICE, Scenario, at, leads_nowhere, nlb, record, refers, unexplained};
use super::super::{Difference, Plan, Step, Wait};
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::cloud::services::{AttachmentKey, Field, Write};
use crate::vpc_endpoint_service::resolve::Unresolved;

/// nlb-a, in the zones i and j, was the load balancer of the Service web, which leads there now; nlb-b may be named beside it.
fn referring(scenario: Scenario, leads: Result<&str, Unresolved>, others: &[&str]) -> Scenario {
    let zones = json!(["cn-hangzhou-i"]);
    let mut resources = vec![json!({ "serviceRef": { "name": "web" }, "zoneIds": zones })];
    resources.extend(others.iter().map(|id| json!({ "resourceId": id, "zoneIds": zones })));
    let mut scenario = scenario.spec(json!({ "resources": resources }));
    scenario.resolved.references = [("web".to_owned(), leads.map(refers))].into();
    scenario
}

fn edited(leads: Result<&str, Unresolved>, others: &[&str]) -> Scenario {
    let mut scenario = referring(Scenario::converged().edited(), leads, others);
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

fn waits() -> Plan {
    Plan { wait: Some(Wait::LoadBalancers(vec![leads_nowhere("web", Unresolved::Missing)])), ..Plan::default() }
}

fn attach(key: AttachmentKey) -> (Difference, Step) {
    let write = Write::Attach { resource_type: "nlb".to_owned(), key: key.clone() };
    let wanted = "attached".to_owned();
    (Difference { field: Field::Resource(key), wanted, found: String::new() }, Step::write(SERVICE, write))
}

fn detach(key: AttachmentKey) -> (Difference, Step) {
    let write = Write::Detach { resource_type: "nlb".to_owned(), key: key.clone() };
    let found = "attached".to_owned();
    (Difference { field: Field::Resource(key), wanted: String::new(), found }, Step::write(SERVICE, write))
}

fn changes(changes: impl IntoIterator<Item = (Difference, Step)>) -> Plan {
    let (differences, steps) = changes.into_iter().unzip();
    Plan { differences, steps, ..Plan::default() }
}

#[test]
fn the_load_balancer_of_a_service_is_followed_the_new_one_first() {
    let plan = changes([
        attach(nlb("nlb-b", "cn-hangzhou-i")),
        detach(nlb("nlb-a", "cn-hangzhou-i")),
        detach(nlb("nlb-a", "cn-hangzhou-j")),
    ]);
    assert_eq!(unexplained(edited(Ok("nlb-b"), &[]).plan()), plan);
}

#[test]
fn a_load_balancer_that_is_named_twice_is_attached_once() {
    let plan = changes([detach(nlb("nlb-a", "cn-hangzhou-j"))]);
    assert_eq!(unexplained(edited(Ok("nlb-a"), &["nlb-a"]).plan()), plan);
}

#[test]
fn nothing_is_detached_while_a_service_leads_nowhere() {
    assert_eq!(unexplained(edited(Err(Unresolved::Missing), &[]).plan()), waits());
}

#[test]
fn what_is_known_is_attached_meanwhile() {
    let plan = changes([attach(nlb("nlb-b", "cn-hangzhou-i"))]);
    assert_eq!(unexplained(edited(Err(Unresolved::Missing), &["nlb-b"]).plan()), plan);
}

#[test]
fn no_service_is_created_and_no_record_written_before_every_load_balancer_is_known() {
    for scenario in [Scenario::brand_new(), Scenario::recorded()] {
        assert_eq!(unexplained(referring(scenario, Err(Unresolved::Missing), &["nlb-b"]).plan()), waits());
    }
    let scenario = referring(Scenario::brand_new(), Ok("nlb-a"), &[]);
    assert!(matches!(scenario.plan().steps[..], [Step::Record(_), Step::Create { .. }]), "{:?}", scenario.plan());
}

#[test]
fn a_service_that_went_is_not_recreated_before_every_load_balancer_is_known() {
    let gone = Scenario::converged().see(ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) });
    let scenario = referring(gone.spec(json!({ "whenGone": "Recreate" })), Err(Unresolved::Missing), &[]);
    assert_eq!(unexplained(scenario.plan()), waits());
}

#[test]
fn a_deletion_needs_no_service() {
    let scenario = referring(Scenario::converged(), Err(Unresolved::Missing), &[]);
    assert_eq!(scenario.clone().deleting().teardown(), Scenario::converged().deleting().teardown());
}
