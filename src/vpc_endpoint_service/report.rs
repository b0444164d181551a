//! Applies what a reconcile concluded: the log, the status, the export, the events, in this order.

use cloud_core::ErrorKind;
use tracing::{debug, info, warn};

use super::conclude::{Note, ReconcileState, Report, Requeue};
use super::context::Context;
use super::execute::{Done, ExecuteError, Outcome};
use super::plan::{Plan, Step};
use super::resolve::ResolveError;
use crate::cloud::errors::{is_passing, is_throttled, is_withheld_by_scheduler};
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::ObjectKey;
use crate::kubernetes::{Announcement, KubernetesError, Severity};
use crate::runtime::backoff::Cause;
use crate::runtime::deliver::{publish, write_status};
use crate::runtime::{Progress, ReconcileOutcome};

/// Applies the report of a reconcile of `object`.
pub async fn deliver(
    context: &Context,
    object: &VpcEndpointService,
    reached: &ReconcileState,
    report: Report,
) -> Result<ReconcileOutcome, KubernetesError> {
    let Report { status, export, events, requeue } = report;
    let progress = progress(reached, requeue);
    tell(reached, status.as_ref().or(object.status.as_ref()));
    if let Some(status) = &status
        && let Some(ready) = write_status(&context.runtime, object, status).await?
    {
        info!(service_id = status.service_id.as_deref(), reason = ready.reason, "Ready is {}", ready.status);
    }
    let (runtime, key) = (&context.runtime, ObjectKey::of(object));
    let config_maps = &*runtime.kubernetes.config_maps;
    context.exports.apply(&key, &export, config_maps, &runtime.timing, runtime.clock.now()).await;
    publish(runtime, object, events.iter().map(announcement)).await;
    Ok(ReconcileOutcome { requeue, progress })
}

fn progress(reached: &ReconcileState, requeue: Requeue) -> Progress {
    let done = reached.outcome.as_ref().is_some_and(|outcome| !outcome.done.is_empty());
    let settled = reached.plan.as_ref().is_some_and(Plan::is_empty);
    match requeue {
        Requeue::BackOff { .. } => Progress::Failed(cause(reached)),
        Requeue::OnChange | Requeue::After(_) if done || settled => Progress::Advanced,
        Requeue::OnChange | Requeue::After(_) => Progress::Waiting,
    }
}

/// Only what has failed for a reason that is neither the object's nor the account's ends with a recovery.
fn cause(reached: &ReconcileState) -> Cause {
    let target = match &reached.resolved {
        Some(Ok(resolved)) => &resolved.target,
        Some(Err(ResolveError::AccountUnknown(_))) => return Cause::AccountUnknown,
        Some(Err(_)) | None => return Cause::Other,
    };
    if let Some(Outcome { error: Some(ExecuteError::Withheld { .. }), .. }) = &reached.outcome {
        return Cause::Refused;
    }
    let is_of_a_write = reached.outcome.as_ref().is_some_and(|outcome| outcome.error.is_some());
    match cloud_error(reached) {
        Some(error) if is_of_a_write && is_withheld_by_scheduler(error) => Cause::Refused,
        Some(error) if is_passing(error.kind()) => Cause::Unreachable(target.clone()),
        Some(error) if is_throttled(error) => Cause::Throttled(target.clone()),
        _ => Cause::Other,
    }
}

fn cloud_error(reached: &ReconcileState) -> Option<&cloud_core::Error> {
    let executed = reached.outcome.as_ref().and_then(|outcome| outcome.error.as_ref());
    match (executed, &reached.observed) {
        (Some(ExecuteError::Cloud(error)), _) | (None, Some(Err(error))) => Some(error),
        _ => None,
    }
}

/// One line for each change and one for a failure; none for a reconcile without work.
fn tell(reached: &ReconcileState, status: Option<&VpcEndpointServiceStatus>) {
    let known = status.and_then(|status| status.service_id.as_deref());
    let outcome = reached.outcome.as_ref();
    for done in outcome.into_iter().flat_map(|outcome| &outcome.done) {
        tell_done(done, known);
    }
    for set_aside in outcome.into_iter().flat_map(|outcome| &outcome.set_aside) {
        tell_cloud_error(&set_aside.error, known);
    }
    if let Some(error) = cloud_error(reached) {
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
        (Step::ReleaseFinalizer, None) => info!(service_id, "removed the finalizer"),
        (_, None) => info!(service_id, "added finalizer and create record"),
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
    let severity = if note.reason.is_warning() { Severity::Warning } else { Severity::Normal };
    let reason = note.reason.as_str();
    Announcement { severity, reason, note: &note.text }
}

#[cfg(test)]
mod tests;
