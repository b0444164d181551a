//! The consumer's endpoint at the beginning of a call: whose it is, whether it bears the call, and what may be said of it.

use std::sync::Arc;

use serde_json::Value;

use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::connection::ConnectionStatus;
use crate::machine::endpoint::EndpointStatus;
use crate::world::Endpoint;

/// The caller's endpoint that `EndpointId` names.
pub(super) fn own(visit: &Visit<'_>) -> Result<Arc<Endpoint>, Refusal> {
    let found = visit.world.endpoint(visit.params.required("EndpointId"));
    let found = found.filter(|endpoint| endpoint.account == visit.caller.account && endpoint.region == visit.region);
    found.cloned().ok_or_else(|| Refusal::of("EndpointNotFound"))
}

/// The same, `Active` and without a business lock: what writes need.
pub(super) fn ready(visit: &Visit<'_>) -> Result<Arc<Endpoint>, Refusal> {
    let endpoint = own(visit)?;
    if visit.account.business_status.is_locked() {
        return Err(Refusal::of("EndpointLocked"));
    }
    if endpoint.status != EndpointStatus::Active {
        return Err(Refusal::of("EndpointOperationDenied"));
    }
    Ok(endpoint)
}

/// The same for writes that protection forbids.
pub(super) fn unprotected(visit: &Visit<'_>) -> Result<Arc<Endpoint>, Refusal> {
    let endpoint = own(visit)?;
    if endpoint.protected { Err(Refusal::of("EndpointProtected")) } else { ready(visit) }
}

/// Refuses while the connection is between two states.
pub(super) fn check_connection_rests(endpoint: &Endpoint) -> Result<(), Refusal> {
    use ConnectionStatus::{Connected, Connecting, Deleting, Disconnected, Disconnecting, Pending, ServiceDeleted};
    match endpoint.connection.status {
        Disconnected | Connected | ServiceDeleted => Ok(()),
        Connecting | Pending | Disconnecting | Deleting => Err(Refusal::of("EndpointConnectionOperationDenied")),
    }
}

/// Refuses when the service is gone.
pub(super) fn check_service_is_there(endpoint: &Endpoint) -> Result<(), Refusal> {
    match endpoint.connection.status {
        ConnectionStatus::ServiceDeleted => Err(Refusal::of("EndpointServiceDeleted")),
        _ => Ok(()),
    }
}

/// Rules of the reference for the name (2 to 128 characters, a letter first) and the description (2 to 256).
pub(super) fn check_texts(visit: &Visit<'_>) -> Result<(), Refusal> {
    let is_name = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(char::is_alphabetic)
            && characters.all(|other| other.is_alphanumeric() || other == '-' || other == '_')
    };
    let name = visit.params.filled("EndpointName");
    if name.is_some_and(|name| !is_name(name) || !(2..=128).contains(&name.chars().count())) {
        return Err(Refusal::illegal("EndpointName"));
    }
    let description = visit.params.filled("EndpointDescription");
    let is_link = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    if description.is_some_and(|text| is_link(text) || !(2..=256).contains(&text.chars().count())) {
        return Err(Refusal::illegal("EndpointDescription"));
    }
    Ok(())
}

/// A policy must be JSON, and the service must be one that knows policies.
pub(super) fn check_policy(visit: &Visit<'_>) -> Result<(), Refusal> {
    let policy = visit.params.filled("PolicyDocument");
    let is_asked = policy.is_some() || visit.params.flag("ResetPolicy") == Some(true);
    if is_asked && !visit.config.guesses.endpoint_policies.is_on() {
        return Err(Refusal::of("OperationDenied.EndpointPolicyNotSupport"));
    }
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
    if policy.is_none_or(is_json) { Ok(()) } else { Err(Refusal::illegal("PolicyDocument")) }
}
