//! The rules of a spec about connections: what is answered to each of them. Pure.
//!
//! An endpoint has one connection, and the provider has one state, `Disconnected`, for a request that is new, for one that was refused and for a
//! connection that was cut off. So the answer depends on the rules and on what cannot change of a connection (account, endpoint, network) alone: whoever the
//! rules accept is accepted, also after somebody cut it off by hand, and whoever they do not accept stays as it is.

use privatelink::ConnectionStatus;

use crate::cloud::services::{Connection, ConnectionAttributes};
use crate::crd::{ConnectionDecision, ConnectionRule, ConnectionsSpec, WhenNoLongerAllowed};

/// What is to be done about a connection now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Nothing,
    Accept(ConnectionAttributes),
    /// It is live, and not as its rule wants it.
    Change(ConnectionAttributes),
    /// It is live, and no rule accepts it any more.
    Disconnect,
}

/// What the rules say of a connection, whatever state it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub action: ConnectionDecision,
    /// What its rule asks for.
    pub attributes: ConnectionAttributes,
    /// Nothing that a rule asks about is unknown of the connection. Otherwise nobody is accepted, and nobody cut off.
    pub is_known: bool,
}

/// The first rule that matches decides, else the default.
pub fn decide(spec: &ConnectionsSpec, connection: &Connection) -> Decision {
    let plain = |action, is_known| Decision { action, attributes: ConnectionAttributes::default(), is_known };
    for rule in spec.rules.iter().flatten() {
        match matches(rule, connection) {
            Some(false) => {}
            Some(true) => return Decision { attributes: attributes(rule), ..plain(rule.action, true) },
            None => return plain(ConnectionDecision::Hold, false),
        }
    }
    plain(spec.default, true)
}

/// What is to be done. While the provider is at work on a connection it takes no other order for it.
pub fn answer(spec: &ConnectionsSpec, connection: &Connection) -> Answer {
    let Decision { action, attributes, is_known } = decide(spec, connection);
    let is_accepted = action == ConnectionDecision::Accept;
    match connection.status {
        ConnectionStatus::Disconnected if is_accepted => Answer::Accept(attributes),
        ConnectionStatus::Connected if is_accepted => change(attributes, connection),
        ConnectionStatus::Connected if is_known && spec.when_no_longer_allowed == WhenNoLongerAllowed::Disconnect => {
            Answer::Disconnect
        }
        _ => Answer::Nothing,
    }
}

/// Only what differs is sent; what the provider does not say neither differs nor agrees.
fn change(wanted: ConnectionAttributes, connection: &Connection) -> Answer {
    let differs = wanted.differing_from(&ConnectionAttributes::of(connection));
    if differs == ConnectionAttributes::default() { Answer::Nothing } else { Answer::Change(differs) }
}

/// Whether all that the rule names is equal; `None`: it asks for something that is not known, and nothing else speaks against it.
fn matches(rule: &ConnectionRule, connection: &Connection) -> Option<bool> {
    let endpoint_id = Some(connection.endpoint_id.clone());
    let named = [
        (&rule.account_id, &connection.account_id),
        (&rule.endpoint_id, &endpoint_id),
        (&rule.vpc_id, &connection.vpc_id),
    ];
    let named = || named.iter().filter_map(|(wanted, found)| Some((wanted.as_ref()?, found.as_ref())));
    if named().any(|(wanted, found)| found.is_some_and(|found| found != wanted)) {
        return Some(false);
    }
    named().all(|(_, found)| found.is_some()).then_some(true)
}

fn attributes(rule: &ConnectionRule) -> ConnectionAttributes {
    ConnectionAttributes {
        bandwidth_mbps: rule.bandwidth_mbps.and_then(|mbps| i32::try_from(mbps).ok()),
        traffic_control_mode: rule.traffic_control_mode.map(|mode| mode.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests;
