//! What is only observed, or only planned.

use serde_json::json;

use super::*;
use crate::cloud::services::Field;
use crate::vpc_endpoint_service::execute::{SetAside, Trial, Tried};
use crate::vpc_endpoint_service::observe::NamedId;

const LINE: &str = "UpdateVpcEndpointServiceAttribute: description = \"web shop\"";

fn under(policy: &str) -> Scenario {
    Scenario::converged()
        .spec(json!({ "managementPolicy": policy }))
        .with_service(|service| service.attributes.set(Field::Description, "theirs"))
}

#[test]
fn what_is_observed_and_differs_is_ready_and_says_what_would_be_done() {
    let report = report(&reached(&under("Observe")), &ready());
    let expected = [
        "Ready=True AvailableDrifted: The service epsrv-ours is Active and differs from the spec in spec.description.",
        "Drifted=True Drifted: The cloud differs from the spec in spec.description; nothing is written, because \
         spec.managementPolicy is Observe.",
    ];
    assert_eq!(said(&report), expected);
    assert_eq!(report.status.expect("it lives").plan, [LINE]);
}

#[test]
fn where_nothing_is_of_the_object_there_is_nothing_to_observe() {
    let absent = under("Observe").see(ServiceView::Absent { named: NamedId::Gone("epsrv-ours".to_owned()) });
    assert_eq!(
        said(&report(&reached(&absent), &ready())),
        stalled(Reason::NothingToObserve, Reason::NothingToObserve.sentence())
    );
}

#[test]
fn a_plan_says_of_each_step_what_its_dry_run_said() {
    let planned = reached(&under("Plan").edited());
    let step = planned.plan.clone().expect("there is one").steps.remove(0);
    let error = refused(UPDATE, "IllegalParamFormat.ServiceDescription");
    let told = |outcome: Outcome| {
        let reached = ReconcileState { outcome: Some(outcome), ..planned.clone() };
        let report = report(&reached, &ready());
        (said(&report).len(), report.status.expect("it lives"))
    };
    let tried = vec![Tried { step: step.clone(), trial: Trial::Passed }];
    let (conditions, status) = told(Outcome { tried, ..Outcome::default() });
    assert_eq!((conditions, status.plan), (1, vec![format!("{LINE} (dry run passed)")]));
    let set_aside = vec![SetAside { step, error, until: None }];
    let (conditions, status) = told(Outcome { set_aside, ..Outcome::default() });
    let refused = format!("{LINE} (dry run refused: IllegalParamFormat.ServiceDescription)");
    assert_eq!((conditions, status.plan), (1, vec![refused]));
    assert!(status.last_error.is_some());
    let (_, status) = told(Outcome::default());
    assert_eq!(status.plan, [format!("{LINE} (dry run outstanding)")]);
    let ready = status.conditions[0].clone();
    assert_eq!((ready.status.as_str(), ready.reason.as_str()), ("False", "PlanOnly"));
}
