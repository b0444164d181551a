//! What is said of a service that somebody else changed.

use privatelink::ServiceStatus;

use super::assessment::{Assessment, Because, ConditionSet, Trend};
use super::available::available;
use super::inputs::Inputs;
use super::{messages, unapplied};
use crate::cloud::services::Field;
use crate::crd::{ConditionType, Drift, Reason};
use crate::vpc_endpoint_service::observe::Service;
use crate::vpc_endpoint_service::plan::{Difference, Part, Wait};

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

/// What of the cloud is only told, and the sentence for the condition `Drifted`: the drift of this reconcile, and what was told before of parts that
/// nobody has looked at since. An edit must still know of it, so a reconcile that got no plan keeps all of it.
pub(super) fn told(inputs: &Inputs<'_>) -> Option<(Vec<Drift>, String)> {
    let before = &inputs.previous.drift;
    if inputs.plan().is_none() {
        let drifted = inputs.condition(ConditionType::Drifted)?;
        return Some((before.clone(), drifted.message.clone()));
    }
    let reported = inputs.reported()?.iter().map(Difference::drift);
    let is_unseen = |drift: &&Drift| drift.field.as_deref().is_none_or(|path| !is_compared(inputs, path));
    let told: Vec<Drift> = reported.chain(before.iter().filter(is_unseen).cloned()).collect();
    let fields: Vec<_> = told.iter().filter_map(|drift| drift.field.clone()).collect();
    if fields.is_empty() {
        return None;
    }
    let fields = messages::list(&fields);
    Some((told, format!("Changed in the cloud: {fields}. It is not corrected, because spec.driftPolicy is Report.")))
}

/// This reconcile knows whether the cloud differs in this field.
fn is_compared(inputs: &Inputs<'_>, path: &str) -> bool {
    let parts = [
        ("spec.resources[", Part::Resources),
        ("spec.resources[", Part::Zones),
        ("spec.allowedPrincipals[", Part::Principals),
        ("spec.connections[", Part::Connections),
    ];
    let is_unknown = |part: Part| inputs.plan().is_some_and(|plan| plan.unknown.contains(&part));
    let is_any_unknown = parts.into_iter().any(|(start, part)| path.starts_with(start) && is_unknown(part));
    let is_left_out = |service: &Service| path.starts_with("spec.supportedRegions[") && service.regions.is_none();
    inputs.seen().is_some_and(|service| !is_left_out(service)) && !is_any_unknown
}

/// A wanted load balancer is not attached in a zone.
fn is_attachment_missing(inputs: &Inputs<'_>) -> bool {
    let differences = inputs.plan().map_or(&[][..], |plan| &plan.differences);
    differences.iter().any(|difference| matches!(difference.field, Field::Resource(_)) && difference.found.is_empty())
}

/// In what the cloud has drifted: the differences of this reconcile, or, while a repair is on its way, what was said of it.
pub(super) fn drift(inputs: &Inputs<'_>) -> Option<String> {
    if inputs.reported().is_some() {
        // Said of every status alike, see `told`.
        return None;
    }
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
