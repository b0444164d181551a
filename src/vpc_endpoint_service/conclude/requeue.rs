//! When the next reconcile comes. Nearly always something requeues the object before; the times are the net below that.

use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;

use super::inputs::Inputs;
use super::{Requeue, export, pacing, waits};
use crate::cloud::scheduler::NoPermit;
use crate::vpc_endpoint_service::execute::{ExecuteError, Stop, Trial};
use crate::vpc_endpoint_service::observe::Look;
use crate::vpc_endpoint_service::plan::{Unapplied, Wait};
use crate::vpc_endpoint_service::resolve::ResolveError;

/// The time of the next reconcile; `soonest` is when a status that was held back may be written.
pub(super) fn requeue(inputs: &Inputs<'_>, soonest: Option<Duration>) -> Requeue {
    if let Some(back_off) = back_off(inputs) {
        return back_off;
    }
    let limits = [
        waiting(inputs),
        soonest,
        pacing::patience(inputs),
        grace(inputs),
        until_stale(inputs),
        inputs.unlisted_connections().and_then(|(_, left)| left),
        inputs.unread_load_balancer().and_then(|(_, _, left)| left),
        kind(inputs),
        retry(inputs),
        dry_run(inputs),
        export::next_look(inputs),
    ];
    limits.into_iter().flatten().min().map_or(Requeue::OnChange, Requeue::After)
}

fn back_off(inputs: &Inputs<'_>) -> Option<Requeue> {
    if let Some(Wait::DefinitionKnown(_)) = inputs.wait() {
        return Some(Requeue::BackOff { at_least: Duration::ZERO });
    }
    if inputs.deleting().is_some() && inputs.resolve_error().is_some() {
        // Nothing was called, and who knows the account requeues the object.
        return None;
    }
    let after = |error: &Error| Requeue::BackOff { at_least: error.retry().after.unwrap_or_default() };
    if let Some(ExecuteError::Withheld { until, .. }) = inputs.outcome().and_then(|outcome| outcome.error.as_ref()) {
        return Some(Requeue::BackOff { at_least: left(inputs, *until) });
    }
    if let (Some(Err(ResolveError::AccountUnknown(_))), true) = (&inputs.reached.resolved, inputs.was_ready()) {
        // Nothing was called. Who knows the account requeues the object; else it must be told in time that its status is stale.
        return inputs.fresh_without_account().map(Requeue::After);
    }
    if let Some(error) = inputs.refused() {
        return Some(after(error));
    }
    matches!(inputs.outcome()?.error, Some(ExecuteError::Kubernetes(_)))
        .then_some(Requeue::BackOff { at_least: Duration::ZERO })
}

fn waiting(inputs: &Inputs<'_>) -> Option<Duration> {
    if inputs.is_released() {
        return None;
    }
    match inputs.outcome().and_then(|outcome| outcome.stopped.as_ref()) {
        Some(Stop::NoPermit(no_permit)) => return Some(after_no_permit(inputs, no_permit)),
        Some(Stop::Awaited | Stop::Stale) => return Some(inputs.timing.active_poll_interval),
        None => {}
    }
    let plan = inputs.plan()?;
    match (&plan.wait, &plan.look) {
        (Some(wait), look) => Some(net(inputs, wait, look.as_ref())),
        (None, Some(_)) => Some(inputs.timing.active_poll_interval),
        // Everything was done: look whether it is so.
        (None, None) if !inputs.done().is_empty() => Some(inputs.timing.active_poll_interval),
        (None, None) => None,
    }
}

/// The write scheduler requeues the object; a requeue that was missed costs no more than this.
fn after_no_permit(inputs: &Inputs<'_>, no_permit: &NoPermit) -> Duration {
    let closed = match no_permit {
        NoPermit::Queued { .. } => Duration::ZERO,
        NoPermit::Tripped { until, .. } | NoPermit::Withheld { until, .. } => left(inputs, *until),
    };
    inputs.timing.resync_period.max(closed)
}

fn left(inputs: &Inputs<'_>, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(inputs.now)).unwrap_or_default()
}

fn net(inputs: &Inputs<'_>, wait: &Wait, look: Option<&Look>) -> Duration {
    // Only calls of this object's own show it.
    let is_own_call = matches!(look, Some(Look::Service { .. } | Look::Details { .. } | Look::Judge { .. }));
    if is_own_call { inputs.timing.active_poll_interval } else { waits::waiting(inputs, wait).requeue }
}

/// What is left until a value that was kept back is sent again; a reconcile that was refused itself does not know it yet, and looks.
fn retry(inputs: &Inputs<'_>) -> Option<Duration> {
    let set_aside = inputs.outcome().into_iter().flat_map(|outcome| &outcome.set_aside);
    let again = set_aside.map(|one| {
        one.until.map_or(Duration::ZERO, |until| left(inputs, until)).max(inputs.timing.active_poll_interval)
    });
    let kept = |unapplied: &Unapplied| {
        inputs.left(inputs.now, Duration::try_from(unapplied.retry_at?.duration_since(inputs.now)).ok()?)
    };
    inputs.plan()?.unapplied.iter().filter_map(kept).chain(again).min()
}

/// Until what passed its dry run is tried again.
fn dry_run(inputs: &Inputs<'_>) -> Option<Duration> {
    let has_passed = inputs.outcome()?.tried.iter().any(|tried| tried.trial == Trial::Passed);
    has_passed.then_some(inputs.timing.details_refresh_period)
}

/// What is left until drift costs the object its `Ready`.
fn grace(inputs: &Inputs<'_>) -> Option<Duration> {
    if !inputs.was_ready() || !inputs.is_drifting() {
        return None;
    }
    match inputs.drifted() {
        Some((since, _)) => inputs.left_by_status(since, inputs.timing.drift_grace_period),
        None => Some(inputs.timing.drift_grace_period),
    }
}

/// Whoever deletes the kind does not change an object that is marked already.
fn kind(inputs: &Inputs<'_>) -> Option<Duration> {
    (inputs.deleting().is_some() && inputs.has_finalizer() && !inputs.is_released())
        .then_some(inputs.timing.resync_period)
}

/// What is left until the status of the object is stale, while its account cannot be read.
fn until_stale(inputs: &Inputs<'_>) -> Option<Duration> {
    let observed = inputs.observed().filter(|observed| observed.list_error.is_some())?;
    inputs.fresh_for(observed)
}
