//! What is said while the operator is at work and nothing stands in its way.

use privatelink::ServiceStatus;

use super::assessment::ConditionSet;
use super::drift::drift;
use super::inputs::Inputs;
use super::{messages, not_created, waits};
use crate::crd::{ConditionType, Reason};
use crate::vpc_endpoint_service::observe::{Service, ServiceView};

/// `Creating` until the service is what the first spec wants, `Updating` afterwards. One message for all of it, or a create would cost many
/// writes of status.
pub(super) fn at_work(inputs: &Inputs<'_>) -> ConditionSet {
    let awaited = inputs.wait().and_then(|wait| waits::waiting(inputs, wait).progress);
    awaited.unwrap_or_else(|| progress(inputs)).drifted(drift(inputs))
}

fn progress(inputs: &Inputs<'_>) -> ConditionSet {
    match inputs.service() {
        Some(_) if is_readable_again(inputs) => ConditionSet::reconciling(
            Reason::Pending,
            format!("{} can be read again; the operator is reading it.", messages::service(inputs.service_id())),
        )
        .unknown(),
        Some(service) if is_being_created(inputs, service) => ConditionSet::reconciling(
            Reason::Creating,
            format!("{} is being created.", messages::service(inputs.service_id())),
        ),
        Some(_) => ConditionSet::reconciling(
            Reason::Updating,
            format!("{} is being changed to fit the spec.", messages::service(inputs.service_id())),
        ),
        None => not_seen(inputs),
    }
}

/// Nobody could say whether it is ready, and nothing is known yet that would be to be done.
fn is_readable_again(inputs: &Inputs<'_>) -> bool {
    let is_unknown = inputs.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "Unknown");
    let is_idle = inputs.plan().is_none_or(|plan| plan.steps.is_empty() && plan.differences.is_empty());
    inputs.is_described() && is_unknown && is_idle && !inputs.has_written()
}

/// What a Create cannot carry (principals, bandwidth, more than ten attachments) is part of the making.
fn is_being_created(inputs: &Inputs<'_>, service: &Service) -> bool {
    let goes_on = inputs.is_described() && inputs.reason() == Some(Reason::Creating);
    service.status == ServiceStatus::Creating || inputs.created().is_some() || goes_on
}

/// There is no service to speak of.
fn not_seen(inputs: &Inputs<'_>) -> ConditionSet {
    if inputs.is_being_replaced() {
        let gone = messages::service(inputs.previous.service_id.as_deref());
        return ConditionSet::reconciling(
            Reason::Creating,
            format!("{gone} was deleted in the cloud; it is being recreated."),
        );
    }
    let view = inputs.observed().map(|observed| &observed.service);
    if let Some(ServiceView::Former(service) | ServiceView::ToAdopt(service)) = view {
        let message = format!("The service {} is being adopted.", service.id);
        return ConditionSet::reconciling(Reason::Updating, message);
    }
    let is_listed = inputs.observed().is_some_and(|observed| observed.service != ServiceView::NotYetListed);
    match (is_listed, inputs.previous.service_id.as_deref()) {
        (false, _) => {
            ConditionSet::reconciling(Reason::Pending, "The account's services have not been listed yet.").unknown()
        }
        (true, None) => ConditionSet::reconciling(Reason::Creating, not_created::message(inputs)),
        (true, Some(id)) => ConditionSet::reconciling(
            Reason::Updating,
            format!("The provider's lists do not show the service {id}; the operator lists again."),
        ),
    }
}
