//! What an object asks about load balancers, and what it is told. Pure data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::Error;
use jiff::Timestamp;
use loadbalancers::{LoadBalancer, LoadBalancerId};

/// The load balancers that an object asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub mark: Mark,
    pub each: BTreeMap<LoadBalancerId, Want>,
}

/// A change of it has everything read again that the object asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    pub generation: i64,
    /// The value of the annotation by which a person asks for a look at everything.
    pub requested_at: Option<String>,
}

/// What an object asks of one load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    pub purpose: Purpose,
    /// Zones that its Service asks for, and that it may be given any moment.
    pub expected_zones: BTreeSet<String>,
    /// The address that its Service shows.
    pub address: Option<String>,
    /// All is well as far as anybody knows, so that the first read may come when its time comes.
    pub can_wait: bool,
}

/// What the answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its zones are wanted: without an answer nothing can be said of them.
    Zones,
    /// It is looked at before it is attached. Where it cannot be read, nobody waits for it.
    Check,
}

/// What is known of the load balancers that an object asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// By id.
    pub each: BTreeMap<String, Sight>,
    /// Zones are to be read again because somebody asked for that, and were not yet.
    pub is_outstanding: bool,
}

/// What is known of one load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    pub purpose: Purpose,
    /// As the object said.
    pub can_wait: bool,
    /// The newest good answer.
    pub answer: Option<Arc<Answer>>,
    /// Its zones by the newest answer in which nothing was wrong with it. They stay when it cannot be read, is gone or is not Active: what is unknown
    /// never takes a zone away.
    pub zones: Option<BTreeSet<String>>,
    /// The newest read failed.
    pub error: Option<Error>,
    /// When the object began to ask.
    pub since: Timestamp,
    /// Nothing is known yet, and a read is on its way for which it is worth waiting.
    pub is_awaited: bool,
}

/// An answer of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When the read began.
    pub as_of: Timestamp,
    /// `None`: the account has none of that id in the region.
    pub load_balancer: Option<LoadBalancer>,
}

impl Want {
    /// It asks about something else than before, so that an older answer may not do.
    pub(super) fn differs(&self, before: &Self) -> bool {
        let Self { purpose, expected_zones, address, can_wait: _ } = self;
        (purpose, expected_zones, address) != (&before.purpose, &before.expected_zones, &before.address)
    }
}

impl Seen {
    /// What is known of the load balancer of that id; `None`: the object did not ask.
    pub fn of(&self, id: &str) -> Option<&Sight> {
        self.each.get(id)
    }
}
