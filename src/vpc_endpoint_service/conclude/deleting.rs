//! What is said of an object that is being deleted: `Deleting`, or what blocks it.

use std::collections::BTreeSet;

use cloud_core::ErrorKind;

use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::{places, words};
use crate::cloud::errors::{Verdict, verdict};
use crate::crd::{DeletionPolicy, Reason, VpcEndpointServiceSpec};
use crate::identity::DefinitionUnknown;
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::plan::{Consumer, Wait};
use crate::vpc_endpoint_service::resolve::{OnDeletion, ResolveError, used_on_deletion};

pub(super) fn stance(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Stance {
    if !scene.is_held() {
        return Stance::Silent;
    }
    let blocked = unplaced(scene).or_else(|| stale(scene, spec)).or_else(|| failed(scene, spec));
    if let Some(message) = blocked.or_else(|| obstacle(scene, spec)) {
        return Picture::reconciling(Reason::DeletionBlocked, message).into();
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

fn stale(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    let observed = scene.observed()?;
    let verdict = scene.verdict_of_list(observed.list_error.as_ref()?);
    (verdict.stalled || scene.fresh_for(observed).is_none()).then(|| refusal(scene, spec, verdict))
}

/// Only what a person or a consumer must settle blocks; passing trouble passes.
fn failed(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    if let Some(ExecuteError::Kubernetes(error @ (KubernetesError::Forbidden(_) | KubernetesError::Invalid(_)))) =
        scene.outcome().and_then(|outcome| outcome.error.as_ref())
    {
        return Some(words::refused_write(error));
    }
    let error = scene.refused().or_else(|| scene.tripped())?;
    let verdict = verdict(error);
    (verdict.stalled || error.kind() == ErrorKind::DependencyFirst).then(|| refusal(scene, spec, verdict))
}

fn obstacle(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    Some(match scene.wait()? {
        Wait::ConsumersGone { endpoints } => consumers(scene, spec, endpoints),
        Wait::DefinitionKnown(why) => definition_unknown(why),
        Wait::FieldHolds { field } => field_holds(scene, field),
        Wait::OwnershipRestored { service_id } => format!(
            "The service {service_id} no longer carries this object's tags, so it is not deleted; restore the tags, or set \
             spec.deletionPolicy to Retain."
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
        Wait::List
        | Wait::Visible(_)
        | Wait::ServiceActive(_)
        | Wait::ServiceDeleted
        | Wait::AttachmentUnused { .. }
        | Wait::ConnectionsSettled
        | Wait::FormerServiceGone { .. }
        | Wait::Recreation { .. } => return None,
    })
}

fn consumers(scene: &Scene<'_>, spec: &VpcEndpointServiceSpec, endpoints: &[Consumer]) -> String {
    let refusals = scene.observed().map_or(&[][..], |observed| &observed.own.refusals);
    let codes: BTreeSet<&str> = refusals
        .iter()
        .filter(|refusal| refusal.kind == ErrorKind::DependencyFirst)
        .filter_map(|refusal| refusal.code.as_deref())
        .collect();
    let code = codes.first().map_or_else(String::new, |code| format!(" (the provider answers {code})"));
    let remedy = remedy(spec);
    if endpoints.is_empty() {
        return format!(
            "Deletion blocked: the provider reports connected endpoints{code}, but its list shows none. {remedy}"
        );
    }
    let count = words::connected(endpoints.len());
    format!("Deletion blocked by {count}{code}: {}. {remedy}", words::consumers(endpoints))
}

fn remedy(spec: &VpcEndpointServiceSpec) -> String {
    const LET_GO: &str = "Have their owners delete the endpoints, disconnect them in the provider's console, or set spec.deletionPolicy to \
                          Retain.";
    let unheard: Vec<_> = used_on_deletion(spec, OnDeletion::Named).collect();
    match unheard.as_slice() {
        [] => LET_GO.to_owned(),
        fields => {
            format!("Nobody is disconnected, because this version does not act on {}. {LET_GO}", fields.join(" and "))
        }
    }
}

fn definition_unknown(why: &DefinitionUnknown) -> String {
    const NEEDED: &str = "Nothing is written to the cloud until the operator knows whether this object or its whole kind is being deleted.";
    match why {
        DefinitionUnknown::Refused(sentence) => format!(
            "{NEEDED} The API server refuses the read: {}. Grant the operator get on \
             customresourcedefinitions/vpcendpointservices.privatelink.alibabacloud.com, as config/rbac does; then the operator continues by itself.",
            words::clip(sentence, 512)
        ),
        DefinitionUnknown::Missing => format!(
            "{NEEDED} The API server says that there is no CustomResourceDefinition vpcendpointservices.privatelink.alibabacloud.com; \
             install it again, or remove the finalizer by hand."
        ),
        DefinitionUnknown::Unanswered => {
            format!("{NEEDED} The API server gave no valid response; the operator retries by itself.")
        }
    }
}

fn field_holds(scene: &Scene<'_>, field: &str) -> String {
    let service = words::service(scene.service_id());
    match field {
        "spec.suspend" => format!(
            "spec.suspend is true, so nothing is written to the cloud and {} stays as it is; set spec.suspend to false to continue the deletion.",
            words::lower(&service)
        ),
        _ => format!(
            "{field} is not acted on in this version, so {} is not deleted with credentials that the spec does not name; set {field} back to \
             default, or set spec.deletionPolicy to Retain.",
            words::lower(&service)
        ),
    }
}

/// Only a look is waited for: what was said of this deletion still holds.
fn is_undecided(scene: &Scene<'_>) -> bool {
    let is_said = matches!(scene.reason(), Some(Reason::Deleting | Reason::DeletionBlocked)) && scene.is_described();
    let is_looking = matches!(scene.wait(), Some(Wait::List)) || scene.plan().is_none();
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
