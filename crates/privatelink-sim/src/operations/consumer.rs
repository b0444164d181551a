//! The consumer's endpoint at the beginning of a call: whose it is, and whether it bears the call.

use std::sync::Arc;

use crate::config::BusinessStatus;
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
    if visit.account.business_status != BusinessStatus::Normal {
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
