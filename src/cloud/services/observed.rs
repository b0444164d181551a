//! What is known of one object's service, typed, with its unknown parts named. Pure data: the inventory gives it, the
//! pure steps read it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Connections, DeepView, Field, Service};
use crate::cloud::errors::Verdict;

/// Everything that the operator knows of the cloud side of one object, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// When the newest complete sweep of the services began; `None` before the first.
    pub as_of: Option<Timestamp>,
    pub service: ServiceView,
    pub deep: Deep,
    /// The connections of the service; `None` until they were asked for.
    pub connections: Option<Connections>,
    pub own: OwnHistory,
    /// The account and region cannot be read: the error of the newest sweep, if it failed.
    pub sweep_error: Option<cloud_core::Error>,
    /// The same for the connections, while somebody waits for a list of them.
    pub connections_error: Option<cloud_core::Error>,
    /// The newest read of attachments and principals that the inventory made by itself failed.
    pub details_error: Option<cloud_core::Error>,
    pub refresh: Refresh,
}

/// What became of a person's request, by annotation, for a fresh look at everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refresh {
    /// There is one, and something that is managed was not looked at since.
    pub is_open: bool,
    /// When everything had been looked at since the newest request that this process knows of.
    pub had_at: Option<Timestamp>,
}

/// Which service, if any, belongs to the object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServiceView {
    /// No sweep has ended yet: nothing may be concluded.
    NotYetSwept,
    /// No service carries our cluster tag and this object's UID.
    Absent { named: NamedId },
    /// Exactly one does.
    Ours(Box<Service>),
    /// The service that was proven to be this object's, else the one that status names, exists and is listed without
    /// our tags, or with another's.
    Foreign(Box<Service>),
    /// A service of an earlier object of the same namespace and name, with our cluster tag and another UID. Shown only
    /// where no other service has to be accounted for: none is known of this object, or what is known is gone by Get,
    /// or it is this very one.
    Former(Box<Service>),
    /// Several carry this UID: the one to work on first (the one that status names, else the older), then the others.
    Many(Vec<Service>),
}

/// What became of the service id that was proven to be this object's, else of the one that status names, when no sweep
/// shows it as ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NamedId {
    /// None was proven, and status names none.
    None,
    /// Not asked yet: see `Look::Judge`.
    Unjudged(String),
    /// Neither listed by its id nor known to Get.
    Gone(String),
    /// Get knows it, the list by id does not show it: wait.
    Hidden(String),
}

/// Attachments and principals, as they were read since the object's generation was first seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Deep {
    Known(DeepView),
    Unknown,
}

/// What this process itself did and saw.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnHistory {
    /// The id of this process, unlike that of any other, before or beside it.
    pub process: String,
    pub process_start: Timestamp,
    /// When this process first saw the object.
    pub first_seen: Timestamp,
    /// When this process learned that its write of the very create record that the object carries was stored; `None`: it did not write it.
    pub recorded_at: Option<Timestamp>,
    /// The Creates that this process sent for the object, oldest first. Those in a row that ended alike under one token
    /// count as one that lasted from the first to the last.
    pub attempts: Vec<CreateAttempt>,
    /// The newest refusals of writes to the service, at most one an operation. A later success of the operation removes
    /// its entry, and so does time: it counts for twice `blocked_poll_interval`.
    pub refusals: Vec<Refusal>,
    /// Fields of the service whose writes do not help, since the object was last edited.
    pub setbacks: BTreeMap<Field, Setback>,
    /// The id that a sweep or our own Create proved to be this object's, also after it went.
    pub proven_id: Option<String>,
}

/// One Create of this process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CreateAttempt {
    pub client_token: String,
    pub began: Timestamp,
    pub ended: Timestamp,
    pub end: AttemptEnd,
    /// It stands for more than one that ended alike.
    pub is_repeated: bool,
}

/// How a Create ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AttemptEnd {
    /// Answered with this service id.
    Created(String),
    /// Definitely refused: nothing was made.
    Refused { code: Option<String> },
    /// `IdempotentParameterMismatch`, `IdempotentFailed`, `GenerateResourceIdFailed`, or the word that a service is
    /// gone, which a Create can only have from its token: the token leads nowhere any more.
    TokenSpent { code: String },
    /// Anything else: something may have been made.
    Ambiguous { code: Option<String> },
}

/// A write to a service that the provider refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    pub operation: privatelink::Operation,
    pub kind: cloud_core::ErrorKind,
    pub code: Option<String>,
    pub at: Timestamp,
}

/// Writes of one field that did not help.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setback {
    /// The value that was sent, as text; empty: to be absent.
    pub sent: String,
    /// What the cloud shows in its place, as text; empty: nothing, or not compared.
    pub found: String,
    /// How often in a row.
    pub count: u32,
    /// The value is not sent again before.
    pub retry_at: Timestamp,
    pub failure: Failure,
}

/// How a write did not help.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Accepted, and a list begun after the consistency window shows another value.
    Unconfirmed,
    /// Refused for its value.
    Refused(Verdict),
    /// Refused in a call with other values: to be sent alone.
    RefusedTogether,
}

impl Setback {
    /// The value is to be kept back for now.
    pub fn holds_back(&self, sent: &str, now: Timestamp) -> bool {
        self.sent == sent && now < self.retry_at
    }
}

impl Observed {
    /// The principals, where they are known.
    pub fn principals(&self) -> Option<&BTreeSet<String>> {
        match &self.deep {
            Deep::Known(view) => view.principals.as_ref(),
            Deep::Unknown => None,
        }
    }
}
