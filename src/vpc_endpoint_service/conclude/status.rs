//! From an assessment to the whole status: what is known of the service, the conditions and the last refusal. When it is written is decided in
//! `pacing`.

mod facts;
mod fit;

pub(super) use facts::known_zones;
pub(super) use fit::MOST_CONNECTIONS;

use cloud_core::Error;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::assessment::{Assessment, ConditionSet, Truth};
use super::conditions::{condition, conditions, whole_second};
use super::inputs::Inputs;
use super::{connections, drift, export, shown};
use crate::cloud::errors::verdict;
use crate::cloud::services::Field;
use crate::crd::{ConditionType, Drift, LastError, Reason, VpcEndpointServiceStatus};
use crate::vpc_endpoint_service::plan::{Difference, Unapplied};

/// The status that is true now. `None`: nothing is to be written.
pub(super) fn status(inputs: &Inputs<'_>, assessment: &Assessment) -> Option<VpcEndpointServiceStatus> {
    let status = match assessment {
        Assessment::Silent => return None,
        Assessment::Keep => facts::facts(inputs),
        Assessment::Says(condition_set) => said(inputs, condition_set),
    };
    Some(fit::fit(with_export(inputs, with_pending(inputs, status))))
}

/// Who waits for a decision is told whatever is said of the rest, and kept as it was told where this reconcile did not get to know it.
fn with_pending(inputs: &Inputs<'_>, mut status: VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    let kind = ConditionType::ConnectionsPending;
    status.conditions.retain(|condition| condition.type_ != kind.as_str());
    let before = || inputs.condition(kind).filter(|_| inputs.deleting().is_none()).cloned();
    let pending = match inputs.plan() {
        Some(_) => connections::pending(inputs, &status).map(|why| condition(inputs, kind, Truth::True, &why)),
        None => before(),
    };
    status.conditions.extend(pending);
    status
}

/// Where the export stands is told whatever is said of the service, once something is.
fn with_export(inputs: &Inputs<'_>, mut status: VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    status.exported_config_maps = export::exported(inputs);
    let is_said = |condition: &&mut Condition| {
        condition.type_ == ConditionType::Ready.as_str() && condition.reason != Reason::Pending.as_str()
    };
    if let Some(ready) = status.conditions.iter_mut().find(is_said) {
        ready.message = export::with_sentence(inputs, &ready.message);
    }
    status
}

fn said(inputs: &Inputs<'_>, condition_set: &ConditionSet) -> VpcEndpointServiceStatus {
    let told = drift::told(inputs).filter(|_| condition_set.drifted.is_none());
    let told = told.map(|(drift, message)| (drift, condition_set.clone().drifted(Some(message))));
    let (drift, condition_set) = match &told {
        Some((drift, condition_set)) => (drift.clone(), condition_set),
        None => (drift(inputs, condition_set), condition_set),
    };
    let facts = VpcEndpointServiceStatus { drift, plan: shown::plan(inputs), ..facts::facts(inputs) };
    let conditions = conditions(inputs, condition_set, &left_out(inputs, &facts));
    let last_error = last_error(inputs, condition_set);
    VpcEndpointServiceStatus { observed_generation: Some(inputs.key.generation), last_error, conditions, ..facts }
}

/// What the lists of the status leave out. A list of attachments that nobody read again leaves out what it left out before.
fn left_out(inputs: &Inputs<'_>, status: &VpcEndpointServiceStatus) -> String {
    let before = || inputs.condition(ConditionType::Ready).and_then(|ready| fit::told(&ready.message));
    let is_unread = status.resources.len() == fit::MOST_RESOURCES && status.resources == inputs.previous.resources;
    let told = before().filter(|_| is_unread).unwrap_or_default();
    format!("{told}{}", fit::left_out(status))
}

/// The differences of this reconcile, or, while a repair is on its way, those that were said before.
fn drift(inputs: &Inputs<'_>, condition_set: &ConditionSet) -> Vec<Drift> {
    if condition_set.drifted.is_none() {
        return Vec::new();
    }
    let (differences, unapplied) =
        inputs.plan().map_or((&[][..], &[][..]), |plan| (&plan.differences, &plan.unapplied));
    if differences.is_empty() && unapplied.is_empty() && inputs.drifted().is_some() {
        return inputs.previous.drift.clone();
    }
    let differs = |field: &Field| differences.iter().any(|difference| difference.field == *field);
    let in_flight = unapplied.iter().filter(|unapplied| !differs(&unapplied.field));
    let in_flight = in_flight.map(|Unapplied { field, wanted, found, .. }| {
        Difference { field: field.clone(), wanted: wanted.clone(), found: found.clone() }.drift()
    });
    differences.iter().map(Difference::drift).chain(in_flight).collect()
}

/// The last refusal; one of before stays until something succeeds.
fn last_error(inputs: &Inputs<'_>, condition_set: &ConditionSet) -> Option<LastError> {
    refusal(inputs, condition_set).or_else(|| {
        // Other steps may go on while the refused one waits for its next try.
        let has_passed = inputs.outcome().is_some_and(|outcome| !outcome.tried.is_empty());
        let is_success = (inputs.has_written() || has_passed) && !inputs.has_unapplied()
            || *condition_set == ConditionSet::available(condition_set.because.message.clone());
        inputs.previous.last_error.clone().filter(|_| !is_success)
    })
}

fn refusal(inputs: &Inputs<'_>, condition_set: &ConditionSet) -> Option<LastError> {
    // While what was seen is fresh enough, a failed list is the inventory's trouble, not the object's.
    let unlisted = || {
        let observed = inputs.observed()?;
        let is_stale = observed.as_of.is_none() || inputs.fresh_for(observed).is_none();
        observed.list_error.as_ref().filter(|_| is_stale)
    };
    // One that something waits for is told of where the conditions speak of it, so that both say the same.
    let tells = |error: &Error| condition_set.because.message.ends_with(&inputs.verdict_of_list(error).message);
    let waits = || inputs.failing_list().filter(|error| tells(error));
    let unread = || {
        let is_told = |error: &&Error| condition_set.because.message.starts_with(&verdict(error).message);
        inputs.unreadable_load_balancer().filter(is_told)
    };
    let error = inputs.refused().or_else(|| inputs.set_aside()).or_else(|| inputs.unmoved());
    let error = error.or_else(unlisted).or_else(waits).or_else(unread)?;
    Some(fit::refusal(LastError {
        code: error.code().map(str::to_owned),
        message: error.message().map(str::to_owned),
        request_id: error.request_id().map(str::to_owned),
        time: Some(whole_second(inputs.now)),
    }))
}
