//! How far the spec lets the operator go. What is only shown is planned like anything else, and needs nothing that is there for writing.

use serde_json::{Value, json};

use super::super::fixtures::{Scenario, at, limits, now};
use super::super::{Limits, Mode, Step, Wait, plan};
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::cloud::services::{Field, Write};
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::teardown::teardown;

fn suspended() -> Value {
    json!({ "suspend": true })
}

#[test]
fn the_mode_follows_from_the_spec() {
    let table = [
        (json!({}), Mode::Act),
        (json!({ "managementPolicy": "Manage" }), Mode::Act),
        (json!({ "managementPolicy": "Observe" }), Mode::Show),
        (json!({ "managementPolicy": "Plan" }), Mode::DryRun),
        (suspended(), Mode::Show),
        (json!({ "managementPolicy": "Plan", "suspend": true }), Mode::Show),
    ];
    for (spec, mode) in table {
        assert_eq!(Scenario::converged().spec(spec.clone()).plan().mode, mode, "{spec}");
    }
}

#[test]
fn what_is_only_shown_is_the_same_change() {
    let drifted = Scenario::converged().with_service(|service| service.attributes.set(Field::Description, "theirs"));
    let (acts, shows) = (drifted.plan(), drifted.spec(suspended()).plan());
    assert_eq!((acts.mode, shows.mode), (Mode::Act, Mode::Show));
    assert_eq!((acts.steps, acts.differences), (shows.steps, shows.differences));
}

/// Neither a record, nor the list that must be younger than one.
#[test]
fn a_create_that_is_only_shown_needs_no_record_and_no_look_up() {
    for scenario in [Scenario::brand_new(), Scenario::recorded(), Scenario::recorded().author(false)] {
        let plan = scenario.spec(suspended()).listed(900).plan();
        assert!(matches!(plan.steps.as_slice(), [Step::Create { .. }]), "{plan:?}");
        assert_eq!((plan.wait, plan.look), (None, None));
    }
}

#[test]
fn what_is_only_shown_puts_no_record_on_an_object_without_one() {
    let mut scenario = Scenario::converged().spec(suspended());
    scenario.resolved.record = None;
    scenario.resolved.finalizers.clear();
    assert_eq!(scenario.plan().steps, []);
}

/// Nobody writes by it.
#[test]
fn what_is_only_shown_reads_no_details_again_for_being_old() {
    let old = Scenario::converged().spec(suspended()).with_details(|details| {
        details.read_at = at(1);
        details.principals = Some(["3".to_owned()].into());
    });
    let plan = old.plan();
    assert!(plan.steps.contains(&Step::write("epsrv-ours", Write::RemovePrincipal("3".to_owned()))), "{plan:?}");
}

#[test]
fn nothing_is_created_for_what_is_only_observed() {
    let observed = || json!({ "managementPolicy": "Observe" });
    let new = Scenario::brand_new().spec(observed()).plan();
    let gone = Scenario::converged().see(ServiceView::Absent { named: NamedId::Gone("epsrv-ours".to_owned()) });
    for plan in [new, gone.spec(observed()).plan()] {
        assert_eq!((plan.steps, plan.wait, plan.look), (Vec::new(), Some(Wait::ServiceToObserve), None));
    }
}

#[test]
fn whoever_only_looks_has_no_plan_that_goes_further_whatever_the_spec_says() {
    let drifted = Scenario::converged().with_service(|service| service.attributes.set(Field::Description, "theirs"));
    let policies =
        [json!({}), json!({ "managementPolicy": "Plan" }), json!({ "managementPolicy": "Observe" }), suspended()];
    for furthest in [Mode::Act, Mode::DryRun, Mode::Show] {
        let limits = Limits { furthest, ..limits() };
        for spec in &policies {
            let scenario = drifted.clone().spec(spec.clone());
            let plan = plan(
                &scenario.resolved,
                &desired(&scenario.resolved, &scenario.observed.load_balancers),
                &scenario.observed,
                &limits,
                now(),
            );
            assert_eq!(plan.mode, Mode::of(&scenario.resolved.spec).max(furthest), "{spec}");
            let Scenario { resolved, observed } = scenario.deleting();
            let teardown = teardown(&resolved, &observed, &limits, now());
            assert!(teardown.mode >= furthest, "{spec}: {teardown:?}");
        }
    }
}
