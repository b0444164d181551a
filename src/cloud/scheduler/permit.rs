//! What a permit is asked for, and what it holds while the call is under way.

use cloud_core::{ApiOperation, Concurrency};

use crate::cloud::breaker::Ticket;
use crate::identity::ObjectId;

/// What a call holds so that no other overlaps with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lock {
    Account,
    Resource(String),
}

/// What a call asks for, as three fingerprints: enough to tell whether it is the one that was refused before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// What a person asked for: the generation, and the newest request to reconcile. Another one makes a new beginning.
    pub revision: u64,
    /// What the call says, without what differs from one try to the next.
    pub request: u64,
    /// What the cloud showed when the call was planned, and the token that it carries. Another one deserves a try, not a new beginning.
    pub seen: u64,
}

/// What an object wants a permit for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) operation: ApiOperation,
    /// `None`: calls of this operation may overlap.
    pub(super) lock: Option<Lock>,
    pub(super) content: Content,
}

/// What a permit holds: a place in the rate window, the lock, and a ticket of the circuit breaker.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) id: ObjectId,
    pub(super) want: Want,
    pub(super) ticket: Ticket,
}

impl Lock {
    /// The lock of a call. Where the call must not overlap on its resource and none is named, the whole account is kept free: safe, if
    /// slow.
    pub(super) fn of(operation: ApiOperation, resource_id: Option<&str>) -> Option<Self> {
        match (operation.concurrency, resource_id) {
            (Concurrency::Unbounded, _) => None,
            (Concurrency::OnePerResource, Some(id)) => Some(Self::Resource(id.to_owned())),
            (Concurrency::OnePerAccount, _) | (Concurrency::OnePerResource, None) => Some(Self::Account),
        }
    }
}

impl Want {
    /// It waits in the same queue for the same lock: what exactly the call says may have changed meanwhile.
    pub(super) fn keeps_place_of(&self, other: &Self) -> bool {
        (self.operation, &self.lock) == (other.operation, &other.lock)
    }
}
