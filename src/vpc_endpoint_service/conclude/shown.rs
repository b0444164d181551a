//! What is said of an object whose plan is only shown: it is suspended.

use super::assessment::{Assessment, Because, ConditionSet, Trend};
use super::inputs::Inputs;
use super::{messages, waits};
use crate::crd::Reason;
use crate::vpc_endpoint_service::plan::{Plan, Wait};

/// While an object is suspended, nobody is at work on it: what differs is told, and nothing is waited for.
///
/// `Ready` stays True from before while the service is Active, whatever differs since. A spec that is not in force never was Ready.
pub(super) fn assess(inputs: &Inputs<'_>) -> Option<Assessment> {
    let plan = inputs.plan().filter(|_| inputs.is_suspended())?;
    if is_obstacle(inputs, plan) || inputs.failing_list().is_some() {
        return None;
    }
    if !is_seen(plan) {
        return Some(Assessment::Keep);
    }
    if !differs(plan) && inputs.is_active() {
        // As it is to be, or with a wait for nothing but a list.
        return None;
    }
    Some(if inputs.is_still_ready() { left_alone(inputs, plan) } else { suspended(plan) }.into())
}

/// Only a person can end the wait, and nothing of it is the operator's work: it is told as for any other object.
fn is_obstacle(inputs: &Inputs<'_>, plan: &Plan) -> bool {
    match &plan.wait {
        // Whose attachments are in use is no matter while none is detached.
        None | Some(Wait::AttachmentUnused { .. }) => false,
        Some(wait) => waits::waiting(inputs, wait).obstacle.is_some(),
    }
}

/// Everything that the plan rests on was looked at.
fn is_seen(plan: &Plan) -> bool {
    plan.look.is_none() || !plan.steps.is_empty()
}

fn differs(plan: &Plan) -> bool {
    !plan.steps.is_empty() || !plan.differences.is_empty() || !plan.unapplied.is_empty()
}

/// What was Ready stays so, and says what somebody changed.
fn left_alone(inputs: &Inputs<'_>, plan: &Plan) -> ConditionSet {
    let fields: Vec<_> = plan.differences.iter().map(|difference| messages::path(&difference.field)).collect();
    let drifted = (!fields.is_empty()).then(|| {
        format!(
            "{} was changed in the cloud; it is not corrected, because spec.suspend is true.",
            messages::list(&fields)
        )
    });
    ConditionSet::available(messages::available(inputs.service_id())).drifted(drifted)
}

fn suspended(plan: &Plan) -> ConditionSet {
    let outstanding = match plan.operations().as_slice() {
        [] => String::new(),
        operations => format!(" Outstanding: {}.", operations.join(", ")),
    };
    let message = format!(
        "spec.suspend is true, so nothing is written to the cloud.{outstanding} Set spec.suspend to false to have the spec applied."
    );
    let because = Because::new(Reason::Suspended, message);
    ConditionSet { trend: Trend::AtRest, ..ConditionSet::reconciling(because.reason, because.message) }
}
