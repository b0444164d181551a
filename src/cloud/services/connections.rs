//! What a list of connections shows of a field, and how a pending write is overlaid on it.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;
use privatelink::{ConnectionStatus, ZoneStatus};

use super::{Connection, ConnectionZone, Field, Value};

/// What can be set of a connection. Unset: not managed, or not said by the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ConnectionAttributes {
    pub bandwidth_mbps: Option<i32>,
    /// `Scalability` or `BandwidthLimit`.
    pub traffic_control_mode: Option<String>,
}

impl ConnectionAttributes {
    /// As the provider lists them.
    pub fn of(connection: &Connection) -> Self {
        let Connection { bandwidth_mbps, traffic_control_mode, .. } = connection.clone();
        Self { bandwidth_mbps, traffic_control_mode }
    }

    /// Those of them that are found otherwise. What the provider does not say does not differ.
    #[must_use]
    pub fn differing_from(self, found: &Self) -> Self {
        Self {
            bandwidth_mbps: differing(self.bandwidth_mbps, found.bandwidth_mbps.as_ref()),
            traffic_control_mode: differing(self.traffic_control_mode, found.traffic_control_mode.as_ref()),
        }
    }

    /// What is found in place of those that are set here.
    #[must_use]
    pub fn found_in(&self, found: &Self) -> Self {
        Self {
            bandwidth_mbps: found.bandwidth_mbps.filter(|_| self.bandwidth_mbps.is_some()),
            traffic_control_mode: found.traffic_control_mode.clone().filter(|_| self.traffic_control_mode.is_some()),
        }
    }
}

impl Display for ConnectionAttributes {
    /// `bandwidthMbps 200, trafficControlMode BandwidthLimit`; `connected` where nothing is set.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let bandwidth = self.bandwidth_mbps.map(|mbps| format!("bandwidthMbps {mbps}"));
        let mode = self.traffic_control_mode.as_ref().map(|mode| format!("trafficControlMode {mode}"));
        let parts: Vec<_> = [bandwidth, mode].into_iter().flatten().collect();
        formatter.write_str(if parts.is_empty() { "connected".to_owned() } else { parts.join(", ") }.as_str())
    }
}

fn differing<T: PartialEq>(wanted: Option<T>, found: Option<&T>) -> Option<T> {
    wanted.filter(|wanted| found.is_some_and(|found| found != wanted))
}

/// The list of the connections shows it.
pub(super) fn is_of_one(field: &Field) -> bool {
    endpoint_id(field).is_some()
}

/// It will be in another state soon.
pub(super) fn is_moving(connection: &Connection) -> bool {
    let is_zone_moving = |zone: &ConnectionZone| zone.status == ZoneStatus::Migrating;
    matches!(
        connection.status,
        ConnectionStatus::Connecting | ConnectionStatus::Pending | ConnectionStatus::Disconnecting
    ) || connection.zones.iter().any(is_zone_moving)
}

/// Dates each zone: since the list before, where that shows it the same. Both are in the order of the endpoints' ids.
pub(super) fn follow(before: &[Connection], now: &mut [Connection], as_of: Timestamp) {
    for connection in now {
        let earlier = before.binary_search_by(|earlier| earlier.endpoint_id.cmp(&connection.endpoint_id));
        let earlier = earlier.map_or(&[][..], |index| &before[index].zones);
        for zone in &mut connection.zones {
            let same = earlier.iter().find(|earlier| ConnectionZone { since: None, ..(*earlier).clone() } == *zone);
            zone.since = Some(same.and_then(|same| same.since).unwrap_or(as_of));
        }
    }
}

/// What the list says of a field; `None`: the endpoint is not among them, or in a state that says nothing.
pub(super) fn shown(list: &[Connection], field: &Field) -> Option<Value> {
    let connection = list.iter().find(|connection| Some(connection.endpoint_id.as_str()) == endpoint_id(field))?;
    if let Field::ConnectionZone { zone_id, .. } = field {
        let zone = connection.zones.iter().find(|zone| zone.zone_id == *zone_id)?;
        return Some(Value::Served { by: zone.resource_id.clone(), beside: zone.replaced_resource_id.clone() });
    }
    let connected = || Value::Connected(ConnectionAttributes::of(connection));
    is_live(&connection.status).map(|is_live| if is_live { connected() } else { Value::Absent })
}

