//! What an inventory hands out for one object: all that is known of its resource, typed, with the unknown parts named. Pure data.

use std::collections::BTreeMap;

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;

use super::resource::Resource;
use crate::cloud::errors::Verdict;

/// Everything that is known for one object, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation<R: Resource> {
    /// When the newest complete list began; `None` before the first.
    pub as_of: Option<Timestamp>,
    pub ownership: Ownership<R::View>,
    pub details: DetailsView<R::Details>,
    /// The dependents of the resource, and when the list of that began; `None` until it was asked for.
    pub dependents: Option<(Timestamp, Vec<R::Dependent>)>,
    pub own: OwnHistory<R::Field>,
    /// The account and region cannot be read: the error of the newest list, if it failed.
    pub list_error: Option<Error>,
    /// The same for the dependents, while somebody waits for a list of that.
    pub dependents_error: Option<Error>,
    /// The newest read of details that the inventory made by itself failed.
    pub details_error: Option<Error>,
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

/// Which resource, if any, belongs to the object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ownership<V> {
    /// No list has ended yet: nothing may be concluded.
    NotYetListed,
    /// None carries our cluster tag and this object's UID.
    Absent { named: NamedId },
    /// Exactly one does.
    Ours(Box<V>),
    /// The one that was proven to be this object's, else the one that status names, exists and is listed without our tags, or with another's.
    Foreign(Box<V>),
    /// That of an earlier object of the same namespace and name, with our cluster tag and another UID. Shown only where no other has to be
    /// accounted for: none is known of this object, or what is known is gone by Get, or it is this very one.
    Former(Box<V>),
    /// The one that the spec wants adopted, with our cluster tag and without this object's UID. Shown only where no other has to be accounted for.
    ToAdopt(Box<V>),
    /// Several carry this UID: the one to work on first (the one that status names, else the older), then the others.
    Many(Vec<V>),
}

impl<V> Ownership<V> {
    /// Every resource that carries the object's UID, the one to work on first.
    pub fn ours(&self) -> &[V] {
        match self {
            Self::Ours(resource) => std::slice::from_ref(&**resource),
            Self::Many(resources) => resources,
            Self::NotYetListed | Self::Absent { .. } | Self::Foreign(_) | Self::Former(_) | Self::ToAdopt(_) => &[],
        }
    }
}

/// What became of the id that was proven to be this object's, else of the one that status names, when no list
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

/// The details, as they were read since the object's generation was first seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DetailsView<D> {
    Known(D),
    Unknown,
}

/// What says that a resource exists and carries the tags that it is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A list answer shows it.
    Listed,
    /// A list answer showed it after our own Create, and the newest one does not: only Get can say whether it is still there.
    Missed,
    /// Only the answer of our own Create; no list has shown it yet.
    OwnCreate,
}

/// What this process itself did and saw.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnHistory<F: Ord> {
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
    /// The newest refusals of writes to the resource, at most one an operation. A later success of the operation removes
    /// its entry, and so does time: it counts for twice `blocked_poll_interval`.
    pub refusals: Vec<Refusal>,
    /// Fields of the resource whose writes do not help, since the object was last edited.
    pub field_failures: BTreeMap<F, FieldFailure>,
    /// The id that a list or our own Create proved to be this object's, also after it went.
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
    /// Answered with this resource id.
    Created(String),
    /// Definitely refused: nothing was made.
    Refused { code: Option<String> },
    /// `IdempotentParameterMismatch`, `IdempotentFailed`, `GenerateResourceIdFailed`, or the word that a resource is
    /// gone, which a Create can only have from its token: the token leads nowhere any more.
    TokenSpent { code: String },
    /// Anything else: something may have been made.
    Ambiguous { code: Option<String> },
}

/// A write to a resource that the provider refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    pub operation: ApiOperation,
    pub kind: cloud_core::ErrorKind,
    pub code: Option<String>,
    pub at: Timestamp,
}

/// Writes of one field that did not help.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldFailure {
    /// The value that was sent, as text; empty: to be absent.
    pub sent: String,
    /// What the cloud shows in its place, as text; empty: nothing, or not compared.
    pub found: String,
    /// How often in a row.
    pub count: u32,
    /// The value is not sent again before.
    pub retry_at: Timestamp,
    pub kind: FieldFailureKind,
}

/// How a write did not help.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldFailureKind {
    /// Accepted, and a list begun after the consistency window shows another value.
    Unconfirmed,
    /// Refused for its value.
    Refused(Verdict),
    /// Refused in a call with other values: to be sent alone.
    RefusedTogether,
}

impl FieldFailure {
    /// The value is to be kept back for now.
    pub fn holds_back(&self, sent: &str, now: Timestamp) -> bool {
        self.sent == sent && now < self.retry_at
    }
}
