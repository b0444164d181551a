//! Fields that are not in force, and what is said of them.

use super::*;
use crate::cloud::errors::verdict;
use crate::cloud::services::Field;
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::vpc_endpoint_service::execute::SetAside;
use crate::vpc_endpoint_service::plan::fixtures::record;

const GROUP: Operation = Operation::ChangeResourceGroup;

/// The spec asks for a resource group that there is not.
fn no_such_group() -> Scenario {
    let mut scenario = Scenario::converged().edited().spec(serde_json::json!({"resourceGroupId": "rg-nosuch"}));
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

fn error() -> cloud_core::Error {
    refused(GROUP, "InvalidResourceGroup")
}

fn with(mut scenario: Scenario, field: Field, sent: &str, found: &str, kind: FieldFailureKind) -> Scenario {
    let (sent, found) = (sent.to_owned(), found.to_owned());
    // When a refused value is sent again is not for the plan to say.
    let retry_at = if kind == FieldFailureKind::Unconfirmed { at(1_090) } else { at(995) };
    scenario.observed.own.field_failures.insert(field, FieldFailure { sent, found, count: 2, retry_at, kind });
    scenario
}

fn drift_of(report: &Report) -> serde_json::Value {
    serde_json::to_value(&report.status.as_ref().expect("it lives").drift).expect("JSON")
}

#[test]
fn a_refusal_is_told_alike_when_it_happens_and_while_its_next_try_is_waited_for() {
    let mut first = reached(&no_such_group());
    let step = first.plan.as_ref().expect("there is one").steps[0].clone();
    let outcome = first.outcome.as_mut().expect("there is one");
    outcome.set_aside.push(SetAside { step, error: error(), until: None });
    let told = report(&first, &ready());
    let message = verdict(&error()).message;
    let expected = stalled(verdict(&error()).reason, &format!("{message}. Not in force: spec.resourceGroupId."));
    assert_eq!((said(&told), told.requeue), (expected.clone(), Requeue::After(seconds(1))));

    let status = told.status.expect("it lives");
    assert_eq!(status.last_error.as_ref().and_then(|error| error.code.as_deref()), error().code());
    let kind = FieldFailureKind::Refused(verdict(&error()));
    let mut waiting = reached(&with(no_such_group(), Field::ResourceGroupId, "rg-nosuch", "", kind));
    let step = waiting.plan.as_ref().expect("there is one").steps[0].clone();
    let withheld = SetAside { step, error: error(), until: Some(at(1_090)) };
    waiting.outcome.as_mut().expect("there is one").set_aside.push(withheld);
    let again = report(&waiting, &status);
    assert_eq!((again.status.as_ref(), again.requeue), (Some(&status), Requeue::After(seconds(90))));

    let mut pending = waiting;
    pending.outcome = Some(Outcome::default());
    let plan = pending.plan.as_mut().expect("there is one");
    (plan.steps, plan.wait) = (Vec::new(), Some(Wait::ServiceActive(ServiceStatus::Pending)));
    assert_eq!(report(&pending, &status).status, Some(status));
}

#[test]
fn a_value_that_is_stored_otherwise_is_told_with_what_was_sent_and_found_and_not_as_being_repaired() {
    let mut scenario = Scenario::converged().spec(serde_json::json!({"description": "two  "}));
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    let scenario = scenario.with_service(|service| service.attributes.set(Field::Description, "two"));
    let told =
        report(&reached(&with(scenario, Field::Description, "two  ", "two", FieldFailureKind::Unconfirmed)), &ready());
    let mut expected = stalled(
        Reason::ValueNotStored,
        "The provider accepted what was sent and shows something else: spec.description: sent \"two  \", found \"two\". Set the spec to \
         what the provider stores, or find out at the provider why it does not store it; the operator tries again, less and less often.",
    );
    expected.push("Drifted=True Drifted: The cloud differs from the spec in spec.description.".to_owned());
    assert_eq!((said(&told), told.requeue), (expected, Requeue::After(seconds(90))));
    let drift = serde_json::json!([{"field": "spec.description", "wanted": "two  ", "found": "two"}]);
    assert_eq!(drift_of(&told), drift);
}

#[test]
fn a_service_that_became_dual_stack_is_told_with_what_to_do() {
    let scenario =
        Scenario::converged().with_service(|service| service.attributes.set(Field::AddressIpVersion, "DualStack"));
    let told = report(&reached(&scenario), &ready());
    let mut expected = stalled(
        Reason::InvalidSpec,
        "The service epsrv-ours is DualStack in the cloud, from which the provider has no way back, and spec.addressIpVersion is IPv4. Set \
         spec.addressIpVersion to DualStack.",
    );
    expected.push("Drifted=True Drifted: The cloud differs from the spec in spec.addressIpVersion.".to_owned());
    assert_eq!(said(&told), expected);
}

#[test]
fn the_fields_of_a_repair_stay_known_until_it_is_told_as_done() {
    let drifted = Scenario::converged().with_service(|service| {
        service.attributes.set(Field::Description, "theirs");
        service.tags.insert("team".to_owned(), "theirs".to_owned());
    });
    let drifting = report(&reached(&drifted).done(), &ready()).status.expect("it lives");
    let pending = reached(&Scenario::converged().with_service(|service| service.status = ServiceStatus::Pending));
    let updating = report(&pending, &drifting).status.expect("it lives");
    let done = report(&reached(&Scenario::converged()), &updating);
    let text = "Corrected drift in spec.description, spec.tags[team] of the service epsrv-ours.";
    assert_eq!(done.events, [event(EventReason::DriftCorrected, text)]);
}
