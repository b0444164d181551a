//! Zones that the spec leaves out: those of the load balancer.

use std::collections::BTreeSet;

use cloud_core::test_support::lost_answer;
use loadbalancers::{LoadBalancer, Product, Status};
use serde_json::json;

use super::super::fixtures::{SERVICE, Scenario, attachment, nlb, unexplained};
use super::super::{Difference, Part, Plan, Step, Wait};
use crate::cloud::load_balancers::Flaw;
use crate::cloud::load_balancers::test_support::good;
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::cloud::services::{AttachmentKey, Field, Write};
use crate::vpc_endpoint_service::load_balancers::{Obstacle, Source, Unusable, Why};

const BOTH: [&str; 2] = ["cn-hangzhou-i", "cn-hangzhou-j"];

/// nlb-a is attached in the zones i and j, and was read: it has these.
fn has(scenario: Scenario, zones: &[&str]) -> Scenario {
    scenario.zones_left_out().read("nlb-a", Some(good("nlb-a", zones)), zones)
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

fn waits(id: &str, obstacle: Obstacle) -> Plan {
    let why = Why::LoadBalancer { id: id.to_owned(), obstacle };
    let unusable = Unusable { source: Source::Id(id.to_owned()), why };
    Plan { wait: Some(Wait::LoadBalancers(vec![unusable])), ..Plan::default() }
}

fn inactive(id: &str) -> LoadBalancer {
    LoadBalancer { status: Status::Inactive, ..good(id, &BOTH) }
}

#[test]
fn a_service_that_is_attached_in_every_zone_of_its_load_balancer_is_in_step() {
    assert_eq!(has(Scenario::converged(), &BOTH).plan(), Plan::default());
}

#[test]
fn a_zone_that_the_load_balancer_was_given_is_attached_and_one_that_it_lost_is_detached_after_that() {
    let grown = has(Scenario::converged(), &["cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k"]);
    assert_eq!(unexplained(grown.plan()), changes([attach(nlb("nlb-a", "cn-hangzhou-k"))]));
    let moved = has(Scenario::converged(), &["cn-hangzhou-j", "cn-hangzhou-k"]);
    let both = changes([attach(nlb("nlb-a", "cn-hangzhou-k")), detach(nlb("nlb-a", "cn-hangzhou-i"))]);
    assert_eq!(unexplained(moved.plan()), both);
}

/// The cloud is as it was when the object was ready, and what the object wants is another.
#[test]
fn a_change_of_the_load_balancer_is_no_drift_and_is_followed_under_any_policy() {
    let reporting = Scenario::converged().spec(json!({ "driftPolicy": "Report" }));
    let grown = has(reporting.clone(), &["cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k"]);
    assert_eq!(unexplained(grown.plan()), changes([attach(nlb("nlb-a", "cn-hangzhou-k"))]));
    let detached = has(reporting, &BOTH).with_details(|details| {
        details.attachments.pop_last();
    });
    let plan = detached.plan();
    assert_eq!((plan.steps.len(), plan.reported.len()), (0, 1), "{plan:?}");
}

#[test]
fn a_zone_that_is_in_use_is_not_detached() {
    let used = has(Scenario::converged(), &["cn-hangzhou-j"]).with_details(|details| {
        let attachment =
            crate::cloud::services::Attachment { related_endpoint_count: 2, ..attachment("cn-hangzhou-i") };
        details.attachments.insert(nlb("nlb-a", "cn-hangzhou-i"), attachment);
    });
    let plan = used.plan();
    assert_eq!(plan.steps, []);
    assert!(matches!(&plan.wait, Some(Wait::AttachmentUnused(usage)) if usage.related == 2), "{plan:?}");
}

#[test]
fn a_new_service_is_created_in_every_zone_of_the_load_balancer() {
    let plan = has(Scenario::brand_new(), &BOTH).plan();
    let [Step::Record(_), Step::Create { request, .. }] = &plan.steps[..] else { panic!("{plan:?}") };
    let zones: Vec<_> = request.resources.iter().filter_map(|resource| resource.zone_id.as_deref()).collect();
    assert_eq!(zones, BOTH);
}

#[test]
fn nothing_is_created_and_no_record_written_before_a_load_balancer_is_known_and_fine() {
    for scenario in [Scenario::brand_new(), Scenario::recorded()] {
        assert_eq!(unexplained(scenario.clone().zones_left_out().plan()), waits("nlb-a", Obstacle::Unread));
        let missing = scenario.clone().zones_left_out().read("nlb-a", None, &[]);
        assert_eq!(unexplained(missing.plan()), waits("nlb-a", Obstacle::Flawed(Flaw::Missing)));
        // Listed zones need no answer, but one that says no counts.
        let listed = scenario.read("nlb-a", Some(inactive("nlb-a")), &[]);
        let not_active = Obstacle::Flawed(Flaw::NotActive(Status::Inactive));
        assert_eq!(unexplained(listed.plan()), waits("nlb-a", not_active));
    }
}

#[test]
fn a_service_that_went_is_not_recreated_before_the_zones_are_known() {
    let gone = Scenario::converged().see(ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) });
    let scenario = gone.spec(json!({ "whenGone": "Recreate" })).zones_left_out();
    assert_eq!(unexplained(scenario.plan()), waits("nlb-a", Obstacle::Unread));
}

