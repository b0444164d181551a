//! What a list of connections shows of a field, and how a pending write is overlaid on it.

use std::fmt::{self, Display, Formatter};

use privatelink::ConnectionStatus;

use super::{Connection, Field, Value};

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
pub(super) fn is_moving(status: &ConnectionStatus) -> bool {
    matches!(status, ConnectionStatus::Connecting | ConnectionStatus::Pending | ConnectionStatus::Disconnecting)
}

/// What the list says of a field; `None`: the endpoint is not among them, or in a state that says nothing.
pub(super) fn shown(list: &[Connection], field: &Field) -> Option<Value> {
    let connection = list.iter().find(|connection| Some(connection.endpoint_id.as_str()) == endpoint_id(field))?;
    let connected = || Value::Connected(ConnectionAttributes::of(connection));
    is_live(&connection.status).map(|is_live| if is_live { connected() } else { Value::Absent })
}

/// Whether the list shows the value; one that says nothing of the field does not disagree.
pub(super) fn agree(list: &[Connection], field: &Field, value: &Value) -> bool {
    match (shown(list, field), value) {
        (Some(Value::Connected(found)), Value::Connected(wanted)) => {
            wanted.clone().differing_from(&found) == ConnectionAttributes::default()
        }
        (Some(found), value) => found == *value,
        (None, _) => true,
    }
}

/// Overlays the value on the connection that it is about.
pub(super) fn overlay(list: &mut [Connection], field: &Field, value: &Value) {
    let found = list.iter_mut().find(|connection| Some(connection.endpoint_id.as_str()) == endpoint_id(field));
    let Some(connection) = found else { return };
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

fn endpoint_id(field: &Field) -> Option<&str> {
    match field {
        Field::Connection(endpoint_id) => Some(endpoint_id),
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
