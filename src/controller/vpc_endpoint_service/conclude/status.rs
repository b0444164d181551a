//! From a stance to the whole status: what is known of the service, the last refusal, and what may wait before it is written.

mod facts;

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::conditions::{conditions, whole_second};
use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::words::{clip, path};
use crate::controller::vpc_endpoint_service::plan::Difference;
use crate::crd::{Drift, LastError, VpcEndpointServiceStatus};

/// The most that `status.drift` holds.
const MOST_DRIFT: usize = 32;

/// The status to be written, and when to look again because a part of it was held back. `None` as status: nothing is to be written.
pub(super) fn status(scene: &Scene<'_>, stance: &Stance) -> (Option<VpcEndpointServiceStatus>, Option<Duration>) {
    let wanted = match stance {
        Stance::Silent => return (None, None),
        Stance::Keep => facts::facts(scene),
        Stance::Says(picture) => said(scene, picture),
    };
    let (status, held_back) = paced(scene, wanted);
    (Some(status), held_back)
}

fn said(scene: &Scene<'_>, picture: &Picture) -> VpcEndpointServiceStatus {
    let conditions = conditions(scene, picture);
    let last_error = last_error(scene, picture, conditions == scene.previous.conditions);
    VpcEndpointServiceStatus {
        observed_generation: Some(scene.key.generation),
        drift: drift(scene, picture),
        plan: Vec::new(),
        last_error,
        conditions,
        ..facts::facts(scene)
    }
}

fn drift(scene: &Scene<'_>, picture: &Picture) -> Vec<Drift> {
    let differences = scene.plan().filter(|_| picture.drifted.is_some()).map_or(&[][..], |plan| &plan.differences);
    differences.iter().take(MOST_DRIFT).map(difference).collect()
}

fn difference(Difference { field, wanted, found }: &Difference) -> Drift {
    let text = |text: &String| (!text.is_empty()).then(|| clip(text, 256));
    Drift { field: Some(path(field)), wanted: text(wanted), found: text(found) }
}

/// The last refusal. The same one again is not worth a write: its id and time stay those of the first.
fn last_error(scene: &Scene<'_>, picture: &Picture, is_unchanged: bool) -> Option<LastError> {
    let before = scene.previous.last_error.clone();
    let Some(error) = refusal(scene) else {
        let is_success = scene.has_written() || *picture == Picture::available(picture.because.message.clone());
        return before.filter(|_| !is_success);
    };
    match before {
        Some(before) if is_unchanged && (&before.code, &before.message) == (&error.code, &error.message) => {
            Some(before)
        }
        _ => Some(error),
    }
}

fn refusal(scene: &Scene<'_>) -> Option<LastError> {
    // While what was seen is fresh enough, a failed sweep is the inventory's trouble, not the object's.
    let unlisted = || {
        let observed = scene.observed()?;
        let is_out_of_sight = observed.as_of.is_none() || scene.trust(observed).is_none();
        observed.sweep_error.as_ref().filter(|_| is_out_of_sight)
    };
    let waits = || scene.failing_list().filter(|_| !scene.is_still_ready());
    let error = scene.refused().or_else(unlisted).or_else(waits)?;
    Some(LastError {
        code: error.code().map(|code| clip(code, 128)),
        message: error.message().map(|message| clip(message, 1024)),
        request_id: error.request_id().map(|id| clip(id, 64)),
        time: Some(whole_second(scene.now)),
    })
}

/// Holds back what is mere progress.
///
/// What people and tools act on is written at once: conditions, ids, drift, the last refusal. Progress goes along with that, and alone only
/// once everything in the status is at least [`Timing::progress_period`](crate::timing::Timing::progress_period) old, by the times that
/// stand in it (transitions of conditions, the last refusal). The status holds no time of its own last write: once things have come to
/// rest, progress is written when it is seen, which is at most once a sweep.
fn paced(scene: &Scene<'_>, wanted: VpcEndpointServiceStatus) -> (VpcEndpointServiceStatus, Option<Duration>) {
    let previous = scene.previous;
    if with_progress_of(previous, wanted.clone()) != *previous {
        return (wanted, None);
    }
    if !shows_progress(previous, &wanted) {
        return (previous.clone(), None);
    }
    match newest(previous).and_then(|Time(newest)| scene.left_by_status(*newest, scene.timing.progress_period)) {
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

/// Something moved that is worth a write of its own. The time of creation and the IP version only ever go along with others.
fn shows_progress(previous: &VpcEndpointServiceStatus, wanted: &VpcEndpointServiceStatus) -> bool {
    let VpcEndpointServiceStatus {
        service_status,
        service_business_status,
        zone_ids,
        resources,
        connections,
        connection_counts,
        ..
    } = wanted;
    (service_status, service_business_status) != (&previous.service_status, &previous.service_business_status)
        || (zone_ids, resources) != (&previous.zone_ids, &previous.resources)
        || (connections, connection_counts) != (&previous.connections, &previous.connection_counts)
}

/// The newest time that stands in a status.
fn newest(status: &VpcEndpointServiceStatus) -> Option<&Time> {
    let transitions = status.conditions.iter().map(|condition| &condition.last_transition_time);
    let refusal = status.last_error.as_ref().and_then(|error| error.time.as_ref());
    transitions.chain(refusal).max_by_key(|Time(moment)| *moment)
}

#[cfg(test)]
mod tests;
