//! What is said while the operator is at work and nothing stands in its way.

use privatelink::ServiceStatus;

use super::drift::drift;
use super::picture::Picture;
use super::scene::Scene;
use super::{unmade, waits, words};
use crate::crd::{ConditionType, Reason};
use crate::vpc_endpoint_service::observe::{Service, ServiceView};

/// `Creating` until the service is what the first spec wants, `Updating` afterwards. One message for all of it, or a create would cost many
/// writes of status.
pub(super) fn at_work(scene: &Scene<'_>) -> Picture {
    let awaited = scene.wait().and_then(|wait| waits::waiting(scene, wait).progress);
    awaited.unwrap_or_else(|| progress(scene)).drifted(drift(scene))
}

fn progress(scene: &Scene<'_>) -> Picture {
    match scene.service() {
        Some(_) if is_in_sight_again(scene) => Picture::reconciling(
            Reason::Pending,
            format!("{} can be read again; the operator is reading it.", words::service(scene.service_id())),
        )
        .unknown(),
        Some(service) if is_being_made(scene, service) => {
            Picture::reconciling(Reason::Creating, format!("{} is being created.", words::service(scene.service_id())))
        }
        Some(_) => Picture::reconciling(
            Reason::Updating,
            format!("{} is being changed to fit the spec.", words::service(scene.service_id())),
        ),
        None => not_seen(scene),
    }
}

/// Nobody could say whether it is ready, and nothing is known yet that would be to be done.
fn is_in_sight_again(scene: &Scene<'_>) -> bool {
    let is_unknown = scene.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "Unknown");
    let is_idle = scene.plan().is_none_or(|plan| plan.steps.is_empty() && plan.differences.is_empty());
    scene.is_described() && is_unknown && is_idle && !scene.has_written()
}

/// What a Create cannot carry (principals, bandwidth, more than ten attachments) is part of the making.
fn is_being_made(scene: &Scene<'_>, service: &Service) -> bool {
    let goes_on = scene.is_described() && scene.reason() == Some(Reason::Creating);
    service.status == ServiceStatus::Creating || scene.created().is_some() || goes_on
}

/// There is no service to speak of.
fn not_seen(scene: &Scene<'_>) -> Picture {
    if scene.is_being_replaced() {
        let gone = words::service(scene.previous.service_id.as_deref());
        return Picture::reconciling(
            Reason::Creating,
            format!("{gone} was deleted in the cloud; it is being recreated."),
        );
    }
    if let Some(ServiceView::Former(service)) = scene.observed().map(|observed| &observed.service) {
        let message = format!("The service {} of an earlier object is being adopted.", service.id);
        return Picture::reconciling(Reason::Updating, message);
    }
    let is_swept = scene.observed().is_some_and(|observed| observed.service != ServiceView::NotYetSwept);
    match (is_swept, scene.previous.service_id.as_deref()) {
        (false, _) => {
            Picture::reconciling(Reason::Pending, "The account's services have not been listed yet.").unknown()
        }
        (true, None) => Picture::reconciling(Reason::Creating, unmade::message(scene)),
        (true, Some(id)) => Picture::reconciling(
            Reason::Updating,
            format!("The provider's lists do not show the service {id}; the operator lists again."),
        ),
    }
}
