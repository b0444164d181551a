//! Look: what is known of an object's service, from the inventory, and from single reads where the plan asked for one.

pub use crate::cloud::services::observed::{
    AttemptEnd, CreateAttempt, DetailsView, NamedId, Observed, OwnHistory, Refusal, ServiceView,
};
pub use crate::cloud::services::{
    Attachment, AttachmentKey, Attributes, Connection, Connections, Details, Field, Proof, Service,
};

use jiff::Timestamp;

use super::resolve::Resolved;
use crate::cloud::inventory::RecordMark;
use crate::cloud::services::{DetailsQuery, Inventory, Managed, Query};
use crate::crd::{DeletionPolicy, WhenConnected};
use crate::identity::CreateRecord;
use crate::identity::{Life, ObjectId};

/// What a plan asks to be looked at, once in a reconcile, before it is made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// A list of the services begun at this moment or later. Only registers the refresh request: the inventory requeues the object.
    List { not_before: Timestamp },
    /// A list of the connections begun at this moment or later. Only registers the refresh request.
    Connections { not_before: Timestamp },
    /// Attachments and principals of this service, now.
    Details { service_id: String },
    /// The service's status by Get, now.
    Service { service_id: String },
    /// What became of this id: list by id and Get, now.
    Judge { service_id: String },
}

impl Look {
    /// Whether it only registers a refresh request, and reads nothing itself.
    pub fn is_refresh_request(&self) -> bool {
        matches!(self, Self::List { .. } | Self::Connections { .. })
    }
}

/// What is known of the object's service now. Never waits and never fails: an account that cannot be read shows in
/// `list_error`.
pub fn observe(inventory: &Inventory, resolved: &Resolved) -> Observed {
    inventory.observed(&query(resolved, &resolved.key.id()))
}

/// What the inventory is asked.
pub(crate) fn query<'a>(resolved: &'a Resolved, id: &'a ObjectId) -> Query<'a> {
    Query {
        id,
        owner: &resolved.owner,
        generation: resolved.key.generation,
        named: resolved.hint.service_id.as_deref(),
        adopt: to_adopt(resolved),
        record: resolved.record.as_ref().map(RecordMark::from),
        details: DetailsQuery {
            managed: managed(resolved),
            requested_at: resolved.refresh.requested_at.as_deref(),
            refreshed_at: resolved.refresh.had_at,
        },
    }
}

/// Looks where a plan asked to look. Lists are only requested; reads of one service are made now, and what they find
/// is in the next `observe`.
pub async fn look(inventory: &Inventory, resolved: &Resolved, look: &Look) -> Result<(), cloud_core::Error> {
    let id = resolved.key.id();
    match look {
        Look::List { not_before } => {
            inventory.request_refresh(&id, *not_before);
            Ok(())
        }
        Look::Connections { not_before } => {
            inventory.request_dependents(&id, *not_before);
            Ok(())
        }
        Look::Details { service_id } => inventory.read_details(service_id, managed(resolved)).await,
        Look::Service { service_id } => inventory.read_status(service_id).await,
        Look::Judge { service_id } => inventory.judge(&id, service_id).await,
    }
}

/// A deletion adopts nothing.
fn to_adopt(resolved: &Resolved) -> Option<&str> {
    let adopt = resolved.spec.adopt.as_ref().filter(|_| resolved.life == Life::Live)?;
    Some(&adopt.service_id)
}

/// A deletion takes attachments down whatever the spec says of them, and no principals. Connections are followed
/// while it cuts them.
fn managed(resolved: &Resolved) -> Managed {
    let (spec, is_live) = (&resolved.spec, resolved.life == Life::Live);
    let is_cutting = !is_live
        && spec.when_connected == WhenConnected::Disconnect
        && spec.effective_deletion_policy() == DeletionPolicy::Delete;
    Managed {
        attachments: spec.resources.is_some(),
        principals: is_live && spec.allowed_principals.is_some(),
        connections: is_live && spec.connections.is_some() || is_cutting,
    }
}

impl From<&CreateRecord> for RecordMark {
    fn from(record: &CreateRecord) -> Self {
        let CreateRecord { incarnation, time, hash, owner, taken_over, uid: _, region: _, account: _, not_ours: _ } =
            record.clone();
        Self { incarnation, time, hash, owner, taken_over }
    }
}

#[cfg(test)]
mod tests;
