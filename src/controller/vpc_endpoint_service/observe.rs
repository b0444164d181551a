//! Look: what is known of an object's service, from the inventory, and from single reads where the plan asked for one.

pub use crate::cloud::observed::{AttemptEnd, CreateAttempt, Deep, NamedId, Observed, OwnHistory, Refusal, ServiceView};
pub use crate::cloud::service::{
    Attachment, AttachmentKey, AttributeChange, Attributes, Connection, Connections, DeepView, Field, Proof, Service,
};

use jiff::Timestamp;

/// What a plan asks to be looked at, once in a pass, before it is made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// A sweep of the services begun at this moment or later. Only registers the wish: the inventory wakes the object.
    Sweep { not_before: Timestamp },
    /// A sweep of the connections begun at this moment or later. Only registers the wish.
    Connections { not_before: Timestamp },
    /// Attachments and principals of this service, now.
    Deep { service_id: String },
    /// The service's status by Get, now.
    Service { service_id: String },
    /// What became of this id: list by id and Get, now.
    Judge { service_id: String },
}
