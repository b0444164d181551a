//! What a connection is worth (live, on its way, out), and what the rules of the spec make of it. Pure; used by `plan` and `teardown`.

mod rules;

use privatelink::ConnectionStatus;

pub use self::rules::{Answer, Decision, answer, decide};

use super::observe::{Connection, Connections};

/// A consumer that is connected, or wants to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    pub endpoint_id: String,
    pub account_id: Option<String>,
}

/// The most connections that one reconcile changes: each call may take a second, because the provider takes them one at a time in an account.
pub const MOST_AT_A_TIME: usize = 16;

/// How far a connection is from letting go of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A consumer uses the service, or is about to.
    Live,
    /// It is leaving, or in a state that this version does not know: wait, neither cut nor ignore it.
    OnTheWay,
    /// It holds nothing.
    Out,
}

/// The stage of a connection in that state.
pub fn stage(status: &ConnectionStatus) -> Stage {
    match status {
        ConnectionStatus::Connected | ConnectionStatus::Connecting | ConnectionStatus::Pending => Stage::Live,
        ConnectionStatus::Disconnecting | ConnectionStatus::Deleting | ConnectionStatus::Unknown(_) => Stage::OnTheWay,
        ConnectionStatus::Disconnected | ConnectionStatus::ServiceDeleted => Stage::Out,
    }
}

/// The consumers with a live connection, in the order of their endpoints' ids.
pub fn live_consumers(connections: &Connections) -> Vec<Consumer> {
    in_order(at(Stage::Live, connections))
}

/// Every consumer, connected or not, in the same order.
pub fn all_consumers(connections: &Connections) -> Vec<Consumer> {
    in_order(connections.list.iter())
}

/// The endpoints that can be cut off now, in the same order. One that is being connected or changed is taken only once that is over: until then the
/// provider refuses to cut it off.
pub fn connected_endpoints(connections: &Connections) -> Vec<String> {
    let connected = connections.list.iter().filter(|connection| connection.status == ConnectionStatus::Connected);
    in_order(connected).into_iter().map(|consumer| consumer.endpoint_id).collect()
}

/// Some connection is on its way.
pub fn is_any_on_the_way(connections: &Connections) -> bool {
    at(Stage::OnTheWay, connections).next().is_some()
}

fn at(wanted: Stage, connections: &Connections) -> impl Iterator<Item = &Connection> {
    connections.list.iter().filter(move |connection| stage(&connection.status) == wanted)
}

fn in_order<'a>(connections: impl Iterator<Item = &'a Connection>) -> Vec<Consumer> {
    let mut consumers: Vec<_> = connections
        .map(|connection| Consumer {
            endpoint_id: connection.endpoint_id.clone(),
            account_id: connection.account_id.clone(),
        })
        .collect();
    consumers.sort_by(|one, other| one.endpoint_id.cmp(&other.endpoint_id));
    consumers
}

#[cfg(test)]
mod tests;
