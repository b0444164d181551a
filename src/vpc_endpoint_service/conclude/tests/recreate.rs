//! A service that went, and the one that is created in its place.

use cloud_core::test_support::refused;
use serde_json::json;

use super::*;
use crate::cloud::services::Write;
use crate::vpc_endpoint_service::observe::{DetailsView, NamedId};
use crate::vpc_endpoint_service::plan::fixtures::{SERVICE, record};

const SECOND: &str = "epsrv-second";

/// The service is known to be gone, and the spec wants another.
fn gone() -> Scenario {
    let view = ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) };
    let mut scenario = Scenario::converged().spec(json!({"whenGone": "Recreate"})).see(view);
    scenario.observed.details = DetailsView::Unknown;
    scenario
}

/// The record of the second incarnation is written, and nobody has looked what became of the first service since the process began.
fn recorded() -> Scenario {
    let mut scenario = gone().see(ServiceView::Absent { named: NamedId::Unjudged(SERVICE.to_owned()) });
    scenario.resolved.record = Some(record(&scenario.resolved, 1, at(990)));
    scenario
}

fn second(status: ServiceStatus) -> Service {
    Service { id: SECOND.to_owned(), status, ..Scenario::converged().service().clone() }
}

/// The reconcile that writes the record and sends the Create.
fn recreation() -> ReconcileState {
    let mut reached = reached(&gone()).done();
    let step = reached.outcome.as_mut().and_then(|outcome| outcome.done.last_mut()).expect("a step");
    assert_eq!(step.step.operation(), Some(CREATE));
    step.created = Some(Box::new(second(ServiceStatus::Creating)));
    reached
}

fn seen(status: ServiceStatus) -> ReconcileState {
    let mut scenario = recorded().see(ServiceView::Ours(Box::new(second(status))));
    scenario.observed.details = Scenario::converged().observed.details;
    reached(&scenario)
}

#[test]
fn the_new_service_and_its_incarnation_are_in_the_status_at_once_and_an_event_says_so() {
    let report = report(&recreation(), &ready());
    assert_eq!(said(&report), reconciling(Reason::Creating, "The service epsrv-second is being created."));
    let status = report.status.expect("it lives");
    assert_eq!((status.service_id.as_deref(), status.incarnation), (Some(SECOND), Some(1)));
    let text = "The endpoint service epsrv-ours was deleted in the cloud; epsrv-second was created in its place in cn-hangzhou. \
                Consumers must be given its name.";
    assert_eq!(report.events, [event(EventReason::EndpointServiceRecreated, text)]);
}

#[test]
fn a_recreation_writes_the_status_twice() {
    let reconciles =
        [recreation(), seen(ServiceStatus::Creating), seen(ServiceStatus::Active), seen(ServiceStatus::Active)];
    let mut status = ready();
    let mut writes = 0;
    for reached in &reconciles {
        let next = report(reached, &status).status.expect("it lives");
        writes += u32::from(next != status);
        status = next;
    }
    assert_eq!((writes, status.incarnation, status.service_id.as_deref()), (2, Some(1), Some(SECOND)));
    assert_eq!(status.conditions[0].reason, "Available");
}

#[test]
fn an_object_whose_service_is_gone_is_not_ready_whatever_the_create_waits_for() {
    let message = "The service epsrv-ours was deleted in the cloud; it is being recreated.";
    for reached in [
        reached(&gone()).stopped(Stop::NoPermit(queued_behind_others())),
        reached(&gone().listed(980)),
        reached(&recorded()).stopped(Stop::NoPermit(queued_behind_others())),
        reached(&recorded()).stopped(Stop::Stale),
    ] {
        let report = report(&reached, &ready());
        assert_eq!(said(&report), reconciling(Reason::Creating, message));
        let status = report.status.expect("it lives");
        assert_eq!((status.service_id.as_deref(), status.service_status), (Some(SERVICE), None));
    }
    // Passing trouble leaves an object Ready that is well. This one is not.
    for scenario in [gone(), recorded()] {
        let report = report(&reached(&scenario).failed(refused(CREATE, "ServiceUnavailable")), &ready());
        assert_eq!(report.status.expect("it lives").conditions[0].status, "False");
    }
}

#[test]
fn a_second_service_that_a_dead_process_created_is_not_ready_because_the_first_was() {
    // Nobody has seen its principals.
    let mut scenario = recorded().see(ServiceView::Ours(Box::new(second(ServiceStatus::Active))));
    scenario.observed.details = DetailsView::Unknown;
    let report = report(&reached(&scenario), &ready());
    let status = report.status.as_ref().expect("it lives");
    assert_eq!((status.service_id.as_deref(), status.incarnation), (Some(SECOND), Some(1)));
    assert_eq!(status.conditions[0].status, "False");
}

#[test]
fn nobody_promises_another_service_before_its_record_is_to_be_written() {
    let mut reached = reached(&gone());
    let step = Step::write(SERVICE, Write::Delete);
    reached.plan = Some(Plan { steps: vec![step], ..Plan::default() });
    let message = "The provider's lists do not show the service epsrv-ours; the operator lists again.";
    assert_eq!(said(&report(&reached, &ready())), reconciling(Reason::Updating, message));
}
