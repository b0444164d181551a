//! What is said of an object that is to live.

use privatelink::ServiceStatus;

use super::drift::{drift, drifting};
use super::picture::{Picture, Stance};
use super::progress::at_work;
use super::scene::Scene;
use super::{grounds, held, places, unmade, waits, words};
use crate::cloud::errors::{Verdict, closed, verdict};
use crate::crd::{ConditionType, Reason};
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::observe::{Deep, Observed};
use crate::vpc_endpoint_service::plan::Wait;
use crate::vpc_endpoint_service::resolve::ResolveError;

/// The questions in order; the first that has an answer decides. Without one, the operator is at work.
const CHECKS: [fn(&Scene<'_>) -> Option<Stance>; 11] = [
    // What was seen is too old to say anything.
    out_of_sight,
    details_out_of_sight,
    // The pass broke off.
    read_failed,
    write_failed,
    // Something stands in the way of everything else.
    obstacle,
    door_closed,
    // Something of the spec cannot be brought into force.
    held::held_back,
    // Nothing does.
    drifting,
    in_step,
    // What is waited for cannot be seen.
    list_failing,
    // Not known well enough to say something new.
    undecided,
];

pub(super) fn stance(scene: &Scene<'_>) -> Stance {
    CHECKS.iter().find_map(|check| check(scene)).unwrap_or_else(|| at_work(scene).into())
}

/// The pass ended before anybody looked at the cloud.
pub(super) fn unresolved(scene: &Scene<'_>, error: &ResolveError) -> Stance {
    let picture = match error {
        ResolveError::NotImplementedYet { field } => Picture::stalled(
            Reason::NotImplementedYet,
            format!(
                "{field} is not implemented in this version; remove it from the spec, then the object is reconciled."
            ),
        ),
        ResolveError::RegionMissing => Picture::stalled(Reason::RegionMissing, Reason::RegionMissing.sentence()),
        ResolveError::RegionUnusable { .. } => Picture::stalled(Reason::RegionUnusable, places::unplaced(scene, error)),
        ResolveError::AccountMismatch { .. } => {
            Picture::stalled(Reason::AccountMismatch, places::unplaced(scene, error))
        }
        ResolveError::RegionMismatch { .. } => Picture::stalled(Reason::RegionMismatch, places::unplaced(scene, error)),
        ResolveError::AccountUnknown(error) => return account_unknown(scene, error),
    };
    picture.into()
}

/// Nobody knows yet whose account it is, so nobody has looked: what was Ready may well be so still.
fn account_unknown(scene: &Scene<'_>, error: &cloud_core::Error) -> Stance {
    let verdict = verdict(error);
    let was_known = scene.is_described() && scene.previous.service_id.is_some();
    let is_unknown = was_known && scene.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "Unknown");
    match scene.trust_unplaced() {
        Some(_) if scene.was_ready() => Stance::Keep,
        Some(_) if !is_unknown => Picture::of(verdict).into(),
        _ => blind(verdict, "The account of the credentials cannot be determined.").into(),
    }
}

/// Nobody can look, so nobody can say whether it is ready.
fn blind(verdict: Verdict, what: &str) -> Picture {
    if verdict.stalled {
        Picture::of(verdict).unknown()
    } else {
        Picture::reconciling(Reason::CloudUnreachable, format!("{what} {}", verdict.message)).unknown()
    }
}

/// Nobody could look for so long that the operator cannot vouch for what it said. An object that nobody has seen yet has no such time.
fn out_of_sight(scene: &Scene<'_>) -> Option<Stance> {
    let observed = scene.observed()?;
    let trusted = scene.trust(observed).is_some();
    let error = observed.sweep_error.as_ref();
    match (observed.as_of, error) {
        (None, Some(error)) if trusted && !scene.was_ready() => Some(Picture::of(scene.verdict_of_list(error)).into()),
        _ if trusted => None,
        _ => Some(unvouched(scene, observed).into()),
    }
}

fn unvouched(scene: &Scene<'_>, observed: &Observed) -> Picture {
    match observed.sweep_error.as_ref().map(|error| scene.verdict_of_list(error)) {
        Some(verdict) => blind(verdict, "The account's services cannot be listed."),
        None => Picture::reconciling(Reason::CloudUnreachable, "The account's services were not listed for minutes.")
            .unknown(),
    }
}

