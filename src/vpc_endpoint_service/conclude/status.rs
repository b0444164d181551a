//! From a stance to the whole status: what is known of the service, the conditions and the last refusal. When it is written is decided in
//! `pacing`.

mod facts;
mod fit;

use cloud_core::Error;

use super::conditions::{conditions, whole_second};
use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::words::path;
use crate::cloud::services::Field;
use crate::crd::{ConditionType, Drift, LastError, VpcEndpointServiceStatus};
use crate::vpc_endpoint_service::plan::{Difference, HeldBack};

/// The status that is true now. `None`: nothing is to be written.
pub(super) fn status(scene: &Scene<'_>, stance: &Stance) -> Option<VpcEndpointServiceStatus> {
    let status = match stance {
        Stance::Silent => return None,
        Stance::Keep => facts::facts(scene),
        Stance::Says(picture) => said(scene, picture),
    };
    Some(fit::fit(status))
}

fn said(scene: &Scene<'_>, picture: &Picture) -> VpcEndpointServiceStatus {
    let facts = VpcEndpointServiceStatus { drift: drift(scene, picture), plan: Vec::new(), ..facts::facts(scene) };
    let conditions = conditions(scene, picture, &left_out(scene, &facts));
    let last_error = last_error(scene, picture);
    VpcEndpointServiceStatus { observed_generation: Some(scene.key.generation), last_error, conditions, ..facts }
}

/// What the lists of the status leave out. A list of attachments that nobody read again leaves out what it left out before.
fn left_out(scene: &Scene<'_>, status: &VpcEndpointServiceStatus) -> String {
    let before = || scene.condition(ConditionType::Ready).and_then(|ready| fit::told(&ready.message));
    let is_unread = status.resources.len() == fit::MOST_RESOURCES && status.resources == scene.previous.resources;
    let told = before().filter(|_| is_unread).unwrap_or_default();
    format!("{told}{}", fit::left_out(status))
}

/// The differences of this pass, or, while a repair is on its way, those that were said before.
fn drift(scene: &Scene<'_>, picture: &Picture) -> Vec<Drift> {
    if picture.drifted.is_none() {
        return Vec::new();
    }
    let (differences, held) = scene.plan().map_or((&[][..], &[][..]), |plan| (&plan.differences, &plan.held_back));
    if differences.is_empty() && held.is_empty() && scene.drifted().is_some() {
        return scene.previous.drift.clone();
    }
    let differs = |field: &Field| differences.iter().any(|difference| difference.field == *field);
    let in_flight = held.iter().filter(|held| !differs(&held.field));
    let in_flight = in_flight.map(|HeldBack { field, wanted, found, .. }| shown(field, wanted, found));
    differences.iter().map(|Difference { field, wanted, found }| shown(field, wanted, found)).chain(in_flight).collect()
}

fn shown(field: &Field, wanted: &str, found: &str) -> Drift {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Drift { field: Some(path(field)), wanted: text(wanted), found: text(found) }
}

/// The last refusal; one of before stays until something succeeds.
fn last_error(scene: &Scene<'_>, picture: &Picture) -> Option<LastError> {
    refusal(scene, picture).or_else(|| {
        // Other steps may go on while the refused one waits for its next try.
        let is_success = scene.has_written() && !scene.is_held_back()
            || *picture == Picture::available(picture.because.message.clone());
        scene.previous.last_error.clone().filter(|_| !is_success)
    })
}

fn refusal(scene: &Scene<'_>, picture: &Picture) -> Option<LastError> {
    // While what was seen is fresh enough, a failed sweep is the inventory's trouble, not the object's.
    let unlisted = || {
        let observed = scene.observed()?;
        let is_out_of_sight = observed.as_of.is_none() || scene.trust(observed).is_none();
        observed.sweep_error.as_ref().filter(|_| is_out_of_sight)
    };
    // One that something waits for is told of where the conditions speak of it, so that both say the same.
    let tells = |error: &Error| picture.because.message.ends_with(&scene.verdict_of_list(error).message);
    let waits = || scene.failing_list().filter(|error| tells(error));
    let error = scene.refused().or_else(|| scene.set_aside()).or_else(unlisted).or_else(waits)?;
    Some(fit::refusal(LastError {
        code: error.code().map(str::to_owned),
        message: error.message().map(str::to_owned),
        request_id: error.request_id().map(str::to_owned),
        time: Some(whole_second(scene.now)),
    }))
}
