//! The connection of an endpoint to a service.
//!
//! `Disconnected` is both the state of a new request and that of a refused one; there is no state for waiting.

use super::Step;
use super::zone::ZoneEvent;

/// `ConnectionStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionStatus {
    Disconnected,
    Connecting,
    Connected,
    Pending,
    Disconnecting,
    Deleting,
    ServiceDeleted,
}

/// What can happen to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionEvent {
    /// `EnableVpcEndpointConnection`, or acceptance by the service itself.
    Accept,
    /// `DisableVpcEndpointConnection`: cuts a connection, refuses a request.
    Cut,
    /// `UpdateVpcEndpointConnectionAttribute`.
    Modify,
    /// The endpoint is being deleted.
    EndpointGoes,
    /// The service is gone.
    ServiceGone,
    /// The background job is done.
    Settle,
}

impl ConnectionStatus {
    pub(crate) fn on(self, event: ConnectionEvent) -> Option<Step<Self>> {
        use ConnectionEvent::{Accept, Cut, EndpointGoes, Modify, ServiceGone, Settle};
        use ConnectionStatus::{Connected, Connecting, Deleting, Disconnected, Disconnecting, Pending, ServiceDeleted};
        match (self, event) {
            (Disconnected, Accept) => Some(Step::Busy(Connecting)),
            (Connecting | Pending, Settle) => Some(Step::Rest(Connected)),
            (Connected, Cut) => Some(Step::Busy(Disconnecting)),
            // Refusing a request changes nothing that can be seen but the time.
            (Disconnected, Cut) | (Disconnecting, Settle) => Some(Step::Rest(Disconnected)),
            (Connected, Modify) => Some(Step::Busy(Pending)),
            (Deleting, Settle) => Some(Step::Gone),
            (_, EndpointGoes) if self != Deleting => Some(Step::Busy(Deleting)),
            (_, ServiceGone) if self != Deleting => Some(Step::Rest(ServiceDeleted)),
            (_, Accept | Cut | Modify | Settle | EndpointGoes | ServiceGone) => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "Disconnected",
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::Pending => "Pending",
            Self::Disconnecting => "Disconnecting",
            Self::Deleting => "Deleting",
            Self::ServiceDeleted => "ServiceDeleted",
        }
    }

    /// Whether it uses resources of the service and stands in the way of their going.
    pub(crate) fn is_live(self) -> bool {
        match self {
            Self::Connecting | Self::Connected | Self::Pending | Self::Disconnecting => true,
            Self::Disconnected | Self::Deleting | Self::ServiceDeleted => false,
        }
    }
}

impl ConnectionEvent {
    /// What it means for each zone of the endpoint.
    pub(crate) fn in_zones(self) -> Option<ZoneEvent> {
        match self {
            Self::Accept => Some(ZoneEvent::Accept),
            Self::Cut => Some(ZoneEvent::Cut),
            Self::EndpointGoes => Some(ZoneEvent::Remove),
            Self::ServiceGone => Some(ZoneEvent::ServiceGone),
            // Zones settle by themselves, at the same time.
            Self::Modify | Self::Settle => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ConnectionEvent::{Accept, Cut, EndpointGoes, Modify, ServiceGone, Settle};
    use super::ConnectionStatus::{
        self, Connected, Connecting, Deleting, Disconnected, Disconnecting, Pending, ServiceDeleted,
    };
    use super::Step::{Busy, Gone, Rest};
    use crate::machine::tests::assert_exactly;

    #[test]
    fn a_connection_takes_exactly_these_steps() {
        let living = [Disconnected, Connecting, Connected, Pending, Disconnecting, ServiceDeleted];
        let mut table = vec![
            (Disconnected, Accept, Busy(Connecting)),
            (Disconnected, Cut, Rest(Disconnected)),
            (Connecting, Settle, Rest(Connected)),
            (Connected, Cut, Busy(Disconnecting)),
            (Connected, Modify, Busy(Pending)),
            (Pending, Settle, Rest(Connected)),
            (Disconnecting, Settle, Rest(Disconnected)),
            (Deleting, Settle, Gone),
        ];
        table.extend(living.map(|status| (status, EndpointGoes, Busy(Deleting))));
        table.extend(living.map(|status| (status, ServiceGone, Rest(ServiceDeleted))));
        let statuses = [Disconnected, Connecting, Connected, Pending, Disconnecting, Deleting, ServiceDeleted];
        let events = [Accept, Cut, Modify, EndpointGoes, ServiceGone, Settle];
        assert_exactly(&statuses, &events, &table, ConnectionStatus::on);
    }
}
