//! What a list of connections shows of a field, and how a pending write is overlaid on it.

use privatelink::ConnectionStatus;

use super::{Connection, Field, Value};

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
    match field {
        Field::Connection(_) => is_live(&connection.status).map(|is_live| if is_live { Value::Present } else { Value::Absent }),
        _ => None,
    }
}

/// Overlays the value on the connection that it is about.
pub(super) fn overlay(list: &mut [Connection], field: &Field, value: &Value) {
    let found = list.iter_mut().find(|connection| Some(connection.endpoint_id.as_str()) == endpoint_id(field));
    let Some(connection) = found else { return };
    match (field, value, is_live(&connection.status)) {
        (Field::Connection(_), Value::Absent, Some(true)) => connection.status = ConnectionStatus::Disconnecting,
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
