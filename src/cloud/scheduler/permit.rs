//! A turn: what is wanted, and what is held while the call is under way.

use cloud_core::{ApiOperation, Concurrency};

use crate::cloud::breaker::Ticket;
use crate::identity::ObjectId;

/// Within which bounds calls must not overlap.
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

/// What an object wants a turn for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) operation: ApiOperation,
    /// `None`: calls of this operation may overlap.
    pub(super) lock: Option<Lock>,
    pub(super) content: Content,
}

/// A place in the window, in the serial lane and through the door, taken for one call.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) id: ObjectId,
    pub(super) want: Want,
    pub(super) ticket: Ticket,
}

impl Lock {
    /// The lane of a call. Where the call must not overlap on its resource and none is named, the whole account is kept free: safe, if
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
    /// It stands in the same line for the same lane: what exactly the call says may have changed meanwhile.
    pub(super) fn keeps_place_of(&self, other: &Self) -> bool {
        (self.operation, &self.lock) == (other.operation, &other.lock)
    }
}
