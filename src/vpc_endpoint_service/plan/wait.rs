//! What a plan waits for, and how the log names it. What the status says of each wait is told by `conclude`.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;
use privatelink::ServiceStatus;

use super::adoption::AdoptionRefusal;
use super::summary::joined;
use super::usage::AttachmentUse;
use crate::identity::DefinitionUnknown;
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::load_balancers::Unusable;
use crate::vpc_endpoint_service::observe::Field;

/// What is being waited for. Waiting is a result, never an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A list begun at this moment or later (see the plan's `look`).
    List,
    /// Lists lag behind pending writes of these fields.
    Visible(BTreeSet<Field>),
    /// The service is Creating, Pending or in a state unknown to us.
    ServiceActive(ServiceStatus),
    /// The service is being deleted, by us or by somebody else.
    ServiceDeleted,
    /// The service is locked by the provider (`FinancialLocked`, `SecurityLocked`).
    BusinessStatus(String),
    /// Entries of the spec that cannot be attached.
    LoadBalancers(Vec<Unusable>),
    /// The provider is opening regions for their consumers.
    RegionsOpen(BTreeSet<String>),
    /// Endpoints still use an attachment that is to go.
    AttachmentUnused(Box<AttachmentUse>),
    /// Deletion is blocked: consumers are connected.
    ConsumersGone { endpoints: Vec<Consumer> },
    /// Deletion waits until consumers may be cut off.
    DisconnectDue { endpoints: Vec<Consumer>, at: Timestamp },
    /// Connections are on their way out.
    ConnectionsSettled,
    /// A former service stands in the way; `settled`: only a person can help now.
    FormerServiceGone { service_id: String, settled: bool },
    /// The service that the spec wants adopted is not to be had; `settled`: only a person can help now.
    AdoptionAllowed { service_id: String, refusal: AdoptionRefusal, settled: bool },
    /// The service that status names carries no tags of ours.
    OwnershipRestored { service_id: String },
    /// The service was deleted outside.
    Recreation { service_id: String },
    /// More than one service carries the object's UID: these are the ones that are not worked on.
    DuplicateResolved { others: Vec<String> },
    /// The API server must say what becomes of the kind.
    DefinitionKnown(DefinitionUnknown),
    /// Under `Observe`, a service of the object must appear in the cloud.
    ServiceToObserve,
    /// A field of the spec forbids the deletion.
    FieldHolds { field: &'static str },
}

impl Display for Wait {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => formatter.write_str("list"),
            Self::Visible(fields) => write!(formatter, "writes-visible({})", joined(fields)),
            Self::ServiceActive(status) => write!(formatter, "service-active({})", status.as_str()),
            Self::ServiceDeleted => formatter.write_str("service-deleted"),
            Self::RegionsOpen(regions) => write!(formatter, "regions-open({})", joined(regions)),
            Self::BusinessStatus(status) => write!(formatter, "service-unlocked({status})"),
            Self::LoadBalancers(unusable) => {
                write!(formatter, "load-balancers({})", joined(unusable.iter().map(|one| &one.source)))
            }
            Self::AttachmentUnused(usage) => {
                let AttachmentUse { key, related, leaving, .. } = &**usage;
                write!(formatter, "attachment-unused({key}: {related} endpoints, {})", leaving.as_str())
            }
            Self::ConsumersGone { endpoints } => write!(formatter, "consumers-gone({})", joined(ids(endpoints))),
            Self::DisconnectDue { endpoints, at } => {
                write!(formatter, "disconnect-due({at}: {})", joined(ids(endpoints)))
            }
            Self::ConnectionsSettled => formatter.write_str("connections-settled"),
            Self::FormerServiceGone { service_id, settled: _ } => {
                write!(formatter, "former-service-gone({service_id})")
            }
            Self::AdoptionAllowed { service_id, refusal, settled: _ } => {
                write!(formatter, "adoption-allowed({service_id}: {refusal:?})")
            }
            Self::OwnershipRestored { service_id } => write!(formatter, "ownership-restored({service_id})"),
            Self::Recreation { service_id } => write!(formatter, "recreation-allowed({service_id})"),
            Self::DuplicateResolved { others } => write!(formatter, "duplicate-resolved({})", joined(others)),
            Self::DefinitionKnown(_) => formatter.write_str("definition-object"),
            Self::ServiceToObserve => formatter.write_str("service-to-observe"),
            Self::FieldHolds { field } => write!(formatter, "field-changed({field})"),
        }
    }
}

fn ids(endpoints: &[Consumer]) -> impl Iterator<Item = &str> {
    endpoints.iter().map(|consumer| consumer.endpoint_id.as_str())
}
