//! Everything in a status is cut to the bounds of its schema, here and nowhere else: one entry too many, and the API server refuses every
//! later write of the whole status.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::crd::{
    AttachmentState, ConnectionCounts, ConnectionStatus, Drift, LastError, ResourceStatus, VpcEndpointServiceStatus,
};
use crate::vpc_endpoint_service::conclude::connections::is_held;
use crate::vpc_endpoint_service::conclude::messages::clip;

/// The most entries of each list. A test compares every bound of this file with the generated schema.
pub(super) const MOST_RESOURCES: usize = 500;
const MOST_ZONES: usize = 50;
pub(in super::super) const MOST_CONNECTIONS: usize = 50;
const MOST_DRIFT: usize = 32;
const MOST_PLAN: usize = 64;
const MOST_CONDITIONS: usize = 8;
const MOST_EXPORTED: usize = 8;

/// How the sentence on attachments begins.
const RESOURCES_LEFT_OUT: &str = " status.resources lists ";

/// Far below the 32,768 characters that the schema allows: a message is read in a terminal.
const MESSAGE_LENGTH: usize = 2048;

/// The status as the API server accepts it.
pub(super) fn fit(status: VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    let VpcEndpointServiceStatus {
        observed_generation,
        service_id,
        service_name,
        service_domain,
        service_status,
        service_business_status,
        create_time,
        address_ip_version,
        region,
        account_id,
        zone_ids,
        incarnation,
        resources,
        connections,
        connection_counts,
        drift,
        plan,
        last_error,
        last_refresh_time,
        exported_config_maps,
        conditions,
    } = status;
    VpcEndpointServiceStatus {
        observed_generation: observed_generation.map(|generation| generation.max(0)),
        service_id: text(service_id, 64),
        service_name: text(service_name, 256),
        service_domain: text(service_domain, 256),
        service_status: text(service_status, 32),
        service_business_status: text(service_business_status, 32),
        create_time: text(create_time, 32),
        address_ip_version: text(address_ip_version, 16),
        region: text(region, 32),
        account_id: text(account_id, 19),
        zone_ids: zone_ids.into_iter().take(MOST_ZONES).map(|zone| clip(&zone, 40)).collect(),
        incarnation: incarnation.map(signed),
        resources: first_resources(resources).into_iter().map(resource).collect(),
        connections: first_connections(connections).into_iter().map(connection).collect(),
        connection_counts: connection_counts.map(counts),
        drift: drift.into_iter().take(MOST_DRIFT).map(difference).collect(),
        plan: plan.into_iter().take(MOST_PLAN).map(|line| clip(&line, 256)).collect(),
        last_error: last_error.map(refusal),
        last_refresh_time,
        exported_config_maps: exported_config_maps
            .into_iter()
            .take(MOST_EXPORTED)
            .map(|name| clip(&name, 253))
            .collect(),
        conditions: conditions.into_iter().take(MOST_CONDITIONS).map(condition).collect(),
    }
}

/// What the lists of a status will have to leave out, as a sentence; empty: nothing. Connections are counted in a field of their own.
pub(super) fn left_out(status: &VpcEndpointServiceStatus) -> String {
    let lists = [
        ("status.resources", status.resources.len(), MOST_RESOURCES),
        ("status.zoneIds", status.zone_ids.len(), MOST_ZONES),
        ("status.drift", status.drift.len(), MOST_DRIFT),
        ("status.plan", status.plan.len(), MOST_PLAN),
    ];
    let cut = lists.into_iter().filter(|(_, count, most)| count > most);
    let sentences = cut.map(|(list, count, most)| format!(" {list} lists {most} of {count}."));
    sentences.collect()
}

/// The sentence on attachments in a message that ends with what was left out.
pub(super) fn told(message: &str) -> Option<&str> {
    let begin = message.find(RESOURCES_LEFT_OUT)?;
    let end = message[begin..].find(". ").map_or(message.len(), |end| begin + end + 1);
    Some(&message[begin..end])
}

/// Where not all have room, those that are on their way are the ones that a person looks for.
fn first_resources(mut resources: Vec<ResourceStatus>) -> Vec<ResourceStatus> {
    if resources.len() <= MOST_RESOURCES {
        return resources;
    }
    resources.sort_by_key(|resource| resource.state == Some(AttachmentState::Attached));
    resources.truncate(MOST_RESOURCES);
    resources.sort_by(|a, b| (&a.resource_id, &a.zone_id).cmp(&(&b.resource_id, &b.zone_id)));
    resources
}

/// Where not all have room, those that wait for a person and those that are on their way come first, then those that are connected.
fn first_connections(mut connections: Vec<ConnectionStatus>) -> Vec<ConnectionStatus> {
    if connections.len() <= MOST_CONNECTIONS {
        return connections;
    }
    let rank = |entry: &ConnectionStatus| match entry.status.as_deref() {
        Some("Connected") => 1,
        Some("Disconnected") if !is_held(entry) => 2,
        _ => 0,
    };
    connections.sort_by_cached_key(|entry| (rank(entry), entry.endpoint_id.clone()));
    connections.truncate(MOST_CONNECTIONS);
    connections.sort_by(|a, b| a.endpoint_id.cmp(&b.endpoint_id));
    connections
}

fn resource(resource: ResourceStatus) -> ResourceStatus {
    let ResourceStatus { resource_id, zone_id, state, related_endpoint_count, related_deprecated_endpoint_count, from } =
        resource;
    ResourceStatus {
        resource_id: text(resource_id, 64),
        zone_id: text(zone_id, 40),
        state,
        related_endpoint_count: related_endpoint_count.map(|count| count.max(0)),
        related_deprecated_endpoint_count: related_deprecated_endpoint_count.map(|count| count.max(0)),
        from: text(from, 63),
    }
}

fn connection(connection: ConnectionStatus) -> ConnectionStatus {
    let ConnectionStatus { endpoint_id, account_id, vpc_id, status, decision, bandwidth_mbps } = connection;
    ConnectionStatus {
        endpoint_id: text(endpoint_id, 64),
        account_id: text(account_id, 19),
        vpc_id: text(vpc_id, 64),
        status: text(status, 32),
        decision,
        bandwidth_mbps,
    }
}

fn counts(counts: ConnectionCounts) -> ConnectionCounts {
    let ConnectionCounts { connected, held, rejected, in_transition } = counts;
    ConnectionCounts {
        connected: connected.map(signed),
        held: held.map(signed),
        rejected: rejected.map(signed),
        in_transition: in_transition.map(signed),
    }
}

fn difference(drift: Drift) -> Drift {
    let Drift { field, wanted, found } = drift;
    Drift { field: text(field, 128), wanted: text(wanted, 256), found: text(found, 256) }
}

/// The same refusal again must look the same, so it is cut before it is compared.
pub(super) fn refusal(error: LastError) -> LastError {
    let LastError { code, message, request_id, time } = error;
    LastError { code: text(code, 128), message: text(message, 1024), request_id: text(request_id, 64), time }
}

fn condition(condition: Condition) -> Condition {
    Condition {
        message: clip(&condition.message, MESSAGE_LENGTH),
        observed_generation: condition.observed_generation.map(|generation| generation.max(0)),
        ..condition
    }
}

fn text(text: Option<String>, most: usize) -> Option<String> {
    text.map(|text| clip(&text, most))
}

/// The schema's integers have a sign.
fn signed(number: u32) -> u32 {
    number.min(i32::MAX.unsigned_abs())
}

#[cfg(test)]
mod tests;