/// After a start of the operator, say.
#[test]
fn while_zones_are_read_when_their_time_comes_nothing_is_attached_detached_or_called_ready_anew() {
    let at_rest = Scenario::converged().zones_left_out().with_sight("nlb-a", |sight| sight.can_wait = true);
    let unknown = Plan { unknown: [Part::Zones].into(), ..Plan::default() };
    assert_eq!(at_rest.clone().plan(), unknown);
    let error = lost_answer(Product::Nlb.operation());
    assert_eq!(at_rest.with_sight("nlb-a", |sight| sight.error = Some(error)).plan(), unknown);
}

#[test]
fn what_is_wrong_with_an_attached_load_balancer_detaches_nothing() {
    let odd = |found: Option<LoadBalancer>| Scenario::converged().zones_left_out().read("nlb-a", found, &BOTH).plan();
    assert_eq!(unexplained(odd(None)), waits("nlb-a", Obstacle::Flawed(Flaw::Missing)));
    let not_active = Obstacle::Flawed(Flaw::NotActive(Status::Inactive));
    assert_eq!(unexplained(odd(Some(inactive("nlb-a")))), waits("nlb-a", not_active));
    let mut forgotten = Scenario::converged().zones_left_out().read("nlb-a", None, &[]);
    forgotten = forgotten.with_sight("nlb-a", |sight| sight.zones = None);
    assert_eq!(
        unexplained(forgotten.plan()),
        waits("nlb-a", Obstacle::Flawed(Flaw::Missing)),
        "its zones are not known"
    );
}

#[test]
fn the_former_load_balancer_stays_until_the_new_one_can_be_attached() {
    let replaced = || Scenario::converged().edited().spec(json!({"resources": [{"resourceId": "nlb-b"}]}));
    let unread = replaced().with_sight("nlb-b", |sight| sight.is_awaited = true);
    assert_eq!(unexplained(unread.plan()), waits("nlb-b", Obstacle::Unread));
    let not_active = Obstacle::Flawed(Flaw::NotActive(Status::Inactive));
    let switched_off = replaced().read("nlb-b", Some(inactive("nlb-b")), &BOTH);
    assert_eq!(unexplained(switched_off.plan()), waits("nlb-b", not_active.clone()), "its zones are known");
    let listed = Scenario::converged().edited().spec(json!({"resources": [{"resourceId": "nlb-b", "zoneIds": BOTH}]}));
    assert_eq!(unexplained(listed.read("nlb-b", Some(inactive("nlb-b")), &[]).plan()), waits("nlb-b", not_active));
    let fine = replaced().read("nlb-b", Some(good("nlb-b", &["cn-hangzhou-i"])), &["cn-hangzhou-i"]);
    let all = [
        attach(nlb("nlb-b", "cn-hangzhou-i")),
        detach(nlb("nlb-a", "cn-hangzhou-i")),
        detach(nlb("nlb-a", "cn-hangzhou-j")),
    ];
    assert_eq!(unexplained(fine.plan()), changes(all));
}

/// It is attached wherever it is to be, so nothing is to replace what goes.
#[test]
fn a_load_balancer_that_is_taken_out_goes_also_while_something_is_wrong_with_another() {
    let scenario = has(Scenario::converged().edited(), &BOTH)
        .read("nlb-a", Some(inactive("nlb-a")), &BOTH)
        .with_details(|details| {
            details.attachments.insert(nlb("nlb-old", "cn-hangzhou-i"), attachment("cn-hangzhou-i"));
        });
    assert_eq!(unexplained(scenario.plan()), changes([detach(nlb("nlb-old", "cn-hangzhou-i"))]));
}

#[test]
fn the_rest_of_the_spec_goes_on_while_a_load_balancer_cannot_be_used() {
    let scenario = Scenario::converged().edited().zones_left_out().read("nlb-a", None, &BOTH);
    let plan = scenario.spec(json!({ "allowedPrincipals": [] })).plan();
    let removed = Step::write(SERVICE, Write::RemovePrincipal("2000000000000002".to_owned()));
    assert_eq!((plan.steps, plan.wait), (vec![removed], None));
}

#[test]
fn what_is_kept_back_follows_the_zones_of_the_load_balancer() {
    let resources = json!([{"resourceId": "nlb-a", "autoAllocatedEnabled": false}]);
    let scenario = has(Scenario::converged().edited(), &BOTH).spec(json!({ "resources": resources }));
    let seen = &scenario.observed.load_balancers;
    let desired = crate::vpc_endpoint_service::desired::desired(&scenario.resolved, seen);
    assert_eq!(desired.not_allocated, BTreeSet::from(BOTH.map(|zone| nlb("nlb-a", zone))));
}

#[test]
fn a_deletion_needs_no_load_balancer() {
    let scenario = Scenario::converged().zones_left_out().read("nlb-a", None, &[]);
    let mut wanted = Scenario::converged().zones_left_out().deleting();
    wanted.observed.load_balancers.each.clear();
    assert_eq!(scenario.deleting().teardown(), wanted.teardown());
}