/// Attachments and principals could not be read for so long that the operator cannot vouch for what it said of them.
fn details_out_of_sight(scene: &Scene<'_>) -> Option<Stance> {
    let observed = scene.observed()?;
    let verdict = verdict(observed.details_error.as_ref()?);
    let read = match &observed.deep {
        Deep::Known(view) => view.as_of,
        Deep::Unknown => observed.own.first_seen,
    };
    if scene.left(read, scene.timing.details_refresh_period.saturating_mul(2)).is_some() {
        return None;
    }
    let picture = if verdict.stalled {
        Picture::of(verdict)
    } else {
        let message = format!("The service's attachments and principals cannot be read. {}", verdict.message);
        Picture::reconciling(Reason::CloudUnreachable, message)
    };
    Some(picture.unknown().into())
}

fn read_failed(scene: &Scene<'_>) -> Option<Stance> {
    let error = scene.walk.observed.as_ref()?.as_ref().err()?;
    Some(failed(scene, error))
}

fn write_failed(scene: &Scene<'_>) -> Option<Stance> {
    Some(match scene.outcome()?.error.as_ref()? {
        ExecuteError::Cloud(error) => failed(scene, error),
        ExecuteError::Withheld { error, .. } => failed(scene, error),
        ExecuteError::Kubernetes(error @ (KubernetesError::Forbidden(_) | KubernetesError::Invalid(_))) => {
            Picture::stalled(Reason::KubernetesForbidden, words::refused_write(error)).into()
        }
        // What was seen speaks against what was said, whatever became of the write.
        ExecuteError::Kubernetes(_) if scene.is_called_ready() && !scene.is_still_ready() => return None,
        ExecuteError::Kubernetes(
            KubernetesError::Conflict | KubernetesError::Gone | KubernetesError::Unavailable(_),
        ) => Stance::Keep,
    })
}

fn door_closed(scene: &Scene<'_>) -> Option<Stance> {
    let error = scene.closed()?;
    let (own, closed) = (verdict(error), closed(error));
    let said = scene.condition(ConditionType::Ready).map(|ready| ready.message.as_str());
    // What was answered to the object itself says more, and a message that changes with each probe would cost writes.
    let is_own = scene.is_described() && said == Some(own.message.as_str());
    Some(told(scene, if is_own { own } else { closed }))
}

/// A call was refused. Passing trouble does not touch an object that is well.
fn failed(scene: &Scene<'_>, error: &cloud_core::Error) -> Stance {
    told(scene, verdict(error))
}

fn told(scene: &Scene<'_>, verdict: Verdict) -> Stance {
    if !verdict.stalled && scene.is_still_ready() {
        return drifting(scene).unwrap_or(Stance::Keep);
    }
    Picture::of(verdict).drifted(drift(scene)).into()
}

fn in_step(scene: &Scene<'_>) -> Option<Stance> {
    let plan = scene.plan()?;
    let is_active = scene.seen()?.status == ServiceStatus::Active;
    let is_known = plan.unknown.is_empty() || scene.was_ready();
    (plan.is_empty() && is_active && is_known).then(|| Picture::available(words::available(scene.service_id())).into())
}

fn obstacle(scene: &Scene<'_>) -> Option<Stance> {
    let obstacle = waits::waiting(scene, scene.wait()?).obstacle?;
    Some(obstacle.drifted(drift(scene)).into())
}

/// A list fails again and again, and the object waits for what it would show. What is Ready stays so for as long as it is vouched for.
fn list_failing(scene: &Scene<'_>) -> Option<Stance> {
    let error = scene.failing_list().filter(|_| !scene.is_still_ready() || is_at_work(scene))?;
    Some(Picture::of(scene.verdict_of_list(error)).drifted(drift(scene)).into())
}

/// Nothing was done and nothing new is known, only a look or a turn is waited for: what was said of this generation still holds.
fn undecided(scene: &Scene<'_>) -> Option<Stance> {
    if is_at_work(scene) {
        return None;
    }
    let is_contradicted = scene.is_called_ready() && !scene.is_still_ready();
    let holds = scene.is_described() && !is_contradicted && grounds::hold(scene) && !unmade::is_news(scene);
    holds.then_some(Stance::Keep)
}

/// Something was done, or the service is on its way: what was said before does not hold any more.
fn is_at_work(scene: &Scene<'_>) -> bool {
    scene.has_written() || matches!(scene.wait(), Some(Wait::ServiceActive(_)))
}
