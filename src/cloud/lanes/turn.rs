//! A turn: what is wanted, and what is held while the call is under way.

use privatelink::{Operation, Serial};

use super::door::Ticket;

/// Within which bounds calls must not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Account,
    Service(String),
}

/// What an object wants a turn for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) operation: Operation,
    /// `None`: calls of this operation may overlap.
    pub(super) scope: Option<Scope>,
}

/// A place in the window, in the serial lane and through the door, taken for one call.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) want: Want,
    pub(super) ticket: Ticket,
}

impl Scope {
    /// The lane of a call. Where the call must not overlap on its service and none is named, the whole account is kept free: safe, if
    /// slow.
    pub(super) fn of(operation: Operation, service_id: Option<&str>) -> Option<Self> {
        match (operation.serial(), service_id) {
            (Serial::None, _) => None,
            (Serial::Service | Serial::Endpoint, Some(id)) => Some(Self::Service(id.to_owned())),
            (Serial::Account, _) | (Serial::Service | Serial::Endpoint, None) => Some(Self::Account),
        }
    }
}

impl Permit {
    pub(super) fn operation(&self) -> Operation {
        self.want.operation
    }
}