/// Whether the list shows the value; one that says nothing of the field does not disagree.
pub(super) fn agree(list: &[Connection], field: &Field, value: &Value) -> bool {
    match (shown(list, field), value) {
        (Some(Value::Connected(found)), Value::Connected(wanted)) => {
            wanted.clone().differing_from(&found) == ConnectionAttributes::default()
        }
        (Some(Value::Served { .. }), Value::Served { by, beside }) => {
            is_served(zone(list, field), by.as_ref(), beside.as_ref())
        }
        (Some(found), value) => found == *value,
        (None, _) => true,
    }
}

fn zone<'a>(list: &'a [Connection], field: &Field) -> Option<&'a ConnectionZone> {
    let Field::ConnectionZone { endpoint_id, zone_id } = field else { return None };
    let connection = list.iter().find(|connection| connection.endpoint_id == *endpoint_id)?;
    connection.zones.iter().find(|zone| zone.zone_id == *zone_id)
}

/// Whether a zone is where it was sent. Which load balancer it shows on the way there is not documented; and once the old side is closed, none
/// is beside the new one, whatever state the zone passes through.
fn is_served(zone: Option<&ConnectionZone>, by: Option<&String>, beside: Option<&String>) -> bool {
    zone.is_none_or(|zone| match beside {
        Some(_) => zone.status == ZoneStatus::Migrating || zone.resource_id.as_ref() == by,
        None => zone.replaced_resource_id.is_none() || zone.status != ZoneStatus::Migrated,
    })
}

/// Overlays the value on the connection that it is about.
pub(super) fn overlay(list: &mut [Connection], field: &Field, value: &Value) {
    let found = list.iter_mut().find(|connection| Some(connection.endpoint_id.as_str()) == endpoint_id(field));
    let Some(connection) = found else { return };
    if let (Field::ConnectionZone { zone_id, .. }, Value::Served { by, beside }) = (field, value) {
        let zone = connection.zones.iter_mut().find(|zone| zone.zone_id == *zone_id);
        if let Some(zone) = zone {
            serve(zone, by.as_ref(), beside.as_ref());
        }
        return;
    }
    match (value, is_live(&connection.status)) {
        (Value::Absent, Some(true)) => connection.status = ConnectionStatus::Disconnecting,
        (Value::Connected(attributes), Some(is_live)) => {
            if !is_live && connection.status == ConnectionStatus::Disconnected {
                connection.status = ConnectionStatus::Connecting;
            }
            let ConnectionAttributes { bandwidth_mbps, traffic_control_mode } = attributes.clone();
            connection.bandwidth_mbps = bandwidth_mbps.or(connection.bandwidth_mbps);
            connection.traffic_control_mode = traffic_control_mode.or(connection.traffic_control_mode.take());
        }
        _ => {}
    }
}

/// A zone that is live goes where it was sent. What became of any other since, nobody knows.
fn serve(zone: &mut ConnectionZone, by: Option<&String>, beside: Option<&String>) {
    let status = match (&zone.status, beside) {
        (ZoneStatus::Connected | ZoneStatus::Migrated, Some(_)) => ZoneStatus::Migrating,
        (ZoneStatus::Migrated, None) => ZoneStatus::Connected,
        _ => return,
    };
    *zone = ConnectionZone {
        zone_id: zone.zone_id.clone(),
        status,
        resource_id: by.cloned(),
        replaced_resource_id: beside.cloned(),
        since: None,
    };
}

fn endpoint_id(field: &Field) -> Option<&str> {
    match field {
        Field::Connection(endpoint_id) | Field::ConnectionZone { endpoint_id, .. } => Some(endpoint_id),
        _ => None,
    }
}

/// `None`: nobody knows.
fn is_live(status: &ConnectionStatus) -> Option<bool> {
    match status {
        ConnectionStatus::Connected | ConnectionStatus::Connecting | ConnectionStatus::Pending => Some(true),
        ConnectionStatus::Disconnected
        | ConnectionStatus::Disconnecting
        | ConnectionStatus::Deleting
        | ConnectionStatus::ServiceDeleted => Some(false),
        ConnectionStatus::Unknown(_) => None,
    }
}
