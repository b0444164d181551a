//! What is said of a service that somebody else changed.

use privatelink::ServiceStatus;

use super::picture::{Because, Picture, Stance, Trend};
use super::scene::Scene;
use super::{held, words};
use crate::cloud::services::Field;
use crate::crd::Reason;
use crate::vpc_endpoint_service::plan::Wait;

/// Somebody else changed the service, and it is being repaired. That leaves `Ready` alone for a while, because consumers are served; not so
/// where a load balancer is missing.
pub(super) fn drifting(scene: &Scene<'_>) -> Option<Stance> {
    let is_active = scene.seen().is_some_and(|service| service.status == ServiceStatus::Active);
    let is_moving = matches!(scene.wait(), Some(Wait::ServiceActive(_)));
    if !scene.is_drifting() || !is_active || is_moving {
        return None;
    }
    let message = drift(scene)?;
    let is_new = || {
        scene.drifted().is_none_or(|(since, _)| scene.left_by_status(since, scene.timing.drift_grace_period).is_some())
    };
    let picture = if scene.was_ready() && is_new() && !is_attachment_missing(scene) {
        let trend = Trend::Reconciling(Because::new(Reason::Drifted, message.clone()));
        Picture { trend, ..Picture::available(words::available(scene.service_id())) }
    } else {
        Picture::reconciling(Reason::Drifted, message.clone())
    };
    Some(picture.drifted(Some(message)).into())
}

/// A wanted load balancer is not attached in a zone.
fn is_attachment_missing(scene: &Scene<'_>) -> bool {
    let differences = scene.plan().map_or(&[][..], |plan| &plan.differences);
    differences.iter().any(|difference| matches!(difference.field, Field::Resource(_)) && difference.found.is_empty())
}

/// In what the cloud has drifted: the differences of this pass, or, while a repair is on its way, what was said of it.
pub(super) fn drift(scene: &Scene<'_>) -> Option<String> {
    let differences = scene.plan().map_or(&[][..], |plan| &plan.differences);
    if differences.is_empty() || !scene.is_drifting() {
        return scene.drifted().map(|(_, message)| message.to_owned());
    }
    let repaired = differences.iter().find(|difference| !held::is_held(scene, &difference.field));
    Some(match repaired {
        Some(first) => format!("{} was changed in the cloud; it is being corrected.", words::path(&first.field)),
        None => format!("{} was changed in the cloud.", words::path(&differences[0].field)),
    })
}
