//! What is said of an object that is being deleted: `Deleting`, or what blocks it.

use std::collections::BTreeSet;

use privatelink::ErrorKind;

use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::words;
use crate::cloud::verdict::{Verdict, verdict};
use crate::controller::vpc_endpoint_service::execute::ExecuteError;
use crate::controller::vpc_endpoint_service::plan::{Consumer, Wait};
use crate::controller::vpc_endpoint_service::resolve::Resolved;
use crate::crd::Reason;
use crate::k8s::KubernetesError;

pub(super) fn stance(scene: &Scene<'_>, resolved: &Resolved) -> Stance {
    if !resolved.has_finalizer() {
        return Stance::Silent;
    }
    let blocked = out_of_sight(scene).or_else(|| failed(scene)).or_else(|| obstacle(scene));
    if let Some(message) = blocked {
        return Picture::reconciling(Reason::DeletionBlocked, message).into();
    }
    if is_undecided(scene) {
        return Stance::Keep;
    }
    Picture::reconciling(Reason::Deleting, going_on(scene)).into()
}

fn out_of_sight(scene: &Scene<'_>) -> Option<String> {
    let observed = scene.observed()?;
    let verdict = verdict(observed.sweep_error.as_ref()?);
    (verdict.stalled || scene.trust(observed).is_none()).then_some(verdict.message)
}

/// Only what a person or a consumer must settle blocks; passing trouble passes.
fn failed(scene: &Scene<'_>) -> Option<String> {
    if let Some(ExecuteError::Kubernetes(KubernetesError::Forbidden(_) | KubernetesError::Invalid(_))) =
        scene.outcome().and_then(|outcome| outcome.error.as_ref())
    {
        return Some(Reason::KubernetesRefused.sentence().to_owned());
    }
    let error = scene.refused().or_else(|| scene.closed())?;
    let Verdict { stalled, message, reason: _ } = verdict(error);
    (stalled || error.kind() == ErrorKind::DependencyFirst).then_some(message)
}

fn obstacle(scene: &Scene<'_>) -> Option<String> {
    Some(match scene.wait()? {
        Wait::ConsumersGone { endpoints } => consumers(scene, endpoints),
        Wait::OwnershipRestored { service_id } => format!(
            "The service {service_id} no longer carries this object's tags, so it is not deleted; restore the tags, or set \
             deletionPolicy to Retain."
        ),
        Wait::DuplicateResolved { others } => format!(
            "More services carry this object's UID, and only one is this object's; delete them or remove their tags: {}.",
            words::list(others)
        ),
        Wait::BusinessStatus(status) => format!(
            "{} is {} by the provider; settle it with the provider.",
            words::service(scene.service_id()),
            words::lock(status)
        ),
        Wait::Sweep
        | Wait::Visible(_)
        | Wait::ServiceActive(_)
        | Wait::ServiceDeleted
        | Wait::AttachmentUnused { .. }
        | Wait::ConnectionsSettled
        | Wait::FormerServiceGone { .. }
        | Wait::Recreation { .. } => return None,
    })
}

fn consumers(scene: &Scene<'_>, endpoints: &[Consumer]) -> String {
    let refusals = scene.observed().map_or(&[][..], |observed| &observed.own.refusals);
    let codes: BTreeSet<&str> = refusals
        .iter()
        .filter(|refusal| refusal.kind == ErrorKind::DependencyFirst)
        .filter_map(|refusal| refusal.code.as_deref())
        .collect();
    let code = codes.first().map_or_else(String::new, |code| format!(" (the provider answers {code})"));
    if endpoints.is_empty() {
        return format!("The provider says that endpoints still use the service{code}, but its list shows none.");
    }
    format!("Consumers must leave first{code}: {}.", words::consumers(endpoints))
}

/// Only a look is waited for: what was said of this deletion still holds.
fn is_undecided(scene: &Scene<'_>) -> bool {
    let is_said = matches!(scene.reason(), Some(Reason::Deleting | Reason::DeletionBlocked)) && scene.is_described();
    let is_looking = matches!(scene.wait(), Some(Wait::Sweep)) || scene.plan().is_none();
    is_said && is_looking && !scene.has_written()
}

fn going_on(scene: &Scene<'_>) -> String {
    match scene.service_id() {
        Some(id) => format!("The service {id} is being dealt with; the object goes once that is proven done."),
        None => "The operator makes sure that no service of this object is left.".to_owned(),
    }
}
