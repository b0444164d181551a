//! From a stance to the whole status: what is known of the service, the last refusal, and what may wait before it is written.

mod facts;
mod fit;

use std::time::Duration;

use cloud_core::Error;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::conditions::{conditions, whole_second};
use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::words::path;
use crate::cloud::services::Field;
use crate::crd::{ConditionType, Drift, LastError, VpcEndpointServiceStatus};
use crate::vpc_endpoint_service::plan::{Difference, HeldBack};

/// The status to be written, and when to look again because a part of it was held back. `None` as status: nothing is to be written.
pub(super) fn status(scene: &Scene<'_>, stance: &Stance) -> (Option<VpcEndpointServiceStatus>, Option<Duration>) {
    let wanted = match stance {
        Stance::Silent => return (None, None),
        Stance::Keep => facts::facts(scene),
        Stance::Says(picture) => said(scene, picture),
    };
    let (status, held_back) = paced(scene, fit::fit(wanted));
    (Some(status), held_back)
}

fn said(scene: &Scene<'_>, picture: &Picture) -> VpcEndpointServiceStatus {
    let facts = VpcEndpointServiceStatus { drift: drift(scene, picture), plan: Vec::new(), ..facts::facts(scene) };
    let conditions = conditions(scene, picture, &left_out(scene, &facts));
    let last_error = last_error(scene, picture, conditions == scene.previous.conditions);
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

/// The last refusal. The same one again is not worth a write: its id and time stay those of the first.
fn last_error(scene: &Scene<'_>, picture: &Picture, is_unchanged: bool) -> Option<LastError> {
    let before = scene.previous.last_error.clone();
    let Some(error) = refusal(scene, picture) else {
        // Other steps may go on while the refused one waits for its next try.
        let is_success = scene.has_written() && !scene.is_held_back()
            || *picture == Picture::available(picture.because.message.clone());
        return before.filter(|_| !is_success);
    };
    match before {
        Some(before) if is_unchanged && (&before.code, &before.message) == (&error.code, &error.message) => {
            Some(before)
        }
        _ => Some(error),
    }
}

fn refusal(scene: &Scene<'_>, picture: &Picture) -> Option<LastError> {
    // While what was seen is fresh enough, a failed list is the inventory's trouble, not the object's.
    let unlisted = || {
        let observed = scene.observed()?;
        let is_stale = observed.as_of.is_none() || scene.fresh_for(observed).is_none();
        observed.list_error.as_ref().filter(|_| is_stale)
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

/// Holds back what is mere progress.
///
/// What people and tools act on is written at once: conditions, ids, drift, the last refusal. Progress goes along with that, and alone only
/// once everything in the status is at least [`Timing::progress_status_interval`](crate::timing::Timing::progress_status_interval) old, by the times that
/// stand in it (transitions of conditions, the last refusal). The status holds no time of its own last write: once things have come to
/// rest, progress is written when it is seen, which is at most once a list.
fn paced(scene: &Scene<'_>, wanted: VpcEndpointServiceStatus) -> (VpcEndpointServiceStatus, Option<Duration>) {
    let previous = scene.previous;
    if with_progress_of(previous, wanted.clone()) != *previous {
        return (wanted, None);
    }
    if !shows_progress(previous, &wanted) {
        return (previous.clone(), None);
    }
    match newest(previous).and_then(|Time(newest)| scene.left_by_status(*newest, scene.timing.progress_status_interval))
    {
        Some(left) => (previous.clone(), Some(left)),
        None => (wanted, None),
    }
}

/// The wanted status with all that is not worth a write at once as it was before.
fn with_progress_of(previous: &VpcEndpointServiceStatus, wanted: VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    // Field by field, so that a new one must be thought about.
    let VpcEndpointServiceStatus {
        observed_generation,
        service_id,
        service_name,
        service_domain,
        service_status: _,
        service_business_status: _,
        create_time: _,
        address_ip_version: _,
        region,
        account_id,
        zone_ids: _,
        incarnation,
        resources: _,
        connections: _,
        connection_counts: _,
        drift,
        plan,
        last_error,
        last_refresh_time,
        conditions,
    } = wanted;
    VpcEndpointServiceStatus {
        observed_generation,
        service_id,
        service_name,
        service_domain,
        region,
        account_id,
        incarnation,
        drift,
        plan,
        last_error,
        last_refresh_time,
        conditions,
        ..previous.clone()
    }
}

/// Something moved that is worth a write of its own. The time of creation and the IP version go along with others, unless what stands there is
/// not so: somebody else wrote it.
fn shows_progress(previous: &VpcEndpointServiceStatus, wanted: &VpcEndpointServiceStatus) -> bool {
    let VpcEndpointServiceStatus {
        service_status,
        service_business_status,
        create_time,
        address_ip_version,
        zone_ids,
        resources,
        connections,
        connection_counts,
        ..
    } = wanted;
    let is_wrong = |shown: &Option<String>, right: &Option<String>| shown.is_some() && shown != right;
    (service_status, service_business_status) != (&previous.service_status, &previous.service_business_status)
        || (zone_ids, resources) != (&previous.zone_ids, &previous.resources)
        || (connections, connection_counts) != (&previous.connections, &previous.connection_counts)
        || is_wrong(&previous.create_time, create_time)
        || is_wrong(&previous.address_ip_version, address_ip_version)
}

/// The newest time that stands in a status.
fn newest(status: &VpcEndpointServiceStatus) -> Option<&Time> {
    let transitions = status.conditions.iter().map(|condition| &condition.last_transition_time);
    let refusal = status.last_error.as_ref().and_then(|error| error.time.as_ref());
    transitions.chain(refusal).max_by_key(|Time(moment)| *moment)
}

#[cfg(test)]
mod tests;
