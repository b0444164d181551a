//! What is said of an object that is being deleted: `Deleting`, or what blocks it.

use cloud_core::ErrorKind;

use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::{places, waits, words};
use crate::cloud::errors::{Verdict, verdict};
use crate::crd::{DeletionPolicy, Reason, VpcEndpointServiceSpec};
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::plan::Wait;
use crate::vpc_endpoint_service::resolve::ResolveError;

pub(super) fn stance(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Stance {
    if !scene.is_held() {
        return Stance::Silent;
    }
    let blocked = unplaced(scene).or_else(|| out_of_sight(scene, spec)).or_else(|| failed(scene, spec));
    if let Some(message) = blocked {
        return Picture::reconciling(Reason::DeletionBlocked, message).into();
    }
    if let Some(obstacle) = scene.wait().and_then(|wait| waits::waiting(scene, wait).obstacle) {
        return obstacle.into();
    }
    if let Some(error) = scene.failing_list() {
        let message = format!("The deletion waits for a list that fails. {}", scene.verdict_of_list(error).message);
        return Picture::reconciling(Reason::Deleting, message).into();
    }
    if is_undecided(scene) {
        return Stance::Keep;
    }
    Picture::reconciling(Reason::Deleting, going_on(scene, spec)).into()
}

/// Under `Delete` nothing is done for an object whose account or region cannot be worked in. Under `Retain` it waits for STS alone.
fn unplaced(scene: &Scene<'_>) -> Option<String> {
    Some(match scene.unplaced()? {
        ResolveError::AccountUnknown(error) => {
            let Verdict { stalled, message, reason: _ } = verdict(error);
            if stalled { format!("{message}. {}", places::retain(scene)) } else { message }
        }
        error => places::unplaced(scene, error),
    })
}

/// The provider's refusal, and what lets the object go all the same where only a person can help.
fn refusal(
    scene: &Scene<'_>,
    spec: &VpcEndpointServiceSpec,
    Verdict { stalled, message, reason: _ }: Verdict,
) -> String {
    let is_deleted = spec.effective_deletion_policy() == DeletionPolicy::Delete;
    if stalled && is_deleted { format!("{message}. {}", places::retain(scene)) } else { message }
}

fn out_of_sight(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    let observed = scene.observed()?;
    let verdict = scene.verdict_of_list(observed.sweep_error.as_ref()?);
    (verdict.stalled || scene.trust(observed).is_none()).then(|| refusal(scene, spec, verdict))
}

/// Only what a person or a consumer must settle blocks; passing trouble passes.
fn failed(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    if let Some(ExecuteError::Kubernetes(error @ (KubernetesError::Forbidden(_) | KubernetesError::Invalid(_)))) =
        scene.outcome().and_then(|outcome| outcome.error.as_ref())
    {
        return Some(words::refused_write(error));
    }
    let error = scene.refused().or_else(|| scene.closed())?;
    let verdict = verdict(error);
    (verdict.stalled || error.kind() == ErrorKind::DependencyFirst).then(|| refusal(scene, spec, verdict))
}

/// Only a look is waited for: what was said of this deletion still holds.
fn is_undecided(scene: &Scene<'_>) -> bool {
    let is_said = matches!(scene.reason(), Some(Reason::Deleting | Reason::DeletionBlocked)) && scene.is_described();
    let is_looking = matches!(scene.wait(), Some(Wait::Sweep)) || scene.plan().is_none();
    is_said && is_looking && !scene.has_written()
}

fn going_on(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> String {
    let is_retained = spec.effective_deletion_policy() == DeletionPolicy::Retain;
    match scene.service_id() {
        Some(id) if is_retained => format!(
            "Removing the operator's tags from endpoint service {id}; the finalizer is removed when the provider confirms it."
        ),
        Some(id) => format!("Deleting endpoint service {id}; the finalizer is removed when the provider confirms it."),
        None => "Checking that no endpoint service of this object is left; then the finalizer is removed.".to_owned(),
    }
}
