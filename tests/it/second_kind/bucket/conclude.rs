use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use privatelink_operator::crd::ConditionType;
use privatelink_operator::identity::Life;
use privatelink_operator::kubernetes::{Announcement, KubernetesError, Severity};
use privatelink_operator::runtime::backoff::Cause;
use privatelink_operator::runtime::{Progress, ReconcileOutcome, Requeue};

use super::crd::BucketStatus;
use super::plan::Step;
use super::resolve::Resolved;
use crate::second_kind::cloud::Refusal;
use crate::second_kind::support::target;

/// Between two steps of one object.
const SOON: Duration = Duration::from_millis(20);

/// A reconcile as far as it got.
#[derive(Debug, Default)]
pub(super) struct Progressed {
    pub(super) step: Option<Step>,
    pub(super) error: Option<Error>,
}

#[derive(Debug)]
pub(super) enum Error {
    Cloud(Refusal),
    Kubernetes(KubernetesError),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Cloud(refusal)
    }
}

impl From<KubernetesError> for Error {
    fn from(error: KubernetesError) -> Self {
        Self::Kubernetes(error)
    }
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
    now: Timestamp,
) -> Report {
    let is_released = matches!((state.step, &state.error), (Some(Step::ReleaseFinalizer), None));
    let created = matches!((state.step, &state.error), (Some(Step::Create(_)), None));
    let created = created.then_some(Announcement {
        severity: Severity::Normal,
        reason: "BucketCreated",
        note: "the bucket was created",
    });
    Report {
        status: (!is_released).then(|| status(resolved, state, previous, now)),
        announcements: created.into_iter().collect(),
        outcome: outcome(state, is_released),
    }
}

fn outcome(state: &Progressed, is_released: bool) -> ReconcileOutcome {
    let (requeue, progress) = match (&state.error, state.step) {
        (Some(Error::Cloud(refusal)), _) => {
            (Requeue::BackOff { at_least: refusal.retry_after }, Progress::Failed(Cause::Unreachable(target())))
        }
        (Some(Error::Kubernetes(_)), _) => {
            (Requeue::BackOff { at_least: Duration::ZERO }, Progress::Failed(Cause::Other))
        }
        (None, Some(_)) if !is_released => (Requeue::After(SOON), Progress::Advanced),
        (None, _) => (Requeue::OnChange, Progress::Advanced),
    };
    ReconcileOutcome { requeue, progress }
}

fn status(resolved: &Resolved, state: &Progressed, previous: Option<&BucketStatus>, now: Timestamp) -> BucketStatus {
    let (status, reason) = match (&state.error, resolved.life, state.step) {
        (Some(Error::Cloud(_)), ..) => ("False", "CloudError"),
        (Some(Error::Kubernetes(_)), ..) => ("False", "KubernetesError"),
        (None, Life::Deleting { .. }, _) => ("False", "Deleting"),
        (None, Life::Live, None) => ("True", "Available"),
        (None, Life::Live, Some(_)) => ("False", "Pending"),
    };
    let message = match &state.error {
        Some(Error::Cloud(refusal)) => format!("the cloud refused: again in {:?}", refusal.retry_after),
        Some(Error::Kubernetes(error)) => error.to_string(),
        None => String::new(),
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
