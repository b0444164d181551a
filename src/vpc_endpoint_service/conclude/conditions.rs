//! From an assessment to the conditions of the status.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::assessment::{Because, ConditionSet, Trend, Truth};
use super::inputs::Inputs;
use crate::crd::{ConditionType, Reason};

/// The conditions that a set of them means: `Ready` always, the others while they are true. What the lists of the status leave out is told at the
/// end of the message of `Ready`.
pub(super) fn conditions(inputs: &Inputs<'_>, condition_set: &ConditionSet, left_out: &str) -> Vec<Condition> {
    let ConditionSet { ready, because, trend, drifted } = condition_set;
    let (reconciling, stalled) = match trend {
        Trend::AtRest => (None, None),
        Trend::Reconciling(because) => (Some(because), None),
        Trend::Stalled(because) => (None, Some(because)),
    };
    let because = &Because::new(because.reason, format!("{}{left_out}", because.message));
    let drifted = drifted.as_ref().map(|message| Because::new(Reason::Drifted, message.as_str()));
    let abnormal = [
        (ConditionType::Reconciling, reconciling),
        (ConditionType::Stalled, stalled),
        (ConditionType::Drifted, drifted.as_ref()),
    ];
    let abnormal = abnormal.into_iter().filter_map(|(kind, because)| Some((kind, Truth::True, because?)));
    [(ConditionType::Ready, *ready, because)]
        .into_iter()
        .chain(abnormal)
        .map(|(kind, truth, because)| condition(inputs, kind, truth, because))
        .collect()
}

/// The time moves only when the status does.
pub(super) fn condition(inputs: &Inputs<'_>, kind: ConditionType, truth: Truth, because: &Because) -> Condition {
    let since = inputs.condition(kind).filter(|before| before.status == truth.as_str());
    Condition {
        type_: kind.as_str().to_owned(),
        status: truth.as_str().to_owned(),
        reason: because.reason.as_str().to_owned(),
        message: because.message.clone(),
        observed_generation: Some(inputs.key.generation),
        last_transition_time: since
            .map_or_else(|| whole_second(inputs.now), |before| before.last_transition_time.clone()),
    }
}

/// Kubernetes keeps whole seconds; with a fraction the stored status would never equal the wanted one.
pub(super) fn whole_second(moment: Timestamp) -> Time {
    Time(Timestamp::from_second(moment.as_second()).unwrap_or(moment))
}
