use std::time::Duration;

use cloud_core::ErrorKind;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use privatelink_operator::cloud::scheduler::NoPermit;
use privatelink_operator::crd::ConditionType;
use privatelink_operator::identity::Life;
use privatelink_operator::kubernetes::{Announcement, Severity};
use privatelink_operator::runtime::backoff::Cause;
use privatelink_operator::runtime::{Progress, ReconcileOutcome, Requeue};

use super::crd::BucketStatus;
use super::execute::{Ended, Error};
use super::plan::{Plan, Step};
use super::resolve::Resolved;
use crate::second_kind::support::target;

/// Between two steps of one object.
const SOON: Duration = Duration::from_millis(20);

/// A reconcile as far as it got.
#[derive(Debug)]
pub(super) struct Progressed {
    pub(super) plan: Plan,
    pub(super) ended: Ended,
}

pub(super) struct Report {
    pub(super) status: Option<BucketStatus>,
    pub(super) announcements: Vec<Announcement<'static>>,
    pub(super) outcome: ReconcileOutcome,
}

pub(super) fn conclude(
    resolved: &Resolved,
    state: &Progressed,
    previous: Option<&BucketStatus>,
    retry_after: Duration,
    now: Timestamp,
) -> Report {
    let is_done = |step: fn(&Step) -> bool| match (&state.plan, &state.ended) {
        (Plan::Act(own), Ended::Done) => step(own),
        _ => false,
    };
    let is_released = is_done(|step| *step == Step::ReleaseFinalizer);
    let created = is_done(|step| matches!(step, Step::Create(_))).then_some(Announcement {
        severity: Severity::Normal,
        reason: "BucketCreated",
        note: "the bucket was created",
    });
    Report {
        status: (!is_released).then(|| status(resolved, state, previous, now)),
        announcements: created.into_iter().collect(),
        outcome: outcome(state, is_released, retry_after, now),
    }
}

fn outcome(state: &Progressed, is_released: bool, retry_after: Duration, now: Timestamp) -> ReconcileOutcome {
    let back_off = |at_least, cause| (Requeue::BackOff { at_least }, Progress::Failed(cause));
    let (requeue, progress) = match (&state.ended, &state.plan) {
        (Ended::Failed(Error::Cloud(error)), _) if error.kind() == ErrorKind::Transient => {
            back_off(retry_after, Cause::Unreachable(target()))
        }
        (Ended::Failed(Error::Cloud(_)), _) => back_off(Duration::ZERO, Cause::Refused),
        (Ended::Failed(Error::Kubernetes(_)), _) => back_off(Duration::ZERO, Cause::Other),
        (Ended::Withheld(NoPermit::Tripped { until, .. } | NoPermit::Withheld { until, .. }), _) => {
            let rest = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            (Requeue::After(rest), Progress::Waiting)
        }
        (Ended::Withheld(NoPermit::Queued { .. }), _) | (Ended::Done, Plan::Wait) => {
            (Requeue::OnChange, Progress::Waiting)
        }
        (Ended::Done, Plan::Act(_)) if !is_released => (Requeue::After(SOON), Progress::Advanced),
        (Ended::Done, Plan::Act(_) | Plan::Converged) => (Requeue::OnChange, Progress::Advanced),
    };
    ReconcileOutcome { requeue, progress }
}

fn status(resolved: &Resolved, state: &Progressed, previous: Option<&BucketStatus>, now: Timestamp) -> BucketStatus {
    let (status, reason) = match (&state.ended, resolved.life, &state.plan) {
        (
            Ended::Failed(Error::Cloud(_)) | Ended::Withheld(NoPermit::Tripped { .. } | NoPermit::Withheld { .. }),
            ..,
        ) => ("False", "CloudError"),
        (Ended::Failed(Error::Kubernetes(_)), ..) => ("False", "KubernetesError"),
        (_, Life::Deleting { .. }, _) => ("False", "Deleting"),
        (Ended::Done, Life::Live, Plan::Converged) => ("True", "Available"),
        (Ended::Done | Ended::Withheld(_), Life::Live, _) => ("False", "Pending"),
    };
    let message = match &state.ended {
        Ended::Failed(Error::Cloud(error)) => error.to_string(),
        Ended::Withheld(NoPermit::Tripped { error, .. } | NoPermit::Withheld { error, .. }) => error.to_string(),
        Ended::Failed(Error::Kubernetes(error)) => error.to_string(),
        Ended::Withheld(NoPermit::Queued { .. }) | Ended::Done => String::new(),
    };
    let before = previous.and_then(|previous| previous.conditions.iter().find(|before| before.status == status));
    let ready = Condition {
        type_: ConditionType::Ready.as_str().to_owned(),
        status: status.to_owned(),
        reason: reason.to_owned(),
        message,
        observed_generation: Some(resolved.key.generation),
        last_transition_time: before.map_or_else(|| seconds(now), |before| before.last_transition_time.clone()),
    };
    BucketStatus {
        observed_generation: Some(resolved.key.generation),
        size: (status == "True").then_some(resolved.size),
        owner: None,
        conditions: vec![ready],
    }
}

/// Kubernetes keeps whole seconds.
fn seconds(moment: Timestamp) -> Time {
    Time(Timestamp::from_second(moment.as_second()).unwrap())
}
