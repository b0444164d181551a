//! What is said of a service that somebody else changed.

use privatelink::ServiceStatus;

use super::assessment::{Assessment, Because, ConditionSet, Trend};
use super::available::available;
use super::inputs::Inputs;
use super::{messages, unapplied};
use crate::cloud::services::Field;
use crate::crd::Reason;
use crate::vpc_endpoint_service::plan::Wait;

/// Somebody else changed the service, and it is being repaired. That leaves `Ready` alone for a while, because consumers are served; not so
/// where a load balancer is missing.
pub(super) fn drifting(inputs: &Inputs<'_>) -> Option<Assessment> {
    let is_active = inputs.seen().is_some_and(|service| service.status == ServiceStatus::Active);
    let is_moving = matches!(inputs.wait(), Some(Wait::ServiceActive(_)));
    if !inputs.is_drifting() || !is_active || is_moving {
        return None;
    }
    let message = drift(inputs)?;
    let is_new = || {
        inputs
            .drifted()
            .is_none_or(|(since, _)| inputs.left_by_status(since, inputs.timing.drift_grace_period).is_some())
    };
    let condition_set = if inputs.was_ready() && is_new() && !is_attachment_missing(inputs) {
        let trend = Trend::Reconciling(Because::new(Reason::Drifted, message.clone()));
        ConditionSet { trend, ..ConditionSet::available(available(inputs)) }
    } else {
        ConditionSet::reconciling(Reason::Drifted, message.clone())
    };
    Some(condition_set.drifted(Some(message)).into())
}

/// A wanted load balancer is not attached in a zone.
fn is_attachment_missing(inputs: &Inputs<'_>) -> bool {
    let differences = inputs.plan().map_or(&[][..], |plan| &plan.differences);
    differences.iter().any(|difference| matches!(difference.field, Field::Resource(_)) && difference.found.is_empty())
}

/// In what the cloud has drifted: the differences of this reconcile, or, while a repair is on its way, what was said of it.
pub(super) fn drift(inputs: &Inputs<'_>) -> Option<String> {
    let differences = inputs.plan().map_or(&[][..], |plan| &plan.differences);
    if differences.is_empty() || !inputs.is_drifting() {
        return inputs.drifted().map(|(_, message)| message.to_owned());
    }
    let repaired = differences.iter().find(|difference| !unapplied::is_unapplied(inputs, &difference.field));
    Some(match repaired {
        Some(first) => format!("{} was changed in the cloud; it is being corrected.", messages::path(&first.field)),
        None => format!("{} was changed in the cloud.", messages::path(&differences[0].field)),
    })
}
