use std::time::Duration;

use cloud_core::test_support::{lost_answer, refused, throttled};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use privatelink::{Operation, ServiceStatus};

use super::*;
use crate::cloud::scheduler::NoPermit;
use crate::crd::Reason;
use crate::vpc_endpoint_service::execute::{Done, ExecuteError, Stop};
use crate::vpc_endpoint_service::observe::{Service, ServiceView};
use crate::vpc_endpoint_service::plan::fixtures::{Scenario, at, leads_nowhere, now, refers, unused};
use crate::vpc_endpoint_service::plan::{Step, Wait};

mod attachments;
mod columns;
mod connections;
mod create;
mod delete;
mod drift;
mod errors;
mod export;
mod load_balancers;
mod not_created;
mod observed;
mod offline;
mod previous_reason;
mod random;
mod recreate;
mod repeat;
mod replaced;
mod suspended;
mod unapplied;
mod waits;
mod zones;

const CREATE: Operation = Operation::CreateVpcEndpointService;
const UPDATE: Operation = Operation::UpdateVpcEndpointServiceAttribute;

/// What an object that nobody has looked at yet shows.
pub(super) fn fresh() -> VpcEndpointServiceStatus {
    let ready = condition("Ready", "Unknown", Reason::Pending, "waiting for the operator", None, Timestamp::UNIX_EPOCH);
    VpcEndpointServiceStatus {
        observed_generation: Some(0),
        conditions: vec![ready],
        ..VpcEndpointServiceStatus::default()
    }
}

/// What the object of a converged scenario shows since 500.
pub(super) fn ready() -> VpcEndpointServiceStatus {
    let reached = reached(&Scenario::converged());
    let report = conclude(&key_of(&reached), &reached, &fresh(), &Timing::default(), at(500));
    report.status.expect("it lives")
}

/// `Ready`, as it is without the rest.
fn condition(
    kind: &str,
    status: &str,
    reason: Reason,
    message: &str,
    observed_generation: Option<i64>,
    since: Timestamp,
) -> Condition {
    Condition {
        type_: kind.to_owned(),
        status: status.to_owned(),
        reason: reason.as_str().to_owned(),
        message: message.to_owned(),
        observed_generation,
        last_transition_time: Time(since),
    }
}

/// A reconcile that looked and planned, and had nothing to carry out or did not get to it.
pub(super) fn reached(scenario: &Scenario) -> ReconcileState {
    let is_live = scenario.resolved.life == crate::identity::Life::Live;
    ReconcileState {
        process_start: scenario.observed.own.process_start,
        marked: None,
        resolved: Some(Ok(scenario.resolved.clone())),
        observed: Some(Ok(scenario.observed.clone())),
        plan: Some(if is_live { scenario.plan() } else { scenario.teardown() }),
        outcome: Some(Outcome::default()),
        shared: Vec::new(),
        exports: ExportViews::default(),
    }
}

pub(super) fn key_of(reached: &ReconcileState) -> ObjectKey {
    match &reached.resolved {
        Some(Ok(resolved)) => resolved.key.clone(),
        _ => Scenario::converged().resolved.key,
    }
}

fn report(reached: &ReconcileState, previous: &VpcEndpointServiceStatus) -> Report {
    conclude(&key_of(reached), reached, previous, &Timing::default(), now())
}

impl ReconcileState {
    /// The wait is all that the plan holds.
    fn waiting(mut self, wait: Wait) -> Self {
        self.plan = Some(Plan { wait: Some(wait), ..Plan::default() });
        self
    }

    /// Every step was carried out.
    fn done(mut self) -> Self {
        let plan = self.plan.as_ref().expect("there is a plan");
        let done = plan.steps.iter().map(done).collect();
        let is_awaited = plan.steps.last().is_some_and(Step::is_awaited);
        let stopped = is_awaited.then_some(Stop::Awaited);
        self.outcome = Some(Outcome { done, stopped, ..Outcome::default() });
        self
    }

    fn stopped(mut self, stop: Stop) -> Self {
        self.outcome = Some(Outcome { stopped: Some(stop), ..Outcome::default() });
        self
    }

    pub(super) fn failed(mut self, error: cloud_core::Error) -> Self {
        self.outcome = Some(Outcome { error: Some(ExecuteError::Cloud(error)), ..Outcome::default() });
        self
    }
}

/// Others are before it.
fn queued_behind_others() -> NoPermit {
    NoPermit::Queued { operation: CREATE.into(), rate: None }
}

fn done(step: &Step) -> Done {
    Done { step: step.clone(), request_id: None, created: None }
}

/// The conditions of a report, one line each: everything but times and generations.
pub(super) fn said(report: &Report) -> Vec<String> {
    let line =
        |Condition { type_, status, reason, message, .. }: &Condition| format!("{type_}={status} {reason}: {message}");
    report.status.as_ref().expect("something is said").conditions.iter().map(line).collect()
}

/// Not ready, and going on by itself.
fn reconciling(reason: Reason, message: &str) -> Vec<String> {
    vec![format!("Ready=False {reason}: {message}"), format!("Reconciling=True {reason}: {message}")]
}

/// Not ready, until a person helps.
fn stalled(reason: Reason, message: &str) -> Vec<String> {
    vec![format!("Ready=False {reason}: {message}"), format!("Stalled=True {reason}: {message}")]
}

fn event(reason: EventReason, text: &str) -> Note {
    Note { reason, text: text.to_owned() }
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}
