//! What is said of an object that is being deleted: `Deleting`, or what blocks it.

use cloud_core::ErrorKind;

use super::assessment::{Assessment, ConditionSet};
use super::inputs::Inputs;
use super::{messages, target_errors, waits};
use crate::cloud::errors::{Verdict, verdict};
use crate::crd::{DeletionPolicy, Reason, VpcEndpointServiceSpec};
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::execute::ExecuteError;
use crate::vpc_endpoint_service::plan::Wait;
use crate::vpc_endpoint_service::resolve::ResolveError;

pub(super) fn assess(inputs: &Inputs<'_>, spec: &VpcEndpointServiceSpec) -> Assessment {
    if !inputs.has_finalizer() {
        return Assessment::Silent;
    }
    let blocked = target_error(inputs).or_else(|| stale(inputs, spec)).or_else(|| failed(inputs, spec));
    if let Some(message) = blocked {
        return ConditionSet::reconciling(Reason::DeletionBlocked, message).into();
    }
    if let Some(obstacle) = inputs.wait().and_then(|wait| waits::waiting(inputs, wait).obstacle) {
        return obstacle.into();
    }
    if let Some(error) = inputs.failing_list() {
        let message = format!("The deletion waits for a list that fails. {}", inputs.verdict_of_list(error).message);
        return ConditionSet::reconciling(Reason::Deleting, message).into();
    }
    if is_undecided(inputs) {
        return Assessment::Keep;
    }
    ConditionSet::reconciling(Reason::Deleting, going_on(inputs, spec)).into()
}

/// Under `Delete` nothing is done for an object whose account or region cannot be worked in. Under `Retain` it waits for STS alone.
fn target_error(inputs: &Inputs<'_>) -> Option<String> {
    Some(match inputs.resolve_error()? {
        ResolveError::AccountUnknown(error) => {
            let Verdict { stalled, message, reason: _ } = verdict(error);
            if stalled { format!("{message}. {}", target_errors::retain(inputs)) } else { message }
        }
        error => target_errors::message(inputs, error),
    })
}

/// The provider's refusal, and what lets the object go all the same where only a person can help.
fn refusal(
    inputs: &Inputs<'_>,
    spec: &VpcEndpointServiceSpec,
    Verdict { stalled, message, reason: _ }: Verdict,
) -> String {
    let is_deleted = spec.effective_deletion_policy() == DeletionPolicy::Delete;
    if stalled && is_deleted { format!("{message}. {}", target_errors::retain(inputs)) } else { message }
}

fn stale(inputs: &Inputs<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    let observed = inputs.observed()?;
    let verdict = inputs.verdict_of_list(observed.list_error.as_ref()?);
    (verdict.stalled || inputs.fresh_for(observed).is_none()).then(|| refusal(inputs, spec, verdict))
}

/// Only what a person or a consumer must settle blocks; passing trouble passes.
fn failed(inputs: &Inputs<'_>, spec: &VpcEndpointServiceSpec) -> Option<String> {
    if let Some(ExecuteError::Kubernetes(error @ (KubernetesError::Forbidden(_) | KubernetesError::Invalid(_)))) =
        inputs.outcome().and_then(|outcome| outcome.error.as_ref())
    {
        return Some(messages::refused_write(error));
    }
    let error = inputs.refused().or_else(|| inputs.tripped())?;
    let verdict = verdict(error);
    (verdict.stalled || error.kind() == ErrorKind::DependencyFirst).then(|| refusal(inputs, spec, verdict))
}

/// Only a look is waited for: what was said of this deletion still holds.
fn is_undecided(inputs: &Inputs<'_>) -> bool {
    let is_said = matches!(inputs.reason(), Some(Reason::Deleting | Reason::DeletionBlocked)) && inputs.is_described();
    let is_looking = matches!(inputs.wait(), Some(Wait::List)) || inputs.plan().is_none();
    is_said && is_looking && !inputs.has_written()
}

fn going_on(inputs: &Inputs<'_>, spec: &VpcEndpointServiceSpec) -> String {
    let is_retained = spec.effective_deletion_policy() == DeletionPolicy::Retain;
    match inputs.service_id() {
        Some(id) if is_retained => format!(
            "Removing the operator's tags from endpoint service {id}; the finalizer is removed when the provider confirms it."
        ),
        Some(id) => format!("Deleting endpoint service {id}; the finalizer is removed when the provider confirms it."),
        None => "Checking that no endpoint service of this object is left; then the finalizer is removed.".to_owned(),
    }
}
