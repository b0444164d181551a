//! Applies what a pass concluded: the log, the status, the events, in this order.

use cloud_core::ErrorKind;
use tracing::{debug, info, warn};

use super::conclude::{EventReason, Note, Report, Requeue, Walk};
use super::execute::{Done, ExecuteError, Outcome};
use super::plan::{Plan, Step};
use super::resolve::ResolveError;
use crate::cloud::errors::{is_passing, is_throttled, is_withheld_by_scheduler};
use crate::context::Context;
use crate::crd::{ConditionType, VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::ObjectKey;
use crate::kubernetes::{Announcement, KubernetesError, Severity, Written};
use crate::runtime::backoff::Cause;

/// What remains of a pass for the controller once everything is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    pub requeue: Requeue,
    pub progress: Progress,
}

/// Whether the pass got anywhere, for the object's back-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Something was done, or nothing is left to do: the back-off begins anew.
    Advanced,
    /// It waits for something: that a wait comes between two failures makes them no less than two in a row.
    Waiting,
    Failed(Cause),
}

impl Progress {
    /// Why the pass failed.
    pub(crate) fn cause(self) -> Cause {
        match self {
            Self::Failed(cause) => cause,
            Self::Advanced | Self::Waiting => Cause::Other,
        }
    }
}

/// Applies the report of a pass over `object`. The events come last: they tell of what the status says already, and one that cannot be
/// written is no failure.
pub async fn deliver(
    context: &Context,
    object: &VpcEndpointService,
    walk: &Walk,
    report: Report,
) -> Result<Passed, KubernetesError> {
    let key = ObjectKey::of(object);
    let Report { status, events, requeue } = report;
    let progress = progress(walk, requeue);
    tell(walk, status.as_ref().or(object.status.as_ref()));
    if let Some(status) = &status {
        let written = write(context, &key, object.status.as_ref(), status).await;
        match &written {
            Ok(()) => context.said.stored(&key.uid, status),
            Err(KubernetesError::Unavailable(_)) => context.said.sent(&key.uid, status),
            // Surely not stored: what was said before still stands.
            Err(_) => {}
        }
        written?;
    }
    for note in &events {
        context.kubernetes.events.publish(&key, announcement(note)).await;
    }
    Ok(Passed { requeue, progress })
}

async fn write(
    context: &Context,
    key: &ObjectKey,
    stored: Option<&VpcEndpointServiceStatus>,
    wanted: &VpcEndpointServiceStatus,
) -> Result<(), KubernetesError> {
    let written = context.kubernetes.statuses.put_status(key, stored, wanted).await?;
    let (before, after) = (stored.and_then(ready), ready(wanted));
    match after {
        Some((status, reason)) if written == Written::Changed && before != after => {
            info!(service_id = wanted.service_id.as_deref(), reason, "Ready is {status}");
        }
        _ => {}
    }
    Ok(())
}

/// Status and reason of the condition `Ready`.
fn ready(status: &VpcEndpointServiceStatus) -> Option<(&str, &str)> {
    let condition = status.conditions.iter().find(|condition| condition.type_ == ConditionType::Ready.as_str())?;
    Some((&condition.status, &condition.reason))
}

fn progress(walk: &Walk, requeue: Requeue) -> Progress {
    let done = walk.outcome.as_ref().is_some_and(|outcome| !outcome.done.is_empty());
    let settled = walk.plan.as_ref().is_some_and(Plan::is_empty);
    match requeue {
        Requeue::BackOff { .. } => Progress::Failed(cause(walk)),
        Requeue::OnChange | Requeue::After(_) if done || settled => Progress::Advanced,
        Requeue::OnChange | Requeue::After(_) => Progress::Waiting,
    }
}

