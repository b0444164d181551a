//! When the next pass comes. Nearly always something wakes the object before; the times are the net below that.

use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;

use super::scene::Scene;
use super::{Requeue, pacing, waits};
use crate::cloud::scheduler::NoTurn;
use crate::vpc_endpoint_service::execute::{ExecuteError, Stop};
use crate::vpc_endpoint_service::observe::Look;
use crate::vpc_endpoint_service::plan::{HeldBack, Wait};
use crate::vpc_endpoint_service::resolve::ResolveError;

/// The time of the next pass; `soonest` is when a status that was held back may be written.
pub(super) fn requeue(scene: &Scene<'_>, soonest: Option<Duration>) -> Requeue {
    if let Some(back_off) = back_off(scene) {
        return back_off;
    }
    let limits =
        [waiting(scene), soonest, pacing::patience(scene), grace(scene), trust(scene), kind(scene), retry(scene)];
    limits.into_iter().flatten().min().map_or(Requeue::OnChange, Requeue::After)
}

fn back_off(scene: &Scene<'_>) -> Option<Requeue> {
    if let Some(Wait::DefinitionKnown(_)) = scene.wait() {
        return Some(Requeue::BackOff { at_least: Duration::ZERO });
    }
    if scene.deleting().is_some() && scene.unplaced().is_some() {
        // Nothing was called, and who knows the account wakes the object.
        return None;
    }
    let after = |error: &Error| Requeue::BackOff { at_least: error.retry().after.unwrap_or_default() };
    if let Some(ExecuteError::Withheld { until, .. }) = scene.outcome().and_then(|outcome| outcome.error.as_ref()) {
        return Some(Requeue::BackOff { at_least: left(scene, *until) });
    }
    if let (Some(Err(ResolveError::AccountUnknown(_))), true) = (&scene.walk.resolved, scene.was_ready()) {
        // Nothing was called. Who knows the account wakes the object; else it must be told in time that nobody vouches for it any more.
        return scene.trust_unplaced().map(Requeue::After);
    }
    if let Some(error) = scene.refused() {
        return Some(after(error));
    }
    matches!(scene.outcome()?.error, Some(ExecuteError::Kubernetes(_)))
        .then_some(Requeue::BackOff { at_least: Duration::ZERO })
}

fn waiting(scene: &Scene<'_>) -> Option<Duration> {
    if scene.is_released() {
        return None;
    }
    match scene.outcome().and_then(|outcome| outcome.stopped.as_ref()) {
        Some(Stop::NoTurn(no_turn)) => return Some(turn(scene, no_turn)),
        Some(Stop::Awaited | Stop::Stale) => return Some(scene.timing.active_poll_interval),
        None => {}
    }
    let plan = scene.plan()?;
    match (&plan.wait, &plan.look) {
        (Some(wait), look) => Some(net(scene, wait, look.as_ref())),
        (None, Some(_)) => Some(scene.timing.active_poll_interval),
        // Everything was done: look whether it is so.
        (None, None) if !scene.done().is_empty() => Some(scene.timing.active_poll_interval),
        (None, None) => None,
    }
}

/// The lanes wake the object; a wake that was missed costs no more than this.
fn turn(scene: &Scene<'_>, no_turn: &NoTurn) -> Duration {
    let closed = match no_turn {
        NoTurn::Queued { .. } => Duration::ZERO,
        NoTurn::Closed { until, .. } | NoTurn::Withheld { until, .. } => left(scene, *until),
    };
    scene.timing.resync_period.max(closed)
}

fn left(scene: &Scene<'_>, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(scene.now)).unwrap_or_default()
}

fn net(scene: &Scene<'_>, wait: &Wait, look: Option<&Look>) -> Duration {
    // Only calls of this object's own show it.
    let is_own_call = matches!(look, Some(Look::Service { .. } | Look::Deep { .. } | Look::Judge { .. }));
    if is_own_call { scene.timing.active_poll_interval } else { waits::waiting(scene, wait).requeue }
}

/// What is left until a value that was kept back is sent again; a pass that was refused itself does not know it yet, and looks.
fn retry(scene: &Scene<'_>) -> Option<Duration> {
    let set_aside = scene.outcome().into_iter().flat_map(|outcome| &outcome.set_aside);
    let again = set_aside
        .map(|one| one.until.map_or(Duration::ZERO, |until| left(scene, until)).max(scene.timing.active_poll_interval));
    let kept =
        |held: &HeldBack| scene.left(scene.now, Duration::try_from(held.retry_at?.duration_since(scene.now)).ok()?);
    scene.plan()?.held_back.iter().filter_map(kept).chain(again).min()
}

/// What is left until drift costs the object its `Ready`.
fn grace(scene: &Scene<'_>) -> Option<Duration> {
    if !scene.was_ready() || !scene.is_drifting() {
        return None;
    }
    match scene.drifted() {
        Some((since, _)) => scene.left_by_status(since, scene.timing.drift_grace_period),
        None => Some(scene.timing.drift_grace_period),
    }
}

/// Whoever deletes the kind does not change an object that is marked already.
fn kind(scene: &Scene<'_>) -> Option<Duration> {
    (scene.deleting().is_some() && scene.is_held() && !scene.is_released()).then_some(scene.timing.resync_period)
}

/// What is left until nobody can vouch for the object, while its account cannot be read.
fn trust(scene: &Scene<'_>) -> Option<Duration> {
    let observed = scene.observed().filter(|observed| observed.sweep_error.is_some())?;
    scene.trust(observed)
}
