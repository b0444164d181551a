//! When what is true is written to the status: at once, together with something else, or later. What is true is decided elsewhere.
//!
//! Every write costs the API server and whoever watches the object, so what nobody acts on waits a little.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::assessment::Assessment;
use super::connections::worth_a_write;
use super::inputs::Inputs;
use crate::crd::{LastError, Reason, VpcEndpointServiceStatus};

/// How long a new object may wait for its first look and its first permit before its status says so. Most need less; with it, a create costs
/// three writes to Kubernetes.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much later than others the status of an object may become stale, in parts of the time: so that not all are written at once.
const SPREAD: u32 = 5;

/// A new object has a moment in which nothing needs to be said of what it waits for.
pub(super) fn worth_saying(inputs: &Inputs<'_>, assessment: Assessment) -> Assessment {
    let is_progress = match &assessment {
        Assessment::Says(condition_set) => {
            matches!(condition_set.because.reason, Reason::Pending | Reason::Creating | Reason::Updating)
        }
        Assessment::Silent | Assessment::Keep => false,
    };
    if is_progress && !inputs.has_written() && patience(inputs).is_some() { Assessment::Keep } else { assessment }
}

/// How much longer a new object may wait without a word; `None`: it is none, or it has waited long enough.
pub(super) fn patience(inputs: &Inputs<'_>) -> Option<Duration> {
    let is_new = inputs.previous.service_id.is_none() && matches!(inputs.reason(), None | Some(Reason::Pending));
    let first_seen = inputs.observed().filter(|_| is_new && inputs.service().is_none())?.own.first_seen;
    inputs.left(first_seen, PATIENCE)
}

/// The time after which the status of an object is stale, a little longer for some objects than for others.
pub(super) fn spread(stale_after: Duration, uid: &str) -> Duration {
    let mut hasher = DefaultHasher::new();
    uid.hash(&mut hasher);
    let share = u32::try_from(hasher.finish() % 100).unwrap_or_default();
    stale_after.saturating_add(stale_after / SPREAD * share / 100)
}

/// The status to be written now, and when to look again because a part of it is held back.
///
/// What people and tools act on is written at once: conditions, ids, drift, the last refusal, who asks to be connected and who is. Progress goes along with that, and alone only
/// once everything in the status is at least [`Timing::progress_status_interval`](crate::timing::Timing::progress_status_interval) old, by the times that
/// stand in it (transitions of conditions, the last refusal). The status holds no time of its own last write: once things have come to
/// rest, progress is written when it is seen, which is at most once a resync period.
pub(super) fn paced(
    inputs: &Inputs<'_>,
    wanted: VpcEndpointServiceStatus,
) -> (VpcEndpointServiceStatus, Option<Duration>) {
    let previous = inputs.previous;
    let wanted = VpcEndpointServiceStatus { last_error: last_error(previous, &wanted), ..wanted };
    if with_progress_of(previous, wanted.clone()) != *previous {
        return (wanted, None);
    }
    if !shows_progress(previous, &wanted) {
        return (previous.clone(), None);
    }
    match newest(previous)
        .and_then(|Time(newest)| inputs.left_by_status(*newest, inputs.timing.progress_status_interval))
    {
        Some(left) => (previous.clone(), Some(left)),
        None => (wanted, None),
    }
}

/// The same refusal again is not worth a write: its id and time stay those of the first.
fn last_error(previous: &VpcEndpointServiceStatus, wanted: &VpcEndpointServiceStatus) -> Option<LastError> {
    let is_same = match (&previous.last_error, &wanted.last_error) {
        (Some(before), Some(now)) => (&before.code, &before.message) == (&now.code, &now.message),
        _ => false,
    };
    let status = if is_same && wanted.conditions == previous.conditions { previous } else { wanted };
    status.last_error.clone()
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
        connections,
        connection_counts,
        drift,
        plan,
        last_error,
        last_refresh_time,
        exported_config_maps,
        conditions,
    } = wanted;
    let are_connections_new = worth_a_write(&connections) != worth_a_write(&previous.connections);
    let (connections, connection_counts) = if are_connections_new {
        (connections, connection_counts)
    } else {
        (previous.connections.clone(), previous.connection_counts)
    };
    VpcEndpointServiceStatus {
        observed_generation,
        service_id,
        service_name,
        service_domain,
        region,
        account_id,
        incarnation,
        connections,
        connection_counts,
        drift,
        plan,
        last_error,
        last_refresh_time,
        exported_config_maps,
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
