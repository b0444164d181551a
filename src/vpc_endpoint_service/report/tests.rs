use std::sync::Arc;
use std::time::Duration;

use cloud_core::test_support::{refused, throttled};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use k8s_openapi::jiff::Timestamp;
use privatelink::Operation;

use super::super::execute::Outcome;
use super::super::resolve::{Place, Resolved, resolve};
use super::*;
use crate::crd::EventReason;
use crate::identity::{Definition, Target};
use crate::kubernetes::services::ReferredServices;
use crate::test_support::{FakeServer, context, object};

fn status(service_id: &str, ready: &str) -> VpcEndpointServiceStatus {
    let condition = Condition {
        type_: "Ready".into(),
        status: ready.into(),
        reason: "Any".into(),
        message: String::new(),
        last_transition_time: Time(Timestamp::UNIX_EPOCH),
        observed_generation: None,
    };
    VpcEndpointServiceStatus { service_id: Some(service_id.into()), conditions: vec![condition], ..Default::default() }
}

fn report(status: Option<VpcEndpointServiceStatus>, requeue: Requeue) -> Report {
    let events = vec![
        Note { reason: EventReason::EndpointServiceCreated, text: "made".into() },
        Note { reason: EventReason::DeletionBlocked, text: "connected".into() },
    ];
    Report { status, export: Vec::new(), events, requeue }
}

fn done(step: Step) -> ReconcileState {
    let done = vec![Done { step, request_id: None, created: None }];
    let outcome = Outcome { done, ..Outcome::default() };
    ReconcileState { plan: Some(Plan::default()), outcome: Some(outcome), ..ReconcileState::default() }
}

const BACK_OFF: Requeue = Requeue::BackOff { at_least: Duration::ZERO };

#[tokio::test]
async fn the_status_is_written_before_the_events_that_tell_of_it() {
    let server = Arc::new(FakeServer::default());
    let report = report(Some(status("epsrv-1", "True")), Requeue::OnChange);
    let delivered = deliver(&context(&server), &object("1"), &done(Step::ReleaseFinalizer), report).await;
    assert_eq!(delivered, Ok(ReconcileOutcome { requeue: Requeue::OnChange, progress: Progress::Advanced }));
    assert_eq!(
        server.calls(),
        ["status epsrv-1", "event EndpointServiceCreated: made", "warning DeletionBlocked: connected"]
    );
}

#[tokio::test]
async fn no_event_tells_of_a_status_that_could_not_be_written() {
    let server = Arc::new(FakeServer { refusal: Some(KubernetesError::Conflict), ..FakeServer::default() });
    let report = report(Some(status("epsrv-1", "True")), Requeue::OnChange);
    let delivered = deliver(&context(&server), &object("1"), &ReconcileState::default(), report).await;
    assert_eq!(delivered, Err(KubernetesError::Conflict));
    assert_eq!(server.calls(), ["status epsrv-1"]);
}

/// What is remembered of a second status whose write was answered so, after a first one was written.
async fn remembered_after(refusal: KubernetesError) -> Option<String> {
    let server = Arc::new(FakeServer::default());
    let before = context(&server);
    let first = report(Some(status("epsrv-1", "True")), Requeue::OnChange);
    deliver(&before, &object("1"), &ReconcileState::default(), first).await.unwrap();
    let refusing = Arc::new(FakeServer { refusal: Some(refusal), ..FakeServer::default() });
    let after = context(&refusing);
    let known = before.runtime.status_memory.said("u-1", None).unwrap();
    after.runtime.status_memory.stored("u-1", &known);
    let second = report(Some(status("epsrv-2", "True")), Requeue::OnChange);
    deliver(&after, &object("2"), &ReconcileState::default(), second).await.unwrap_err();
    after.runtime.status_memory.said("u-1", None)?.service_id
}

/// Somebody else may have written in the same moment: whoever remembers nothing then goes by that.
#[tokio::test]
async fn what_was_said_last_is_remembered_whatever_the_write_was_answered() {
    let answers = [KubernetesError::Conflict, KubernetesError::Gone, KubernetesError::Invalid("no".to_owned())];
    for surely_refused in answers {
        assert_eq!(remembered_after(surely_refused).await.as_deref(), Some("epsrv-1"));
    }
    assert_eq!(remembered_after(KubernetesError::Unavailable("late".to_owned())).await.as_deref(), Some("epsrv-2"));
}