/// Only what has failed for a reason that is neither the object's nor the account's ends with a recovery.
fn cause(walk: &Walk) -> Cause {
    let target = match &walk.resolved {
        Some(Ok(resolved)) => &resolved.target,
        Some(Err(ResolveError::AccountUnknown(_))) => return Cause::AccountUnknown,
        Some(Err(_)) | None => return Cause::Other,
    };
    if let Some(Outcome { error: Some(ExecuteError::Withheld { .. }), .. }) = &walk.outcome {
        return Cause::Refused;
    }
    let is_of_a_write = walk.outcome.as_ref().is_some_and(|outcome| outcome.error.is_some());
    match cloud_error(walk) {
        Some(error) if is_of_a_write && is_withheld_by_scheduler(error) => Cause::Refused,
        Some(error) if is_passing(error.kind()) => Cause::Unreachable(target.clone()),
        Some(error) if is_throttled(error) => Cause::Throttled(target.clone()),
        _ => Cause::Other,
    }
}

fn cloud_error(walk: &Walk) -> Option<&cloud_core::Error> {
    let executed = walk.outcome.as_ref().and_then(|outcome| outcome.error.as_ref());
    match (executed, &walk.observed) {
        (Some(ExecuteError::Cloud(error)), _) | (None, Some(Err(error))) => Some(error),
        _ => None,
    }
}

/// One line for each change and one for a failure; none for a pass without work.
fn tell(walk: &Walk, status: Option<&VpcEndpointServiceStatus>) {
    let known = status.and_then(|status| status.service_id.as_deref());
    let outcome = walk.outcome.as_ref();
    for done in outcome.into_iter().flat_map(|outcome| &outcome.done) {
        tell_done(done, known);
    }
    for set_aside in outcome.into_iter().flat_map(|outcome| &outcome.set_aside) {
        tell_cloud_error(&set_aside.error, known);
    }
    if let Some(error) = cloud_error(walk) {
        tell_cloud_error(error, known);
    } else if let Some(error) = outcome.and_then(|outcome| outcome.error.as_ref()) {
        match error {
            // It was told of when it was refused.
            ExecuteError::Withheld { .. } => debug!(service_id = known, "{error}"),
            ExecuteError::Cloud(_) | ExecuteError::Kubernetes(_) => warn!(service_id = known, "{error}"),
        }
    }
}

fn tell_done(done: &Done, known: Option<&str>) {
    let created = done.created.as_ref().map(|service| service.id.as_str());
    let service_id = created.or(done.step.service_id()).or(known);
    let request_id = done.request_id.as_deref();
    match (&done.step, done.step.operation()) {
        (_, Some(operation)) => info!(service_id, request_id, "{operation}"),
        (Step::ReleaseFinalizer, None) => info!(service_id, "released the finalizer"),
        (_, None) => info!(service_id, "put finalizer and create record"),
    }
}

/// What is mere waiting for others stays out of the log of a healthy day.
fn tell_cloud_error(error: &cloud_core::Error, service_id: Option<&str>) {
    let request_id = error.request_id();
    match error.kind() {
        ErrorKind::Busy | ErrorKind::Throttled => debug!(service_id, request_id, "{error}"),
        _ => warn!(service_id, request_id, "{error}"),
    }
}

fn announcement(note: &Note) -> Announcement<'_> {
    let (severity, reason) = match note.reason {
        EventReason::EndpointServiceCreated => (Severity::Normal, "EndpointServiceCreated"),
        EventReason::EndpointServiceRecreated => (Severity::Warning, "EndpointServiceRecreated"),
        EventReason::EndpointServiceAdopted => (Severity::Normal, "EndpointServiceAdopted"),
        EventReason::EndpointServiceActive => (Severity::Normal, "EndpointServiceActive"),
        EventReason::EndpointServiceUpdated => (Severity::Normal, "EndpointServiceUpdated"),
        EventReason::EndpointServiceDeleted => (Severity::Normal, "EndpointServiceDeleted"),
        EventReason::EndpointServiceRetained => (Severity::Normal, "EndpointServiceRetained"),
        EventReason::DriftCorrected => (Severity::Normal, "DriftCorrected"),
        EventReason::DeletionBlocked => (Severity::Warning, "DeletionBlocked"),
        EventReason::Stalled => (Severity::Warning, "Stalled"),
    };
    Announcement { severity, reason, note: &note.text }
}

#[cfg(test)]
mod tests;
