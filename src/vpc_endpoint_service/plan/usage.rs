//! How an attachment that is to go is still used, as a value: the plan works it out, and the status tells it.

use std::collections::BTreeSet;

use crate::cloud::errors::Verdict;
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::observe::AttachmentKey;

/// An attachment that is to go, and who keeps it from going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentUse {
    pub key: AttachmentKey,
    /// Endpoints that use it, as the provider counts them.
    pub related: i64,
    /// Endpoints whose connections were moved away and still have traffic there.
    pub deprecated: i64,
    /// It cannot leave the automatic allocation, because its zone would keep no other attachment in it.
    pub is_last_allocated: bool,
    /// Those that the list of the connections names; empty: none, or it was not read.
    pub users: Vec<Consumer>,
    pub leaving: Leaving,
}

/// How its users leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// By themselves.
    Drain,
    /// They are moved to one of these load balancers.
    Migrate { to: BTreeSet<String> },
    /// They were to be moved, and not all are: what the provider answered, and who does not get on.
    Blocked { refused: Option<Verdict>, stuck: Vec<Consumer> },
}

impl Leaving {
    /// As the log names it.
    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::Drain => "drain",
            Self::Migrate { .. } => "migrate",
            Self::Blocked { .. } => "migration-blocked",
        }
    }

    /// What a person can do most about comes first.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Blocked { .. } => 0,
            Self::Drain => 1,
            Self::Migrate { .. } => 2,
        }
    }
}
