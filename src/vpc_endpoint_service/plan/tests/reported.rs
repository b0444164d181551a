//! Drift that is only told, and edits beside it.

use proptest::prelude::*;
use serde_json::json;

use super::super::fixtures::Scenario;
use super::super::fixtures::random::drifted_scenario;
use super::super::{Plan, Step};
use crate::cloud::services::{Attributes, Field, Write};
use crate::crd::Drift;

fn reporting() -> Scenario {
    Scenario::converged().spec(json!({ "driftPolicy": "Report" }))
}

fn theirs(scenario: Scenario) -> Scenario {
    scenario.with_service(|service| service.attributes.set(Field::Description, "theirs"))
}

fn fields(plan: &Plan) -> Vec<String> {
    plan.reported.iter().map(|difference| difference.field.to_string()).collect()
}

fn told(field: &str, wanted: &str) -> Drift {
    Drift { field: Some(field.to_owned()), wanted: Some(wanted.to_owned()), found: Some("theirs".to_owned()) }
}

fn update(field: Field, value: impl Into<crate::cloud::services::Value>) -> Step {
    Step::write("epsrv-ours", Write::Attributes(Attributes::default().with(field, value)))
}

#[test]
fn what_differs_from_a_spec_that_was_in_force_is_told_and_left() {
    let plan = theirs(reporting()).plan();
    assert_eq!((fields(&plan), plan.steps.len(), plan.differences.len()), (vec!["description".to_owned()], 0, 0));
    assert!(plan.is_empty());
}

#[test]
fn what_differs_from_a_newer_spec_is_the_edit() {
    let plan = theirs(reporting()).edited().plan();
    assert_eq!(fields(&plan), [""; 0]);
    assert_eq!(plan.steps, [update(Field::Description, "web shop")]);
}

#[test]
fn an_edit_leaves_alone_what_was_told_as_drift_while_it_wants_the_same_there() {
    let mut scenario = theirs(reporting()).edited();
    scenario.resolved.hint.drift = vec![told("spec.description", "web shop")];
    let scenario = scenario.spec(json!({ "zoneAffinityEnabled": true }));
    let plan = scenario.plan();
    assert_eq!(fields(&plan), ["description"]);
    assert_eq!(plan.steps, [update(Field::ZoneAffinityEnabled, true)]);

    let plan = scenario.spec(json!({ "zoneAffinityEnabled": false, "description": "ours" })).plan();
    assert_eq!(fields(&plan), [""; 0]);
    assert_eq!(plan.steps, [update(Field::Description, "ours")]);
}

#[test]
fn an_account_that_an_edit_takes_out_is_removed_and_one_that_was_told_stays() {
    let added = reporting().with_details(|details| {
        details.principals.get_or_insert_default().insert("3".to_owned());
    });
    let mut edited = added.spec(json!({ "allowedPrincipals": [] })).edited();
    let stranger = Drift { field: Some("spec.allowedPrincipals[3]".to_owned()), wanted: None, found: None };
    edited.resolved.hint.drift = vec![stranger];
    let plan = edited.plan();
    assert_eq!(plan.steps, [Step::write("epsrv-ours", Write::RemovePrincipal("2000000000000002".to_owned()))]);
    assert_eq!(fields(&plan), ["allowedPrincipals[3]"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// But for the operator's own tag, for the tag that handed the service over, and for requests, which are answered.
    #[test]
    fn of_a_spec_that_was_in_force_nothing_is_written_whatever_differs(scenario in drifted_scenario()) {
        let mut scenario = scenario.spec(json!({ "driftPolicy": "Report", "managementPolicy": "Manage" }));
        scenario.resolved.hint.ready_generation = Some(scenario.resolved.key.generation);
        let plan = scenario.plan();
        let is_own = |(field, _): &(Field, String)| {
            matches!(field, Field::Tag(key) if key.starts_with("privatelink-operator."))
        };
        let steps = plan.steps.iter().filter(|step| !step.answers_request());
        let written: Vec<_> = steps.flat_map(Step::writes).filter(|write| !is_own(write)).collect();
        prop_assert_eq!(written, Vec::new());
    }
}