#[tokio::test]
async fn an_object_that_is_about_to_go_gets_no_status() {
    let server = Arc::new(FakeServer::default());
    let report = Report { status: None, export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange };
    let delivered = deliver(&context(&server), &object("1"), &done(Step::ReleaseFinalizer), report).await;
    assert_eq!(delivered, Ok(ReconcileOutcome { requeue: Requeue::OnChange, progress: Progress::Advanced }));
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_reconcile_without_anything_done_and_something_left_is_waiting() {
    use super::super::plan::Wait;
    let waits = ReconcileState {
        plan: Some(Plan { wait: Some(Wait::List), ..Plan::default() }),
        outcome: Some(Outcome::default()),
        ..ReconcileState::default()
    };
    assert_eq!(progress(&waits, Requeue::After(Duration::from_secs(1))), Progress::Waiting);
    assert_eq!(progress(&ReconcileState::default(), Requeue::OnChange), Progress::Waiting);
}

#[test]
fn an_empty_plan_is_as_good_as_something_done() {
    let converged =
        ReconcileState { plan: Some(Plan::default()), outcome: Some(Outcome::default()), ..ReconcileState::default() };
    assert_eq!(progress(&converged, Requeue::OnChange), Progress::Advanced);
}

#[test]
fn a_failure_counts_whatever_was_done_before_it() {
    assert_eq!(progress(&done(Step::ReleaseFinalizer), BACK_OFF), Progress::Failed(Cause::Other));
}

fn resolved() -> Resolved {
    let place = Place {
        cluster: "test".to_owned(),
        account: Ok("1".to_owned()),
        default_region: Some("cn-hangzhou".to_owned()),
        definition: Definition::Stays,
        services: ReferredServices::default(),
    };
    resolve(&object("1"), &place).unwrap()
}

#[test]
fn what_the_provider_throttled_ends_when_it_allows_calls_again() {
    let resolved = resolved();
    let target = resolved.target.clone();
    let error = throttled(Operation::ListVpcEndpointServiceUsers, Duration::from_secs(2));
    let reached =
        ReconcileState { resolved: Some(Ok(resolved)), observed: Some(Err(error)), ..ReconcileState::default() };
    assert_eq!(cause(&reached), Cause::Throttled(target));
}

#[test]
fn only_an_unknown_account_ends_by_being_known() {
    let unresolved = |error| ReconcileState { resolved: Some(Err(error)), ..ReconcileState::default() };
    assert_eq!(cause(&unresolved(ResolveError::RegionMissing)), Cause::Other);
}

fn of_a_write(error: ExecuteError) -> ReconcileState {
    let resolved = resolved();
    let outcome = Outcome { error: Some(error), ..Outcome::default() };
    ReconcileState { resolved: Some(Ok(resolved)), outcome: Some(outcome), ..ReconcileState::default() }
}

#[test]
fn a_refused_write_leaves_it_to_the_scheduler_when_it_is_sent_again() {
    let error = |code: &str| Box::new(refused(Operation::CreateVpcEndpointService, code));
    for code in [
        "Forbidden.RAM",
        "QuotaMisMatched",
        "IllegalParam.AddressIpVersion",
        "LoadBalancerNotFound",
        "Bogus",
        "NeedOpenProduct",
    ] {
        assert_eq!(cause(&of_a_write(ExecuteError::Cloud(*error(code)))), Cause::Refused, "{code}");
        let withheld = ExecuteError::Withheld { until: Timestamp::UNIX_EPOCH, error: error(code) };
        assert_eq!(cause(&of_a_write(withheld)), Cause::Refused, "{code}");
    }
    for code in ["EndpointServiceLocked", "EndpointServiceConnectionDependence"] {
        let target = Target { account: "1".to_owned(), region: "cn-hangzhou".to_owned() };
        assert_eq!(cause(&of_a_write(ExecuteError::Cloud(*error(code)))), Cause::Unreachable(target), "{code}");
    }
}
